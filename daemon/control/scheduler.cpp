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
            auto admission = gatekeeper_.find(task, now);
            shelf_.erase(task.id);
            if (admission.is_given())
                ready.add(task.id, task.priority, origin_key(task.url));
            else if (!admission.next && model::is_for_machine(admission.blocks))
                shelf_.insert({task.id, task});
            agenda_.set(task.id, earlier(admission.next, task.deadline));
            return;
        }
        case model::TaskState::Running: {
            auto closing = gatekeeper_.opening(task.gate, task.window, now).until;
            bool closes = closing != WallTime::max();
            agenda_.set(task.id, closes ? earlier(closing, task.deadline) : task.deadline);
            return;
        }
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
    shelf_.erase(task);
    agenda_.set(task, std::nullopt);
}

void Scheduler::place(const model::Task& task, WallTime now) {
    place(journal::to_pending(task), now);
}

void Scheduler::set_conditions(const model::Conditions& conditions, WallTime now) {
    gatekeeper_.set(conditions);
    for (const auto& [id, task] : std::exchange(shelf_, {})) place(task, now);
}

}  // namespace haul::control
