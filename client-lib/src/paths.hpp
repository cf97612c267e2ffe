#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "haul/types.hpp"

namespace haul::detail {

inline constexpr const char* kBusName = "org.hauld1";
inline constexpr const char* kManagerPath = "/org/hauld1";

/// The object path of a task, and back; nothing for a path that is none.
std::string task_path(TaskId id);
std::optional<TaskId> task_id(std::string_view path);

}  // namespace haul::detail
