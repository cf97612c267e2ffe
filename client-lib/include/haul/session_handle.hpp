#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/completion.hpp"
#include "haul/details.hpp"
#include "haul/error.hpp"
#include "haul/export.hpp"
#include "haul/file.hpp"
#include "haul/options.hpp"
#include "haul/subscription.hpp"
#include "haul/task_handle.hpp"
#include "haul/types.hpp"
#include "haul/web_socket_handle.hpp"
#include "haul/web_socket_options.hpp"

namespace haul {

/// One download to make.
struct DownloadRequest {
    std::string url;
    DownloadOptions options = {};
};

/// One upload to make.
struct UploadRequest {
    std::string url;
    std::filesystem::path file = {};  ///< absolute; empty with UploadOptions::file_descriptor or form
    UploadOptions options = {};
};

/// One WebSocket to make.
struct WebSocketRequest {
    std::string url;
    WebSocketOptions options = {};
};

/// Which tasks to list: one page.
struct TaskQuery {
    std::optional<TaskState> state = {};  ///< absent: all
    TaskId after = {};                    ///< only higher ids: the last one of the page before
    std::uint32_t max = 1000;             ///< 1 to 1000
};

/// Which tasks that wait to list: one page.
struct WaitingQuery {
    TaskId after = {};         ///< only higher ids: the last one of the page before
    std::uint32_t max = 1000;  ///< 1 to 1000
};

/// Which events to read: one page.
struct EventQuery {
    EventNumber after = {};    ///< only higher numbers: the last one handled
    std::uint32_t max = 1000;  ///< 1 to 1000
};

/// Why a client is no longer a session's live one.
enum class Detachment {
    TakenOver,    ///< another client is
    Invalidated,  ///< the session is gone
};

/// What an attached session tells, from within Client::dispatch. A callback may do anything, also end the
/// attachment.
struct SessionSignals {
    /// Events with these numbers wait to be read; several may share one signal.
    std::function<void(EventNumber first, EventNumber last)> events_available = {};
    /// Everything up to `last` is acknowledged. Where a wake is outstanding, it is the application's to
    /// complete.
    std::function<void(EventNumber last, Completion completion)> all_events_delivered = {};
    /// This client is not the live one any more.
    std::function<void(Detachment)> detached = {};
    /// The daemon left the bus, and the attachment with it: attach again. No event is lost.
    std::function<void()> daemon_left = {};
};

/// What happens to a session's tasks that have not ended when it is invalidated.
enum class Unfinished {
    Finish,  ///< they go on; suspended ones are cancelled
    Cancel,
};

/// Being a session's live client; detaches when destroyed.
class HAUL_API Attachment {
public:
    Attachment(std::shared_ptr<detail::Connection> connection, std::string session_path,
               Subscription subscription);
    Attachment(Attachment&&) noexcept = default;
    Attachment& operator=(Attachment&& other) noexcept;
    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;
    ~Attachment();

private:
    std::shared_ptr<detail::Connection> connection_;
    std::string session_path_;
    Subscription signals_;
};

/// A handle on a named container of tasks with a durable queue of events: cheap to copy, and free to outlive
/// the Client that it came from.
class HAUL_API SessionHandle {
public:
    SessionHandle(std::shared_ptr<detail::Connection> connection, std::string identifier, std::string path);

    const std::string& identifier() const { return identifier_; }
    /// The D-Bus object path.
    const std::string& path() const { return path_; }

    /// Makes a download. When this returns, the daemon has recorded it and will not forget it.
    Result<TaskHandle> create_download(std::string_view url, const DownloadOptions& options = {}) const;

    /// Makes up to 10000 downloads in one go: all of them, in the same order, or none.
    Result<std::vector<TaskHandle>> create_downloads(const std::vector<DownloadRequest>& requests) const;

    /// Makes an upload of the file with this absolute path. The same holds when it returns. SourceUnreadable
    /// for a file that is missing, cannot be read or is no regular file; where the daemon runs as another
    /// user, NotPermitted for every path: open the file, and let Snapshot::Copy take it.
    Result<TaskHandle> create_upload(std::string_view url, const std::filesystem::path& file,
                                     const UploadOptions& options = {}) const;
    /// The same, of a file that is open for reading; it stays the caller's.
    Result<TaskHandle> create_upload(std::string_view url, const File& file,
                                     const UploadOptions& options = {}) const;
    /// The same, of what the options name: UploadOptions::file_descriptor or UploadOptions::form.
    Result<TaskHandle> create_upload(std::string_view url, const UploadOptions& options) const;

    /// Makes up to 10000 uploads in one go: all of them, in the same order, or none.
    Result<std::vector<TaskHandle>> create_uploads(const std::vector<UploadRequest>& requests) const;

    /// Makes a WebSocket to this ws or wss URL. InvalidArgument for another scheme, and for a fragment.
    Result<WebSocketHandle> create_web_socket(std::string_view url,
                                              const WebSocketOptions& options = {}) const;
    /// Makes up to 10000 of them in one go: all of them, in the same order, or none.
    Result<std::vector<WebSocketHandle>> create_web_sockets(
        const std::vector<WebSocketRequest>& requests) const;

    /// A page of the session's tasks by rising id; empty after the last one.
    Result<std::vector<TaskSummary>> tasks(const TaskQuery& query = {}) const;

    /// A page of those that wait, with what they wait for, by rising id; empty after the last one. It costs
    /// much less than to ask each of them for its details.
    Result<std::vector<WaitingTask>> waiting(const WaitingQuery& query = {}) const;

    /// A page of the events that are not acknowledged yet, in order; reading changes nothing.
    Result<std::vector<Event>> events(const EventQuery& query = {}) const;

    /// Drops every event up to and with this one, and the spooled results that they announced.
    Result<void> acknowledge(EventNumber last) const;

    /// The completion handler: once for each wake. InvalidArgument for a number that no wake has had,
    /// InvalidState for one that was completed before.
    Result<void> complete(WakeNumber wake) const;

    Result<SessionDetails> details() const;

    /// Becomes the session's live client. InvalidState while another one is.
    Result<Attachment> attach(SessionSignals listener) const;
    /// The same in place of another one, which hears of it: SessionSignals::detached.
    Result<Attachment> take_over(SessionSignals listener) const;

    /// Ends the session: it takes no more tasks, and is gone with all of them when they have ended and their
    /// events are acknowledged. Then its identifier can be opened anew; until then that is InvalidState.
    Result<void> invalidate(Unfinished tasks) const;

private:
    enum class Rival { Keep, Replace };
    Result<Attachment> attach(SessionSignals listener, Rival rival) const;

    std::shared_ptr<detail::Connection> connection_;
    std::string identifier_;
    std::string path_;
};

}  // namespace haul
