#include "control/scheduler.hpp"

#include <algorithm>
#include <functional>

#include "model/url.hpp"

namespace haul::control {
namespace {

model::OriginKey origin_key(const std::string& url) {
    auto parsed = model::parse_url(model::to_http(url));
    return parsed ? std::hash<std::string>{}(parsed->origin()) : 0;
}

std::optional<WallTime> earlier(std::optional<WallTime> a, std::optional<WallTime> b) {
    if (!a || !b) return a ? a : b;
    return std::min(*a, *b);
}

}  // namespace

void Scheduler::place(const journal::PendingTask& task, WallTime now) {
    uncommitted_.push_back(task.id);
    if (task.state == model::TaskState::Waiting && model::has(task.blocked, model::Block::Network))
        unreached_.insert(task.id);
    else
        unreached_.erase(task.id);
    switch (task.state) {
        case model::TaskState::Waiting: {
            auto& ready = task.kind == model::TaskKind::WebSocket ? sockets_ : ready_;
            ready.remove(task.id);
            bool is_delayed = task.next_attempt && *task.next_attempt > now;
            bool needs_client = model::has(task.blocked, model::Block::Credentials) ||
                                model::has(task.blocked, model::Block::Client);
            if (!is_delayed && !needs_client) ready.add(task.id, task.priority, origin_key(task.url));
            agenda_.set(task.id, is_delayed ? earlier(task.next_attempt, task.deadline) : task.deadline);
            return;
        }
        case model::TaskState::Running:
            agenda_.set(task.id, task.deadline);
            return;
        case model::TaskState::Publishing:
        case model::TaskState::Suspended:
        case model::TaskState::Finished:
        case model::TaskState::Failed:
        case model::TaskState::Cancelled:
            remove(task.id);
            return;
    }
}

void Scheduler::remove(TaskId task) {
    ready_.remove(task);
    sockets_.remove(task);
    unreached_.erase(task);
    agenda_.set(task, std::nullopt);
}

void Scheduler::place(const model::Task& task, WallTime now) {
    place(journal::PendingTask{.id = task.id,
                               .kind = task.kind,
                               .state = task.state,
                               .blocked = task.blocked,
                               .priority = task.priority,
                               .url = task.url,
                               .deadline = task.deadline,
                               .next_attempt = task.next_attempt,
                               .session = task.session,
                               .gate = task.gate,
                               .window = task.window},
          now);
}

}  // namespace haul::control
