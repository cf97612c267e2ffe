#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <string>

#include "base/ids.hpp"

namespace haul::bus {

inline sdbus::ObjectPath task_path(TaskId task) {
    return "/org/hauld1/task/" + std::to_string(task.value);
}
inline sdbus::ObjectPath session_path(SessionId session) {
    return "/org/hauld1/session/" + std::to_string(session.value);
}

}  // namespace haul::bus
