#pragma once

#include "model/event.hpp"
#include "model/fact.hpp"
#include "model/field.hpp"
#include "model/task.hpp"

namespace haul::model {

/// The event that tells of a terminal state.
EventType end_event(TaskState state);
/// The details that every terminal event has.
Fields ending_details(const Task& task);
/// Those of a task that waits for something that its client may want to know.
Fields waiting_details(const Task& task);
/// What is about to start.
Fields start_details(const Task& task);
/// Of a WebSocket: its connection, and how that ended.
Fields opened_details(const Task& task);
Fields closed_details(const Task& task, const fact::Closed& fact);
/// Who wants credentials, and which.
Fields challenge_details(const Task& task, const fact::Interrupted& fact);

}  // namespace haul::model
