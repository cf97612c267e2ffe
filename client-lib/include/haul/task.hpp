#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "haul/credential.hpp"
#include "haul/details.hpp"
#include "haul/error.hpp"
#include "haul/event_details.hpp"
#include "haul/export.hpp"
#include "haul/file.hpp"
#include "haul/metrics.hpp"
#include "haul/next.hpp"
#include "haul/progress.hpp"
#include "haul/types.hpp"

namespace haul {

namespace detail {
class SessionCore;
}

/// How far a task is, as often as it is told: `while (auto progress = co_await stream.next())`. It ends with
/// the task. Values that nobody waits for give way to the latest.
class HAUL_API ProgressStream {
public:
    explicit ProgressStream(std::shared_ptr<detail::Slot<Progress>> slot);

    Next<Progress> next(std::stop_token stop = {}) const;

private:
    std::shared_ptr<detail::Slot<Progress>> slot_;
};

/// What co_await gives a task's end from.
class [[nodiscard]] HAUL_API TaskEnd {
public:
    TaskEnd(std::shared_ptr<detail::Slot<Result<Ending>>> slot, std::stop_token stop);
    ~TaskEnd();

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> coroutine);
    /// Stopped where the stop token said so first.
    Result<Ending> await_resume();

private:
    Next<Result<Ending>> next_;
};

/// One transfer of a Session: a value, cheap to copy. It may outlive the Session and the task itself, which
/// then answers NoSuchTask. Every call returns when the daemon has made the change durable, and is made again
/// while the daemon is away (SessionConfiguration::patience); what it does, and when it is an error, stands
/// with the same call of TaskHandle.
class HAUL_API Task {
public:
    Task(std::shared_ptr<detail::SessionCore> core, TaskId id);

    TaskId id() const { return id_; }

    Result<void> resume() const;
    Result<void> suspend() const;
    Result<void> cancel() const;
    Result<void> remove() const;
    Result<void> set_priority(double priority) const;
    Result<void> set_header(std::string_view name, std::string_view value) const;
    Result<void> replace_url(std::string_view url) const;
    Result<void> provide_credential(const Credential& credential) const;
    Result<TaskDetails> details() const;
    Result<std::vector<RequestMetrics>> metrics() const;

    /// Its end, to co_await: at once where it has ended. The coroutine goes on before the event is
    /// acknowledged: until it waits again, a result in the spool is there to be opened. InvalidState where
    /// the session is not attached.
    TaskEnd ended(std::stop_token stop = {}) const;
    /// Its progress, while the session is attached.
    ProgressStream progress() const;

    friend bool operator==(const Task& left, const Task& right) { return left.id_ == right.id_; }

protected:
    const std::shared_ptr<detail::SessionCore>& core() const { return core_; }
    template <typename Call>
    auto perform(Call call, std::optional<ErrorCode> done_before = std::nullopt) const;

private:
    std::shared_ptr<detail::SessionCore> core_;
    TaskId id_;
};

/// A download of a Session.
class HAUL_API DownloadTask : public Task {
public:
    using Task::Task;
    explicit DownloadTask(Task task) : Task(std::move(task)) {}

    /// Ends it, and gives what DownloadOptions::resume_data of another one goes on from.
    Result<std::vector<std::uint8_t>> cancel_producing_resume_data() const;
    /// Its bytes in the spool, or as far as they have come.
    Result<File> open_result() const;
};

/// An upload of a Session.
class HAUL_API UploadTask : public Task {
public:
    using Task::Task;
    explicit UploadTask(Task task) : Task(std::move(task)) {}

    /// The body of the server's last answer, up to 1 MiB.
    Result<File> open_reply() const;
};

}  // namespace haul
