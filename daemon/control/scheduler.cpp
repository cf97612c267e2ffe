#include "control/scheduler.hpp"

#include <algorithm>
#include <functional>

#include "control/stored_options.hpp"
#include "model/url.hpp"

namespace haul::control {
namespace {

model::OriginKey origin_key(const std::string& url) {
    auto parsed = model::parse_url(model::to_http(url));
    return parsed ? std::hash<std::string>{}(parsed->origin()) : 0;
}

/// The URL that is asked next, as far as it tells the origin.
std::string asked_url(const std::string& url, std::uint32_t source, const std::string& options) {
    if (source == 0) return url;
    model::Task task;
    task.url = url;
    task.source = source;
    return source_url(task, load_options(options));
}

std::optional<WallTime> earlier(std::optional<WallTime> a, std::optional<WallTime> b) {
    if (!a || !b) return a ? a : b;
    return std::min(*a, *b);
}

model::AtOnce transfers_at_once(const model::Limits& limits) {
    return {.machine = limits.active_transfers,
            .owner = limits.most_per_owner(),
            .session = limits.most_per_session(),
            .host = limits.active_per_host};
}

model::AtOnce sockets_at_once(const model::Limits& limits) {
    auto most = limits.active_sockets;
    return {.machine = most, .owner = most, .session = most, .host = most};
}

}  // namespace

Scheduler::Scheduler(const model::Limits& limits, const SessionBook& book, Gatekeeper& gatekeeper)
    : book_(book),
      gatekeeper_(gatekeeper),
      ready_(transfers_at_once(limits)),
      sockets_(sockets_at_once(limits)) {}

void Scheduler::set_limits(const model::Limits& limits) {
    ready_.set_limits(transfers_at_once(limits));
    sockets_.set_limits(sockets_at_once(limits));
}

void Scheduler::set_ground(SessionId session, model::ReadyQueue::Ground ground) {
    ready_.set_ground(session, ground);
    sockets_.set_ground(session, ground);
}

model::ReadyEntry Scheduler::entry_for(const journal::PendingTask& task) const {
    const auto* session = book_.find(task.session);
    return {.task = task.id,
            .priority = task.priority,
            .owner = session ? session->row.owner : OwnerId{},
            .session = task.session,
            .origin = origin_key(asked_url(task.url, task.source, task.options)),
            .gate = task.gate};
}

void Scheduler::place(const journal::PendingTask& task, WallTime now) {
    uncommitted_.push_back(task.id);
    if (task.state == model::TaskState::Waiting && model::has(task.blocked, model::Block::Network))
        unreached_.insert(task.id);
    else
        unreached_.erase(task.id);
    auto& ready = task.kind == model::TaskKind::WebSocket ? sockets_ : ready_;
    switch (task.state) {
        case model::TaskState::Waiting: {
            auto admission = gatekeeper_.find(task, now);
            bool is_before_gate = !admission.next && model::is_for_machine(admission.blocks);
            if (is_before_gate)
                ready.add(entry_for(task));
            else
                ready.remove(task.id);
            agenda_.set(task.id, earlier(admission.next, task.deadline));
            return;
        }
        case model::TaskState::Running: {
            ready.run(entry_for(task));
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
    agenda_.set(task, std::nullopt);
}

void Scheduler::place(const model::Task& task, WallTime now) {
    place(journal::to_pending(task), now);
}

void Scheduler::set_conditions(const model::Conditions& conditions) {
    gatekeeper_.set(conditions);
    for (std::uint8_t number = 0; number < model::kGates; ++number) {
        auto gate = static_cast<model::Gate>(number);
        bool is_open = model::find_blocks(gate, conditions, gatekeeper_.leisure()) == model::Block::None;
        for (auto* queue : {&ready_, &sockets_}) is_open ? queue->open(gate) : queue->close(gate);
    }
}

model::OwnersHost Scheduler::host_of(const model::Task& task) const {
    return host_of(journal::to_pending(task));
}

model::OwnersHost Scheduler::host_of(const journal::PendingTask& task) const {
    auto entry = entry_for(task);
    return {entry.owner, entry.origin};
}

void Scheduler::watch_host(const model::Task& before, const model::Task& after,
                           const ports::TransferReport& report, const model::Surroundings& around) {
    auto sign = model::sign_of(report.fact, report.metrics);
    if (before.kind == model::TaskKind::WebSocket || sign == model::HostSign::None) return;
    auto host = host_of(before);
    if (sign == model::HostSign::Answers) {
        if (health_.on_answer(host)) ready_.lift(host.owner, host.origin);
        return;
    }
    // The proxy that a task brings may be what failed it.
    if (load_options(before.options).proxy) return;
    bool stays = after.state == model::TaskState::Waiting && host_of(after) == host;
    if (stays && !after.next_attempt) return;  // it goes on at once, and so may others
    if (auto forgotten = health_.make_room()) ready_.lift(forgotten->owner, forgotten->origin);
    health_.on_failure(host, {.now = around.now,
                              .backoff = around.backoff,
                              .jitter = around.jitter,
                              .delay = stays ? std::optional{*after.next_attempt - around.now} : std::nullopt,
                              .failures = after.failures});
    ready_.hold(host.owner, host.origin);
}

void Scheduler::forget_failures() {
    for (const auto& host : health_.forget()) ready_.lift(host.owner, host.origin);
}

std::optional<WallTime> Scheduler::held_until(const journal::PendingTask& task) const {
    return task.kind == model::TaskKind::WebSocket ? std::nullopt : health_.held_until(host_of(task));
}

model::Task Scheduler::with_hold(model::Task task, WallTime now) const {
    if (task.state != model::TaskState::Waiting) return task;
    auto pending = journal::to_pending(task);
    auto until = gatekeeper_.find(pending, now).is_given() ? held_until(pending) : std::nullopt;
    if (!until) return task;
    task.blocked = model::Block::RetryDelay;
    task.next_attempt = until;
    return task;
}

model::Admission Scheduler::find_wait(const journal::PendingTask& task, WallTime now) const {
    auto admission = gatekeeper_.find(task, now);
    if (!admission.is_given()) return admission;
    auto until = held_until(task);
    if (until && *until > now) return {.blocks = model::Block::RetryDelay, .next = until};
    return {.blocks = model::Block::Queue};
}

std::optional<TaskId> Scheduler::take_ready() {
    auto task = ready_.take();
    if (!task) task = sockets_.take();
    if (task) uncommitted_.push_back(*task);
    return task;
}

std::optional<TaskId> Scheduler::take_due(WallTime now) {
    while (auto host = health_.take_due(now)) ready_.probe(host->owner, host->origin);
    return agenda_.take_due(now);
}

std::optional<WallTime> Scheduler::next_time() const {
    return earlier(agenda_.next(), health_.next());
}

}  // namespace haul::control
