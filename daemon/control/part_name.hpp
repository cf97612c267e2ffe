#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "model/text.hpp"

/// How the daemon names the files that it makes for a task.
namespace haul::control {

inline constexpr std::string_view kPartPrefix = ".haul.";
inline constexpr std::string_view kPartSuffix = ".part";

/// Hidden, and unlike that of any other task of any other journal.
inline std::string part_name(const std::string& instance, TaskId task) {
    return std::string{kPartPrefix} + instance + "." + std::to_string(task.value) + std::string{kPartSuffix};
}

/// The name of a result in the spool.
inline std::string result_name(TaskId task) {
    return std::to_string(task.value);
}

/// Whose file in the spool this is; no value for one that is neither a part nor a result. Parts of another
/// journal are nobody's: no task has the id 0.
inline std::optional<TaskId> owner_of_spooled(std::string_view name, const std::string& instance) {
    auto id = [](std::string_view digits) {
        auto number = model::parse_number(digits);
        return number ? std::optional{TaskId{*number}} : std::nullopt;
    };
    if (!name.starts_with(kPartPrefix) || !name.ends_with(kPartSuffix)) return id(name);
    name.remove_prefix(kPartPrefix.size());
    name.remove_suffix(kPartSuffix.size());
    return name.starts_with(instance + ".") ? id(name.substr(instance.size() + 1)) : TaskId{};
}

}  // namespace haul::control
