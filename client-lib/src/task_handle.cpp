#include "haul/task_handle.hpp"

#include <cstdint>
#include <utility>
#include <variant>

#include "connection.hpp"
#include "decode.hpp"
#include "paths.hpp"
#include "text.hpp"
#include "words.hpp"

namespace haul {

namespace {

using detail::check_text;
using detail::TaskProxy;

/// What a reply may take longer than the wait that it answers.
constexpr std::chrono::seconds kReplyTime{25};
}  // namespace

TaskHandle::TaskHandle(std::shared_ptr<detail::Connection> connection, TaskId id)
    : connection_(std::move(connection)), id_(id) {}

std::string TaskHandle::path() const {
    return detail::task_path(id_);
}

Result<void> TaskHandle::resume() const {
    return connection_->on_task(path(), [](TaskProxy& task) { task.Resume(); });
}

Result<void> TaskHandle::suspend() const {
    return connection_->on_task(path(), [](TaskProxy& task) { task.Suspend(); });
}

Result<void> TaskHandle::cancel() const {
    return connection_->on_task(path(), [](TaskProxy& task) { task.Cancel(); });
}

Result<std::vector<std::uint8_t>> TaskHandle::cancel_producing_resume_data() const {
    return connection_->on_task(path(), [](TaskProxy& task) { return task.CancelProducingResumeData(); });
}

Result<void> TaskHandle::remove() const {
    return connection_->on_task(path(), [](TaskProxy& task) { task.Remove(); });
}

Result<void> TaskHandle::set_priority(double priority) const {
    return connection_->on_task(path(), [&](TaskProxy& task) { task.SetPriority(priority); });
}

Result<void> TaskHandle::set_header(std::string_view name, std::string_view value) const {
    return check_text("header's name", name)
        .and_then([&] { return check_text("header's value", value); })
        .and_then([&] {
            return connection_->on_task(
                path(), [&](TaskProxy& task) { task.SetHeader(std::string(name), std::string(value)); });
        });
}

Result<void> TaskHandle::replace_url(std::string_view url) const {
    return check_text("URL", url).and_then([&] {
        return connection_->on_task(path(), [&](TaskProxy& task) { task.ReplaceUrl(std::string(url)); });
    });
}

Result<void> TaskHandle::provide_credential(const Credential& credential) const {
    return check_text("user name", credential.user)
        .and_then([&] { return check_text("secret", credential.secret); })
        .and_then([&] {
            return connection_->on_task(path(), [&](TaskProxy& task) {
                task.ProvideCredential(std::string(detail::to_word(credential.scheme)), credential.user,
                                       credential.secret);
            });
        });
}

Result<TaskStatus> TaskHandle::wait(std::optional<std::chrono::microseconds> timeout) const {
    // The contract takes 0 for "without limit".
    const auto limit =
        timeout ? std::max(*timeout, std::chrono::microseconds(1)) : std::chrono::microseconds(0);
    const auto call_timeout =
        timeout ? static_cast<std::uint64_t>((limit + std::chrono::microseconds(kReplyTime)).count())
                : detail::kNoTimeout;
    return connection_
        ->on_task(path(),
                  [&](TaskProxy& task) {
                      std::string state;
                      std::string reason;
                      task.getProxy()
                          .callMethod("Wait")
                          .onInterface(TaskProxy::INTERFACE_NAME)
                          .withTimeout(call_timeout)
                          .withArguments(static_cast<std::uint64_t>(limit.count()))
                          .storeResultsTo(state, reason);
                      return std::pair(std::move(state), std::move(reason));
                  })
        .and_then([](const auto& answer) { return detail::to_task_status(answer.first, answer.second); });
}

Result<TaskDetails> TaskHandle::details() const {
    return connection_->on_task(path(), [](TaskProxy& task) { return detail::to_values(task.GetDetails()); })
        .and_then([](Values&& values) { return detail::to_task_details(std::move(values)); });
}

Result<std::vector<RequestMetrics>> TaskHandle::metrics() const {
    return connection_->on_task(path(), [](TaskProxy& task) { return task.GetMetrics(); })
        .map([](const auto& requests) {
            std::vector<RequestMetrics> metrics;
            metrics.reserve(requests.size());
            for (const auto& request : requests)
                metrics.push_back(detail::to_request_metrics(detail::to_values(request)));
            return metrics;
        });
}

Result<File> TaskHandle::open_result() const {
    return connection_->on_task(path(), [](TaskProxy& task) { return File(task.OpenResult().release()); });
}

Result<Subscription> TaskHandle::watch(TaskSignals listener) const {
    return connection_
        ->listen(path(),
                 [signals = std::move(listener)](const detail::Signal& signal) {
                     if (const auto* progress = std::get_if<detail::Progressed>(&signal)) {
                         if (signals.progress) signals.progress(progress->done, progress->total);
                     } else if (const auto* change = std::get_if<detail::StateChanged>(&signal)) {
                         if (signals.state_changed) signals.state_changed(change->state);
                     }
                 })
        .map([this](std::uint64_t listener) { return Subscription(connection_, listener); });
}

}  // namespace haul
