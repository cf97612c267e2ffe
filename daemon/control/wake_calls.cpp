// The part of Control about clients that are live, and those that have to be launched.

#include "base/log.hpp"
#include "control/control.hpp"
#include "control/sleeper.hpp"

namespace haul::control {

Result<> Control::attach(const Caller& caller, SessionId id, Rival rival) {
    auto* session = TRY(session_of(caller, id));
    TRY(pump_.attach(id, caller.client, rival));
    scheduler_.set_ground(id, model::ReadyQueue::Ground::Fore);
    TRY(turn_.open());
    book_.touch(id);
    return turn_.note(wakes_.on_attached(sleeper(*session), caller.client));
}

Result<> Control::detach(const Caller& caller, SessionId id) {
    TRY(session_of(caller, id));
    if (!pump_.detach(id, caller.client)) return {};
    return on_left(id);
}

void Control::on_client_gone(const ports::ClientName& client) {
    for (auto session : pump_.on_client_gone(client))
        if (auto told = on_left(session); !told) log::error("control: {}", told.error().message);
    waits_.on_client_gone(client);
}

Result<> Control::on_left(SessionId id) {
    scheduler_.set_ground(id, model::ReadyQueue::Ground::Back);
    TRY(turn_.open());
    book_.touch(id);
    return turn_.note(wakes_.on_left(id, doorways_.clock.now()));
}

Result<> Control::complete(const Caller& caller, SessionId id, WakeNumber wake) {
    auto* session = TRY(session_of(caller, id));
    auto events = TRY(journal_.events.range(id));
    TRY(turn_.open());
    book_.touch(id);
    return turn_.note(wakes_.complete(sleeper(*session), wake, !events.is_empty(), doorways_.clock.now()));
}

void Control::on_launched(const ports::LaunchReport& report) {
    if (!report.error_text.empty())
        log::warn("control: wake {} failed: {} session={}", report.wake.value, report.error_text,
                  report.session.value);
    book_.touch(report.session);
    auto told = turn_.note(turn_.open());
    if (told) told = turn_.note(wakes_.on_launched(report, doorways_.clock.now()));
    if (!told) log::error("control: {}", told.error().message);
}

/// Sessions of which something has changed: is it time to launch their clients, or for themselves to go?
void Control::review_sessions() {
    if (stopping_ || journal_retry_) return;
    for (auto id : book_.take_touched())
        if (auto reviewed = turn_.note(review(id)); !reviewed)
            log::error("control: {} session={}", reviewed.error().message, id.value);
}

Result<> Control::review(SessionId id) {
    auto* session = book_.find(id);
    if (!session) return {};
    if (!session->is_open() && TRY(end_session(*session)) == Ended::Gone) return {};
    auto wake = wakes_.latest(id);
    bool can_launch = !session->target.is_empty() && !pump_.client_of(id);
    if (!can_launch && !wake.next_launch) return {};
    TRY(turn_.open());
    if (!can_launch) return wakes_.rest(id);
    model::QueueState queue{.has_events = !TRY(journal_.events.range(id)).is_empty(),
                            .has_work = session->work > 0};
    if (queue.has_events) queue.needs_client = TRY(journal_.events.needs_client(id));
    auto launch = TRY(wakes_.review(sleeper(*session), queue, doorways_.clock.now()));
    if (!launch) return {};
    turn_.after_commit([this, launch = std::move(*launch)]() mutable {
        log::info("control: wake {} session={}", launch.wake.value, launch.session.value);
        wakes_.on_launching(launch.session);
        doorways_.launcher.launch(std::move(launch));
    });
    return {};
}

}  // namespace haul::control
