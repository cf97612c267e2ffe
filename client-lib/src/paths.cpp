#include "paths.hpp"

#include <charconv>

namespace haul::detail {

namespace {
constexpr std::string_view kTaskPrefix = "/org/hauld1/task/";
}

std::string task_path(TaskId id) {
    return std::string(kTaskPrefix) + std::to_string(id.number);
}

std::optional<TaskId> task_id(std::string_view path) {
    if (!path.starts_with(kTaskPrefix)) return std::nullopt;
    const auto digits = path.substr(kTaskPrefix.size());
    TaskId id;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), id.number);
    if (failure != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return id;
}

}  // namespace haul::detail
