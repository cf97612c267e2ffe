#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "haul/details.hpp"
#include "haul/error.hpp"
#include "haul/export.hpp"
#include "haul/file.hpp"
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
class HAUL_API Task {
public:
    Task(std::shared_ptr<detail::Connection> connection, TaskId id);

    TaskId id() const { return id_; }
    /// The D-Bus object path.
    std::string path() const;

    /// Starts a suspended task; harmless for one under way. InvalidState for one that has ended.
    Result<void> resume() const;
    /// Stops it and keeps its bytes. InvalidState for one that has ended or is publishing.
    Result<void> suspend() const;
    /// Ends it and discards its bytes. InvalidState for one that has finished, failed or is publishing.
    Result<void> cancel() const;
    /// Forgets a task that has ended, with its spooled result. InvalidState for any other.
    Result<void> remove() const;
    /// 0 to 1; higher ones start first.
    Result<void> set_priority(double priority) const;

    /// Returns when the task has ended, or when the time is over; without a timeout it waits for the end.
    /// LimitExceeded where too many callers wait already.
    Result<TaskStatus> wait(std::optional<std::chrono::microseconds> timeout = std::nullopt) const;

    Result<TaskDetails> details() const;

    /// A read-only descriptor of a finished download in the spool. InvalidState where there is none.
    Result<File> open_result() const;

    /// Registers callbacks until the subscription ends.
    Result<Subscription> watch(TaskSignals signals) const;

private:
    std::shared_ptr<detail::Connection> connection_;
    TaskId id_;
};

}  // namespace haul
