#include "bus/task_object.hpp"

namespace haul::bus {

using control::Caller;
namespace fact = model::fact;

TaskObject::TaskObject(sdbus::IConnection& connection, FrontDoor& door, TaskId task)
    : AdaptorInterfaces(connection, task_path(task)), door_(door), task_(task) {
    registerAdaptor();
}

TaskObject::~TaskObject() {
    unregisterAdaptor();
}

void TaskObject::Resume(Reply<>&& reply) {
    door_.answer(std::move(reply), [&](const Caller& caller) {
        return door_.control().command(caller, task_, fact::Resume{});
    });
}

void TaskObject::Suspend(Reply<>&& reply) {
    door_.answer(std::move(reply), [&](const Caller& caller) {
        return door_.control().command(caller, task_, fact::Suspend{});
    });
}

void TaskObject::Cancel(Reply<>&& reply) {
    door_.answer(std::move(reply), [&](const Caller& caller) {
        return door_.control().command(caller, task_, fact::Cancel{});
    });
}

/// Its reply comes when the last byte is kept, which no turn of ours decides: so it is handed to control.
void TaskObject::CancelProducingResumeData(Reply<Blob>&& reply) {
    const auto& caller = door_.caller();
    if (!caller) return reply.returnError(to_bus_error(caller.error()));
    auto shared = std::make_shared<Reply<Blob>>(std::move(reply));
    auto cancelled = door_.control().cancel_keeping(
        *caller, task_,
        [shared, object = door_.object()](const Result<Blob>& data) { FrontDoor::send(*shared, data); });
    if (!cancelled) shared->returnError(to_bus_error(cancelled.error()));
}

void TaskObject::Remove(Reply<>&& reply) {
    door_.answer(std::move(reply),
                 [&](const Caller& caller) { return door_.control().remove(caller, task_); });
}

void TaskObject::SetHeader(Reply<>&& reply, std::string name, std::string value) {
    door_.answer(std::move(reply), [&](const Caller& caller) {
        return door_.control().set_header(caller, task_, name, value);
    });
}

void TaskObject::SetOption(Reply<>&& reply, std::string key, std::string value) {
    door_.answer(std::move(reply),
                 [&](const Caller& caller) { return door_.control().set_option(caller, task_, key, value); });
}

void TaskObject::SetPriority(Reply<>&& reply, double priority) {
    door_.answer(std::move(reply),
                 [&](const Caller& caller) { return door_.control().set_priority(caller, task_, priority); });
}

void TaskObject::ReplaceUrl(Reply<>&& reply, std::string url) {
    door_.answer(std::move(reply),
                 [&](const Caller& caller) { return door_.control().replace_url(caller, task_, url); });
}

void TaskObject::ProvideCredential(Reply<>&& reply, std::string scheme, std::string user,
                                   std::string secret) {
    door_.answer(std::move(reply), [&](const Caller& caller) {
        return door_.control().provide_credential(caller, task_, scheme, user, secret);
    });
}

/// Its reply comes when the task ends, which no turn of ours decides: so it is handed to control.
void TaskObject::Wait(Reply<std::string, std::string>&& reply, std::uint64_t timeout_usec) {
    const auto& caller = door_.caller();
    if (!caller) return reply.returnError(to_bus_error(caller.error()));
    auto shared = std::make_shared<Reply<std::string, std::string>>(std::move(reply));
    auto timeout = Duration{static_cast<std::int64_t>(std::min<std::uint64_t>(timeout_usec, INT64_MAX))};
    auto waiting = door_.control().wait(
        *caller, task_, timeout, [shared, object = door_.object()](const model::Task& task) {
            try {
                shared->returnResults(std::string{model::to_word(task.state)},
                                      std::string{model::to_word(task.reason)});
            } catch (const sdbus::Error&) {
                // The caller has gone; the bus has nobody to give the reply to.
            }
        });
    if (!waiting) shared->returnError(to_bus_error(waiting.error()));
}

void TaskObject::GetDetails(Reply<Dictionary>&& reply) {
    door_.answer(std::move(reply), [&](const Caller& caller) -> Result<Dictionary> {
        return to_dictionary(TRY(door_.control().task_details(caller, task_)));
    });
}

void TaskObject::GetMetrics(Reply<std::vector<Dictionary>>&& reply) {
    door_.answer(std::move(reply), [&](const Caller& caller) -> Result<std::vector<Dictionary>> {
        std::vector<Dictionary> requests;
        for (const auto& request : TRY(door_.control().task_metrics(caller, task_)))
            requests.push_back(to_dictionary(request));
        return requests;
    });
}

void TaskObject::OpenResult(Reply<sdbus::UnixFd>&& reply) {
    door_.answer(std::move(reply), [&](const Caller& caller) -> Result<sdbus::UnixFd> {
        return sdbus::UnixFd{TRY(door_.control().open_result(caller, task_)).release(), sdbus::adopt_fd};
    });
}

/// The object stands here only while its task and its owner do; what went wrong since is an error of the
/// property.
control::TaskView TaskObject::view() {
    auto view = door_.control().view(task_);
    if (!view) throw to_bus_error(view.error());
    return std::move(*view);
}

std::string TaskObject::Kind() {
    return std::string{model::to_word(view().task.kind)};
}

std::string TaskObject::State() {
    return std::string{model::to_word(view().task.state)};
}

std::string TaskObject::Reason() {
    return std::string{model::to_word(view().task.reason)};
}

std::vector<std::string> TaskObject::BlockedBy() {
    return model::to_words(view().task.blocked);
}

std::uint64_t TaskObject::BytesDone() {
    return view().done;
}

std::int64_t TaskObject::BytesTotal() {
    auto total = view().total;
    return total ? static_cast<std::int64_t>(*total) : -1;
}

}  // namespace haul::bus
