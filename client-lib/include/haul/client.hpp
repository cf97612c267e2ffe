#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/bus.hpp"
#include "haul/error.hpp"
#include "haul/export.hpp"
#include "haul/options.hpp"
#include "haul/session_handle.hpp"
#include "haul/task_handle.hpp"
#include "haul/types.hpp"
#include "haul/web_socket_handle.hpp"

namespace haul {

/// The identifier of the session that tasks belong to where nobody names one.
inline constexpr std::string_view kDefaultSession = "default";

/// This library's version, MAJOR.MINOR.PATCH.
HAUL_API std::string_view library_version();

/// One of the caller's sessions in a list.
struct SessionSummary {
    SessionHandle session;
    std::uint64_t tasks;
};

/// What to poll(2) for before the next Client::dispatch.
struct PollRequest {
    int descriptor;
    short events;
    std::optional<std::chrono::milliseconds> timeout;  ///< absent: no need to wake up without the descriptor
};

/// A connection to the daemon.
///
/// Nothing is sent by connecting: a daemon that is not running is started by the first call, where the bus
/// knows how to. A daemon that was restarted is found again by the next call on the same connection.
///
/// A Client and the handles got from it belong to one thread at a time. It starts no thread of its own:
/// signals are delivered by dispatch() alone.
class HAUL_API Client {
public:
    explicit Client(std::shared_ptr<detail::Connection> connection);

    /// Disconnected where the bus is not there.
    static Result<Client> connect(const Bus& bus = Bus::session());

    /// The daemon's version, MAJOR.MINOR.PATCH.
    Result<std::string> daemon_version() const;
    /// What the daemon can do, such as "download".
    Result<std::vector<std::string>> features() const;

    /// What is known to hold tasks back on this machine now, or to let them go on: "online", "offline",
    /// "captive-portal", "expensive", "metered", "cellular", "roaming", "constrained", "on-battery",
    /// "power-saver", "data-saver", "idle", "asleep", "disk-full". What is unknown has no word.
    Result<std::vector<std::string>> conditions() const;
    /// The machine's limits in force: those of the configuration's table [limits] by their names there
    /// (numbers of things, and bytes of "spool-bytes-per-owner"), "max-rate" (bytes a second of all tasks
    /// together, 0: none), "max-rate@WINDOW" (likewise and in its place, while this window is open, see
    /// DownloadOptions::window) and "data-saver" (0 or 1).
    Result<std::map<std::string, std::uint64_t>> limits() const;
    /// Changes one of them, for good: it survives restarts. A "max-rate@WINDOW" may be a new one.
    /// InvalidArgument for an unknown name and a value that it cannot have, NotPermitted for a user who may
    /// not. The highest number there is (2^64 - 1) is no value: it does what reset_limit does.
    Result<void> set_limit(std::string_view name, std::uint64_t value) const;
    /// Takes one back to what the configuration says, and forgets a "max-rate@WINDOW"; the same errors.
    Result<void> reset_limit(std::string_view name) const;
    /// How many of the caller's tasks are running or publishing.
    Result<std::uint32_t> active_tasks() const;

    /// Opens a session, or makes it. Options replace the defaults that it had; without any it keeps them.
    Result<SessionHandle> open_session(std::string_view identifier, const SessionOptions& options = {}) const;
    /// A session that is there already, else NoSuchSession. The default session always is.
    Result<SessionHandle> find_session(std::string_view identifier) const;
    /// All of the caller's sessions.
    Result<std::vector<SessionSummary>> sessions() const;

    /// Makes a download in the default session and starts it; an empty destination keeps it in the spool.
    Result<TaskHandle> download(std::string_view url, std::string_view destination) const;
    /// Makes an upload of the file with this absolute path in the default session and starts it; an empty
    /// method is PUT.
    Result<TaskHandle> upload(std::string_view url, std::string_view file,
                              std::string_view method = {}) const;
    /// Makes a WebSocket in the default session and connects it.
    Result<WebSocketHandle> open_web_socket(std::string_view url,
                                            const std::vector<std::string>& subprotocols = {}) const;
    /// A handle on a task by its number. Nothing is asked: where there is no such task, its calls answer
    /// NoSuchTask.
    TaskHandle task(TaskId id) const;
    /// The same, asked for: NoSuchTask where it is not there.
    Result<TaskHandle> find_task(TaskId id) const;

    /// What to wait for until there is something to dispatch.
    Result<PollRequest> poll_request() const;
    /// Calls the callbacks for everything that has arrived. Does not block.
    Result<void> dispatch() const;

private:
    friend class Application;

    std::shared_ptr<detail::Connection> connection_;
};

}  // namespace haul
