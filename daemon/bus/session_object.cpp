#include "bus/session_object.hpp"

#include "bus/creation.hpp"
#include "bus/event_page.hpp"

namespace haul::bus {

using control::Caller;

namespace {

using Request = sdbus::Struct<std::string, std::string, Dictionary>;

Result<std::vector<control::Order>> to_requests(std::vector<Request> requests, FileFds files) {
    std::vector<control::Order> wanted;
    wanted.reserve(requests.size());
    for (auto& request : requests) {
        auto decoded = TRY(to_fields(std::get<2>(request), files));
        wanted.push_back({.request = {.kind = std::move(std::get<0>(request)),
                                      .url = std::move(std::get<1>(request)),
                                      .options = std::move(decoded.fields)},
                          .descriptors = std::move(decoded.descriptors)});
    }
    return wanted;
}

}  // namespace

SessionObject::SessionObject(sdbus::IConnection& connection, FrontDoor& door, SessionId session)
    : AdaptorInterfaces(connection, session_path(session)), door_(door), session_(session) {
    registerAdaptor();
}

SessionObject::~SessionObject() {
    unregisterAdaptor();
}

void SessionObject::CreateDownload(Reply<sdbus::ObjectPath>&& reply, std::string url, Dictionary options) {
    door_.answer(std::move(reply), [&](const Caller& caller) -> Result<sdbus::ObjectPath> {
        auto decoded = TRY(to_fields(options));
        std::vector<control::CreateRequest> requests(1);
        requests.front().url = std::move(url);
        requests.front().options = std::move(decoded.fields);
        return task_path(TRY(door_.control().create(caller, session_, requests)).front());
    });
}

void SessionObject::CreateUpload(Reply<sdbus::ObjectPath>&& reply, std::string url, std::string file,
                                 Dictionary options) {
    create_later(door_, session_, std::move(reply),
                 to_upload(std::move(url), file, options, door_.file_fds()),
                 [](const std::vector<TaskId>& tasks) { return task_path(tasks.front()); });
}

void SessionObject::CreateWebSocket(Reply<sdbus::ObjectPath>&& reply, std::string url,
                                    std::vector<std::string> subprotocols, Dictionary options) {
    door_.answer(std::move(reply), [&](const Caller& caller) -> Result<sdbus::ObjectPath> {
        std::vector<control::CreateRequest> requests;
        requests.push_back(TRY(to_web_socket(std::move(url), std::move(subprotocols), options)));
        return task_path(TRY(door_.control().create(caller, session_, requests)).front());
    });
}

void SessionObject::CreateMany(Reply<std::vector<sdbus::ObjectPath>>&& reply, Requests requests) {
    create_later(door_, session_, std::move(reply), to_requests(std::move(requests), door_.file_fds()),
                 [](const std::vector<TaskId>& tasks) {
                     std::vector<sdbus::ObjectPath> paths;
                     paths.reserve(tasks.size());
                     for (auto task : tasks) paths.push_back(task_path(task));
                     return paths;
                 });
}

void SessionObject::Attach(Reply<>&& reply) {
    door_.answer(std::move(reply),
                 [&](const Caller& caller) { return door_.control().attach(caller, session_); });
}

void SessionObject::TakeOver(Reply<>&& reply) {
    door_.answer(std::move(reply), [&](const Caller& caller) {
        return door_.control().attach(caller, session_, control::Control::Rival::Replace);
    });
}

void SessionObject::Detach(Reply<>&& reply) {
    door_.answer(std::move(reply),
                 [&](const Caller& caller) { return door_.control().detach(caller, session_); });
}

void SessionObject::GetEvents(Reply<std::vector<EventRow>>&& reply, std::uint64_t after, std::uint32_t max) {
    const auto& caller = door_.caller();
    if (!caller) return reply.returnError(to_bus_error(caller.error()));
    auto events = door_.control().events(*caller, session_, {after}, max);
    door_.control().when_settled([call = door_.call(), object = door_.object(),
                                  events = std::move(events)](const Error* failure) mutable {
        if (failure) events = tl::make_unexpected(*failure);
        send_events(call.get(), events);
    });
}

void SessionObject::Acknowledge(Reply<>&& reply, std::uint64_t seq) {
    door_.answer(std::move(reply),
                 [&](const Caller& caller) { return door_.control().acknowledge(caller, session_, {seq}); });
}

void SessionObject::Complete(Reply<>&& reply, std::uint64_t wake) {
    door_.answer(std::move(reply),
                 [&](const Caller& caller) { return door_.control().complete(caller, session_, {wake}); });
}

void SessionObject::ListTasks(Reply<std::vector<TaskRow>>&& reply, std::string state, std::uint64_t after,
                              std::uint32_t max) {
    door_.answer(std::move(reply), [&](const Caller& caller) -> Result<std::vector<TaskRow>> {
        return to_rows(TRY(door_.control().list_tasks(caller, session_, state, {after}, max)));
    });
}

void SessionObject::ListWaiting(Reply<std::vector<WaitingRow>>&& reply, std::uint64_t after,
                                std::uint32_t max) {
    door_.answer(std::move(reply), [&](const Caller& caller) -> Result<std::vector<WaitingRow>> {
        auto lines = TRY(door_.control().list_waiting(caller, session_, {after}, max));
        std::vector<WaitingRow> rows;
        rows.reserve(lines.size());
        for (const auto& [id, wait] : lines)
            rows.emplace_back(id.value, model::to_words(wait.blocks),
                              wait.next ? static_cast<std::uint64_t>(to_usec(*wait.next)) : 0);
        return rows;
    });
}

void SessionObject::GetDetails(Reply<Dictionary>&& reply) {
    door_.answer(std::move(reply), [&](const Caller& caller) -> Result<Dictionary> {
        return to_dictionary(TRY(door_.control().session_details(caller, session_)));
    });
}

void SessionObject::Invalidate(Reply<>&& reply, bool cancel) {
    using Unfinished = control::Control::Unfinished;
    door_.answer(std::move(reply), [&](const Caller& caller) {
        return door_.control().invalidate(caller, session_, cancel ? Unfinished::Cancel : Unfinished::Finish);
    });
}

}  // namespace haul::bus
