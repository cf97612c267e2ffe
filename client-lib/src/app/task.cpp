#include "haul/task.hpp"

#include "app/session_core.hpp"

namespace haul {

ProgressStream::ProgressStream(std::shared_ptr<detail::Slot<Progress>> slot) : slot_(std::move(slot)) {}

Next<Progress> ProgressStream::next(std::stop_token stop) const {
    return {slot_, std::move(stop)};
}

TaskEnd::TaskEnd(std::shared_ptr<detail::Slot<Result<Ending>>> slot, std::stop_token stop)
    : next_(std::move(slot), std::move(stop)) {}

TaskEnd::~TaskEnd() = default;

bool TaskEnd::await_suspend(std::coroutine_handle<> coroutine) {
    return next_.await_suspend(coroutine);
}

Result<Ending> TaskEnd::await_resume() {
    auto ending = next_.await_resume();
    if (ending) return *std::move(ending);
    return tl::unexpected(
        Error{.code = ErrorCode::Stopped, .message = "the wait for the task was stopped", .name = {}});
}

Task::Task(std::shared_ptr<detail::SessionCore> core, TaskId id) : core_(std::move(core)), id_(id) {}

template <typename Call>
auto Task::perform(Call call, std::optional<ErrorCode> done_before) const {
    return core_->on_task(id_, std::move(call), done_before);
}

Result<void> Task::resume() const {
    return perform([](const TaskHandle& task) { return task.resume(); });
}

Result<void> Task::suspend() const {
    return perform([](const TaskHandle& task) { return task.suspend(); });
}

Result<void> Task::cancel() const {
    return perform([](const TaskHandle& task) { return task.cancel(); });
}

Result<void> Task::remove() const {
    return perform([](const TaskHandle& task) { return task.remove(); }, ErrorCode::NoSuchTask);
}

Result<void> Task::set_priority(double priority) const {
    return perform([&](const TaskHandle& task) { return task.set_priority(priority); });
}

Result<void> Task::set_header(std::string_view name, std::string_view value) const {
    return perform([&](const TaskHandle& task) { return task.set_header(name, value); });
}

Result<void> Task::replace_url(std::string_view url) const {
    return perform([&](const TaskHandle& task) { return task.replace_url(url); });
}

Result<void> Task::provide_credential(const Credential& credential) const {
    return perform([&](const TaskHandle& task) { return task.provide_credential(credential); },
                   ErrorCode::InvalidState);
}

Result<TaskDetails> Task::details() const {
    return perform([](const TaskHandle& task) { return task.details(); });
}

Result<std::vector<RequestMetrics>> Task::metrics() const {
    return perform([](const TaskHandle& task) { return task.metrics(); });
}

TaskEnd Task::ended(std::stop_token stop) const {
    return {core_->await_end(id_), std::move(stop)};
}

ProgressStream Task::progress() const {
    return ProgressStream(core_->follow(id_));
}

Result<std::vector<std::uint8_t>> DownloadTask::cancel_producing_resume_data() const {
    return perform([](const TaskHandle& task) { return task.cancel_producing_resume_data(); });
}

Result<File> DownloadTask::open_result() const {
    return perform([](const TaskHandle& task) { return task.open_result(); });
}

Result<File> UploadTask::open_reply() const {
    return perform([](const TaskHandle& task) { return task.open_result(); });
}

}  // namespace haul
