#pragma once

#include <optional>
#include <string>
#include <utility>

#include "haul/completion.hpp"
#include "haul/credential.hpp"
#include "haul/event_details.hpp"
#include "haul/export.hpp"
#include "haul/progress.hpp"
#include "haul/session_handle.hpp"
#include "haul/task.hpp"
#include "haul/web_socket_events.hpp"
#include "haul/web_socket_task.hpp"

namespace haul {

/// What becomes of a task that was made with ask_before_start.
class StartAnswer {
public:
    static StartAnswer go_on() { return StartAnswer(What::GoOn, {}); }
    /// It starts with this URL in place of its own.
    static StartAnswer replace_url(std::string url) { return StartAnswer(What::ReplaceUrl, std::move(url)); }
    static StartAnswer cancel() { return StartAnswer(What::Cancel, {}); }
    /// Nothing yet: Task::resume or Task::cancel will say.
    static StartAnswer later() { return StartAnswer(What::Later, {}); }

    enum class What { GoOn, ReplaceUrl, Cancel, Later };
    What what() const { return what_; }
    const std::string& url() const { return url_; }

private:
    StartAnswer(What what, std::string url) : what_(what), url_(std::move(url)) {}

    What what_;
    std::string url_;
};

/// What a Session tells the application that is attached to it; called where its executor says, one at a
/// time. Override what is of interest. A delegate outlives its Session's attachment. A method may do
/// anything, also end the attachment and make calls.
///
/// The first group are events, of each task in their order and none left out: a method that returns has
/// handled its event, which is acknowledged then. One that throws has not: the same event comes again after a
/// second, then two, up to a minute, and those behind it wait. An event may come again too where this process
/// or the daemon ended before the acknowledgement was recorded.
class HAUL_API SessionDelegate {
public:
    SessionDelegate() = default;
    SessionDelegate(const SessionDelegate&) = delete;
    SessionDelegate& operator=(const SessionDelegate&) = delete;
    virtual ~SessionDelegate();

    /// The file is complete and in its place; a result in the spool is there to be opened until the task's
    /// end, which comes next, is handled.
    virtual void on_finished_downloading(const DownloadTask& task, const DownloadedFile& file);
    /// Once for each task: it is over.
    virtual void on_ended(const Task& task, const Ending& ending);
    /// The server or a proxy wants to know who asks. Without an answer the task waits until
    /// Task::provide_credential or Task::set_header.
    virtual std::optional<Credential> on_challenge(const Task& task, const Challenge& challenge);
    /// A task that was made with ask_before_start is about to make its first attempt.
    virtual StartAnswer on_about_to_start(const Task& task, const StartQuestion& question);
    /// It is held back, and goes on by itself: no network, a full disk, a missing file.
    virtual void on_waiting(const Task& task, const Hindrance& hindrance);
    /// The transfer goes to another URL.
    virtual void on_redirected(const Task& task, const Redirection& redirection);
    /// The bytes so far could not be continued.
    virtual void on_resumed_from_zero(const Task& task, const Restart& restart);
    /// A WebSocket is connected.
    virtual void on_opened(const WebSocketTask& task, const Opened& opened);
    /// A message came in.
    virtual void on_message(const WebSocketTask& task, const Message& message);
    /// In the place of messages for which there was no room (Overflow::DropOldest).
    virtual void on_messages_dropped(const WebSocketTask& task, const MessagesDropped& dropped);
    /// Messages of WebSocketTask::send are on their way.
    virtual void on_sent(const WebSocketTask& task, const Sent& sent);
    /// A connection has ended; where the task connects again, on_opened follows, otherwise on_ended.
    virtual void on_closed(const WebSocketTask& task, const Closed& closed);
    /// What this version of the library has no method for.
    virtual void on_other_event(const Task& task, const Event& event);

    /// The rest is told to who is there, and not kept.

    /// At most twice a second, never after the end.
    virtual void on_progress(const Task& task, const Progress& progress);
    virtual void on_state_changed(const Task& task, TaskState state);
    /// Everything up to `last` is handled: once for each time that the queue is drained. Where the
    /// application was launched for it, `completion` has its wake, and completing it says that the
    /// application is done. As it stands here it completes at once.
    virtual void on_all_events_delivered(EventNumber last, Completion completion);
    /// Nothing more comes: another client has taken the session over, or it is gone.
    virtual void on_detached(Detachment why);
};

}  // namespace haul
