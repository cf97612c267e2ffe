#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/credential.hpp"
#include "haul/details.hpp"
#include "haul/error.hpp"
#include "haul/export.hpp"
#include "haul/file.hpp"
#include "haul/metrics.hpp"
#include "haul/subscription.hpp"
#include "haul/types.hpp"

namespace haul {

namespace detail {
class Connection;
}

/// What a watched task tells. Both come only while this client is attached to the task's session, from
/// within Client::dispatch, and may do anything, also end the subscription.
struct TaskSignals {
    /// At most twice a second, never after the end; the total is absent while unknown.
    std::function<void(Bytes done, std::optional<Bytes> total)> progress = {};
    /// Each change of state.
    std::function<void(TaskState)> state_changed = {};
};

/// A handle on one transfer: cheap to copy, and free to outlive both the Client that it came from and the
/// task itself, which then answers NoSuchTask. Every call blocks until the daemon has made the change
/// durable.
class HAUL_API TaskHandle {
public:
    TaskHandle(std::shared_ptr<detail::Connection> connection, TaskId id);

    TaskId id() const { return id_; }
    /// The D-Bus object path.
    std::string path() const;

    /// Starts a suspended task; harmless for one under way. InvalidState for one that has ended.
    Result<void> resume() const;
    /// Stops it and keeps its bytes. InvalidState for one that has ended or is publishing, and for an upload
    /// under way that could not be repeated.
    Result<void> suspend() const;
    /// Ends it and discards its bytes. InvalidState for one that has finished, failed or is publishing.
    Result<void> cancel() const;
    /// Ends it like cancel, but keeps its bytes for DownloadOptions::resume_data of a new download, in this
    /// or another session of the same owner. The data is opaque, good for one download, and lives as long as
    /// the cancelled task does; it is empty where the bytes cannot be continued. InvalidState for a task that
    /// has ended or is publishing.
    Result<std::vector<std::uint8_t>> cancel_producing_resume_data() const;
    /// Forgets a task that has ended, with its spooled result. InvalidState for any other.
    Result<void> remove() const;
    /// 0 to 1; higher ones start first.
    Result<void> set_priority(double priority) const;

    /// Sets a request header, or removes it with an empty value. Before the first resume, and while the task
    /// is blocked by "credentials", where it goes on with it; InvalidState otherwise.
    Result<void> set_header(std::string_view name, std::string_view value) const;
    /// Where the same file can be fetched from now on, such as a link in place of one that has expired. The
    /// bytes stay where the new place proves that it has the same entity; otherwise the download begins at 0
    /// and a "resumed-from-zero" event says so. InvalidState for a task that has ended or is publishing.
    Result<void> replace_url(std::string_view url) const;
    /// Answers the challenge of a task that is blocked by "credentials", which then goes on where it was, or
    /// gives a suspended one what to answer with. One that is refused leads to another challenge.
    /// InvalidState for a task that is neither suspended nor blocked by "credentials".
    Result<void> provide_credential(const Credential& credential) const;

    /// Returns when the task has ended, or when the time is over; without a timeout it waits for the end.
    /// LimitExceeded where too many callers wait already.
    Result<TaskStatus> wait(std::optional<std::chrono::microseconds> timeout = std::nullopt) const;

    Result<TaskDetails> details() const;

    /// The newest 64 requests that were made for it, the oldest of them first.
    Result<std::vector<RequestMetrics>> metrics() const;

    /// The body of an upload's last answer once it has ended, also where it failed, up to 1 MiB; or a
    /// read-only descriptor of a finished download in the spool, or of the growing file of one that is
    /// running or waits with bytes: what was written so far can be read, and a clean start or a new entity
    /// empties it. InvalidState where there is neither, and for a download over several connections, whose
    /// bytes do not come in order.
    Result<File> open_result() const;

    /// Registers callbacks until the subscription ends.
    Result<Subscription> watch(TaskSignals listener) const;

protected:
    const std::shared_ptr<detail::Connection>& connection() const { return connection_; }

private:
    std::shared_ptr<detail::Connection> connection_;
    TaskId id_;
};

}  // namespace haul
