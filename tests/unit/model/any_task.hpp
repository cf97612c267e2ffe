#pragma once

#include "model/transition.hpp"

namespace haul::model {

inline const Surroundings kNoon{
    .now = to_wall_time(1'700'000'000'000'000),
    .backoff = {.first = std::chrono::seconds{1}, .most = std::chrono::seconds{60}},
    .jitter = 0.5,
    .retries = {}};

/// A task as it typically is in this state: half of its 1000 bytes there, 200 of them synced, all where it
/// has them all.
inline Task task_in(TaskState state) {
    Task task;
    task.id = {4};
    task.session = {2};
    task.state = state;
    task.url = "http://user:secret@example.org/file?token=secret";
    task.destination = "/d/file";
    task.created = kNoon.now - std::chrono::hours{1};
    task.attempts = {3};
    task.done = Coverage{500};
    task.total = 1000;
    task.synced = Coverage{200};
    task.validator.etag = "\"one\"";
    task.status = 200;
    task.has_secrets = true;
    if (!is_terminal(state)) task.deadline = kNoon.now + std::chrono::hours{1};
    if (state == TaskState::Waiting) task.blocked = Block::Queue;
    if (state == TaskState::Publishing || state == TaskState::Finished) task.done = Coverage{1000};
    return task;
}

}  // namespace haul::model
