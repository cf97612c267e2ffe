#include "haul/session_delegate.hpp"

namespace haul {

SessionDelegate::~SessionDelegate() = default;

void SessionDelegate::on_finished_downloading(const DownloadTask&, const DownloadedFile&) {}
void SessionDelegate::on_ended(const Task&, const Ending&) {}

std::optional<Credential> SessionDelegate::on_challenge(const Task&, const Challenge&) {
    return std::nullopt;
}

StartAnswer SessionDelegate::on_about_to_start(const Task&, const StartQuestion&) {
    return StartAnswer::go_on();
}

void SessionDelegate::on_waiting(const Task&, const Hindrance&) {}
void SessionDelegate::on_redirected(const Task&, const Redirection&) {}
void SessionDelegate::on_resumed_from_zero(const Task&, const Restart&) {}
void SessionDelegate::on_opened(const WebSocketTask&, const Opened&) {}
void SessionDelegate::on_message(const WebSocketTask&, const Message&) {}
void SessionDelegate::on_messages_dropped(const WebSocketTask&, const MessagesDropped&) {}
void SessionDelegate::on_sent(const WebSocketTask&, const Sent&) {}
void SessionDelegate::on_closed(const WebSocketTask&, const Closed&) {}
void SessionDelegate::on_other_event(const Task&, const Event&) {}
void SessionDelegate::on_progress(const Task&, const Progress&) {}
void SessionDelegate::on_state_changed(const Task&, TaskState) {}

void SessionDelegate::on_all_events_delivered(EventNumber, Completion completion) {
    // A wake that the daemon was not told of comes again.
    (void)completion.complete();
}

void SessionDelegate::on_detached(Detachment) {}

}  // namespace haul
