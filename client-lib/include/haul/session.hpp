#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "haul/completion.hpp"
#include "haul/details.hpp"
#include "haul/error.hpp"
#include "haul/executor.hpp"
#include "haul/export.hpp"
#include "haul/next.hpp"
#include "haul/session_configuration.hpp"
#include "haul/session_delegate.hpp"
#include "haul/session_handle.hpp"
#include "haul/task.hpp"
#include "haul/types.hpp"
#include "haul/web_socket_options.hpp"
#include "haul/web_socket_task.hpp"

namespace haul {

/// Everything up to `last` is handled; where the application was launched for it, the completion has its
/// wake.
struct HAUL_API AllEventsDelivered {
    EventNumber last;
    Completion completion;
};

/// What an EventStream gives.
using Delivery = std::variant<Event, AllEventsDelivered>;

/// A session's events for a coroutine: `while (auto delivery = co_await stream.next())`. To ask for the next
/// one says that the one before is handled, and acknowledges it; one at which the stream is destroyed instead
/// comes again. It ends when the session is detached or goes, or another client takes it over.
class HAUL_API EventStream {
public:
    EventStream(std::shared_ptr<detail::SessionCore> core, std::shared_ptr<detail::Slot<Delivery>> slot);
    EventStream(EventStream&&) noexcept = default;
    EventStream& operator=(EventStream&& other) noexcept;
    EventStream(const EventStream&) = delete;
    EventStream& operator=(const EventStream&) = delete;
    ~EventStream();

    Next<Delivery> next(std::stop_token stop = {}) const;

private:
    std::shared_ptr<detail::SessionCore> core_;
    std::shared_ptr<detail::Slot<Delivery>> slot_;
};

/// An application's end of a named container of tasks that the daemon keeps. The application may leave at
/// any time and open it again; a daemon that is restarted, and a bus that comes back, are found again without
/// its help. Free for all threads (see Executor).
///
/// Every call returns when the daemon has made the change durable.
class HAUL_API Session {
public:
    /// Opens the session with this identifier, or makes it. One that was invalidated and still has events can
    /// be opened to handle them.
    static Result<Session> open(const Executor& executor, SessionConfiguration configuration);

    Session(Session&&) noexcept = default;
    Session& operator=(Session&& other) noexcept;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    /// Ends the attachment. When this returns no callback runs any more, unless it was called from one.
    ~Session();

    const std::string& identifier() const;

    /// Makes a download, suspended unless DownloadOptions::start says otherwise. It gets a token where it has
    /// none, so that it is not made twice where the answer is lost.
    Result<DownloadTask> download(std::string_view url, DownloadOptions options = {}) const;
    /// Makes up to 10000 of them in one go: all, in the same order, or none.
    Result<std::vector<DownloadTask>> download_all(std::vector<DownloadRequest> requests) const;
    /// Makes an upload of the file with this absolute path; the same holds.
    Result<UploadTask> upload(std::string_view url, const std::filesystem::path& file,
                              UploadOptions options = {}) const;
    /// The same, of what the options name.
    Result<UploadTask> upload(std::string_view url, UploadOptions options) const;

    /// Makes a WebSocket to this ws or wss URL, suspended unless WebSocketOptions::start says otherwise; the
    /// same holds.
    Result<WebSocketTask> web_socket(std::string_view url, WebSocketOptions options = {}) const;

    /// A page of its tasks by rising id; empty after the last one.
    Result<std::vector<TaskSummary>> tasks(const TaskQuery& query = {}) const;
    /// A handle on one of them. Nothing is asked.
    Task task(TaskId id) const;
    Result<SessionDetails> details() const;

    /// Becomes the session's live client: from now on the delegate hears of it. InvalidState while another
    /// client is.
    Result<void> attach(SessionDelegate& delegate) const;
    /// The same in place of another client, which hears of it: SessionDelegate::on_detached.
    Result<void> take_over(SessionDelegate& delegate) const;
    /// For coroutines that wait for tasks alone (Task::ended): other events are acknowledged as they come.
    Result<void> attach() const;
    /// For a coroutine that reads all events.
    Result<EventStream> events() const;
    /// Ends the attachment; harmless where there is none.
    void detach() const;

    /// Ends the session; see SessionHandle::invalidate.
    Result<void> invalidate(Unfinished tasks) const;

private:
    explicit Session(std::shared_ptr<detail::SessionCore> core);

    std::shared_ptr<detail::SessionCore> core_;
};

}  // namespace haul
