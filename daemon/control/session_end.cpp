// The part of Control that ends sessions: their tasks first, then what is left of them.

#include "control/control.hpp"

namespace haul::control {
namespace {

constexpr std::uint32_t kTasksAtOnce = 1'000;  // of one turn; a session may have a million

}  // namespace

Result<> Control::invalidate(const Caller& caller, SessionId id, Unfinished tasks) {
    using journal::SessionLife;
    auto* session = TRY(session_of(caller, id));
    auto life = tasks == Unfinished::Cancel ? SessionLife::Cancelling : SessionLife::Finishing;
    if (life <= session->row.life) return {};
    TRY(turn_.open());
    return turn_.note(book_.set_life(*session, life));
}

/// The next step of an invalidated session towards its end. Tasks that nobody will resume have no other one.
Result<Control::Ended> Control::end_session(Session& session) {
    using model::TaskState;
    auto id = session.row.id;
    bool cancels_all = session.row.life == journal::SessionLife::Cancelling;
    auto last = cancels_all ? TaskState::Running : TaskState::Suspended;
    auto unfinished = TRY(journal_.tasks.in_states(id, TaskState::Suspended, last, kTasksAtOnce));
    for (auto task : unfinished) TRY(life_.apply(task, model::fact::Cancel{model::Reason::Session}));
    if (unfinished.size() == kTasksAtOnce) ending_.insert(id);
    bool is_over = unfinished.empty() && session.work == 0 && TRY(journal_.events.range(id)).is_empty();
    return is_over ? forget_session(session) : Ended::NotYet;
}

Result<Control::Ended> Control::forget_session(Session& session) {
    using model::TaskState;
    auto id = session.row.id;
    TRY(turn_.open());
    auto ended = TRY(journal_.tasks.in_states(id, TaskState::Finished, TaskState::Cancelled, kTasksAtOnce));
    for (auto task_id : ended)
        if (auto task = TRY(journal_.tasks.find(task_id))) TRY(life_.forget(*task));
    if (ended.size() == kTasksAtOnce) {
        ending_.insert(id);
        return Ended::NotYet;
    }
    if (!TRY(journal_.secrets.of(id)).is_empty()) {
        TRY(journal_.secrets.replace(id, {}));
        turn_.after_commit([this] { life_.on_secrets_deleted(); });
    }
    TRY(wakes_.forget(id));
    pump_.forget_session(id);
    scheduler_.set_ground(id, model::ReadyQueue::Ground::Back);
    TRY(book_.remove(id));
    return Ended::Gone;
}

}  // namespace haul::control
