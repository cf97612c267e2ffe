#include "app/consumers.hpp"

#include "errors.hpp"

namespace haul::detail {

Handling DelegateConsumer::on_event(const Event& event) {
    const auto at = task(event.task);
    if (const auto file = to_downloaded_file(event)) {
        delegate_->on_finished_downloading(DownloadTask(at), *file);
    } else if (const auto ending = to_ending(event)) {
        delegate_->on_ended(at, *ending);
    } else if (const auto challenge = to_challenge(event)) {
        if (const auto credential = delegate_->on_challenge(at, *challenge))
            return answer(at, at.provide_credential(*credential));
    } else if (const auto question = to_start_question(event)) {
        return answer(at, carry_out(at, delegate_->on_about_to_start(at, *question)));
    } else if (const auto hindrance = to_hindrance(event)) {
        delegate_->on_waiting(at, *hindrance);
    } else if (const auto redirection = to_redirection(event)) {
        delegate_->on_redirected(at, *redirection);
    } else if (const auto restart = to_restart(event)) {
        delegate_->on_resumed_from_zero(at, *restart);
    } else if (!tell_of_web_socket(WebSocketTask(at), event)) {
        delegate_->on_other_event(at, event);
    }
    return Handling::Taken;
}

bool DelegateConsumer::tell_of_web_socket(const WebSocketTask& task, const Event& event) const {
    if (const auto message = to_message(event)) {
        delegate_->on_message(task, *message);
    } else if (const auto opened = to_opened(event)) {
        delegate_->on_opened(task, *opened);
    } else if (const auto closed = to_closed(event)) {
        delegate_->on_closed(task, *closed);
    } else if (const auto sent = to_sent(event)) {
        delegate_->on_sent(task, *sent);
    } else if (const auto dropped = to_messages_dropped(event)) {
        delegate_->on_messages_dropped(task, *dropped);
    } else {
        return false;
    }
    return true;
}

/// The delegate is asked again where the daemon could not be told; a task that does not wait for an answer
/// any more has got another one.
Handling DelegateConsumer::answer(const Task& task, const Result<void>& told) const {
    if (told) return Handling::Taken;
    if (may_work_later(told.error())) return Handling::Refused;
    const auto code = told.error().code;
    const auto core = core_.lock();
    if (core && code != ErrorCode::InvalidState && code != ErrorCode::NoSuchTask)
        core->warn("the answer for task " + std::to_string(task.id().number) +
                   " is refused: " + told.error().message);
    return Handling::Taken;
}

Result<void> DelegateConsumer::carry_out(const Task& task, const StartAnswer& answer) const {
    switch (answer.what()) {
        case StartAnswer::What::GoOn:
            return task.resume();
        case StartAnswer::What::ReplaceUrl:
            return task.replace_url(answer.url()).and_then([&] { return task.resume(); });
        case StartAnswer::What::Cancel:
            return task.cancel();
        case StartAnswer::What::Later:
            return {};
    }
    return {};
}

void DelegateConsumer::on_progress(TaskId id, const Progress& progress) {
    delegate_->on_progress(task(id), progress);
}

void DelegateConsumer::on_state_changed(TaskId id, TaskState state) {
    delegate_->on_state_changed(task(id), state);
}

void DelegateConsumer::on_all_events_delivered(EventNumber last, Completion completion) {
    delegate_->on_all_events_delivered(last, std::move(completion));
}

void DelegateConsumer::on_detached(Detachment why) {
    delegate_->on_detached(why);
}

Handling StreamConsumer::on_event(const Event& event) {
    slot_->put(event);
    return Handling::Taken;
}

void StreamConsumer::on_all_events_delivered(EventNumber last, Completion completion) {
    slot_->put(haul::AllEventsDelivered{.last = last, .completion = std::move(completion)});
}

}  // namespace haul::detail
