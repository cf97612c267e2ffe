#include "bus/manager_object.hpp"

#include "bus/creation.hpp"
#include "model/text.hpp"

namespace haul::bus {

using control::Caller;

std::vector<TaskRow> to_rows(const std::vector<journal::TaskLine>& lines) {
    std::vector<TaskRow> rows;
    rows.reserve(lines.size());
    for (const auto& line : lines)
        rows.emplace_back(line.id.value, task_path(line.id), std::string{model::to_word(line.kind)},
                          std::string{model::to_word(line.state)}, std::string{model::to_word(line.reason)},
                          line.done, line.total.value_or(UINT64_MAX));
    return rows;
}

ManagerObject::ManagerObject(sdbus::IConnection& connection, FrontDoor& door, std::string version)
    : AdaptorInterfaces(connection, "/org/hauld1"), door_(door), version_(std::move(version)) {
    registerAdaptor();
}

namespace {

/// The words between commas, without the blanks around them.
std::vector<std::string> split_words(const std::string& text) {
    std::vector<std::string> words;
    for (const auto& part : model::split(text, ',')) {
        if (auto word = model::trim(part); !word.empty()) words.emplace_back(word);
    }
    return words;
}

}  // namespace

ManagerObject::~ManagerObject() {
    unregisterAdaptor();
}

void ManagerObject::Download(Reply<sdbus::ObjectPath>&& reply, std::string url, std::string destination) {
    door_.answer(std::move(reply), [&](const Caller& caller) -> Result<sdbus::ObjectPath> {
        auto session = TRY(door_.control().open_session(caller, "default", {}));
        std::vector<control::CreateRequest> requests(1);
        requests.front() = {.url = std::move(url), .options = {{"start", true}}};
        if (!destination.empty()) requests.front().options.push_back({"destination", std::move(destination)});
        return task_path(TRY(door_.control().create(caller, session, requests)).front());
    });
}

void ManagerObject::Upload(Reply<sdbus::ObjectPath>&& reply, std::string url, std::string file,
                           std::string method) {
    const auto& caller = door_.caller();
    if (!caller) return reply.returnError(to_bus_error(caller.error()));
    auto session = door_.control().open_session(*caller, "default", {});
    if (!session) return reply.returnError(to_bus_error(session.error()));
    Dictionary options{{"start", sdbus::Variant{true}}};
    if (!method.empty()) options["method"] = sdbus::Variant{method};
    create_later(door_, *session, std::move(reply),
                 to_upload(std::move(url), file, options, door_.file_fds()),
                 [](const std::vector<TaskId>& tasks) { return task_path(tasks.front()); });
}

void ManagerObject::OpenWebSocket(Reply<sdbus::ObjectPath>&& reply, std::string url,
                                  std::string subprotocols) {
    door_.answer(std::move(reply), [&](const Caller& caller) -> Result<sdbus::ObjectPath> {
        auto session = TRY(door_.control().open_session(caller, "default", {}));
        std::vector<control::CreateRequest> requests;
        requests.push_back(TRY(to_web_socket(std::move(url), split_words(subprotocols), {})));
        requests.front().options.push_back({"start", true});
        return task_path(TRY(door_.control().create(caller, session, requests)).front());
    });
}

void ManagerObject::OpenSession(Reply<sdbus::ObjectPath>&& reply, std::string identifier,
                                Dictionary options) {
    const auto& caller = door_.caller();
    if (!caller) return reply.returnError(to_bus_error(caller.error()));
    auto decoded = to_fields(options);
    if (!decoded) return reply.returnError(to_bus_error(decoded.error()));
    auto shared = std::make_shared<Reply<sdbus::ObjectPath>>(std::move(reply));
    door_.control().open_session(*caller, identifier, decoded->fields, [shared](Result<SessionId> session) {
        FrontDoor::send(*shared, session.map([](SessionId id) { return session_path(id); }));
    });
}

void ManagerObject::ListSessions(
    Reply<std::vector<sdbus::Struct<std::string, sdbus::ObjectPath, std::uint32_t>>>&& reply) {
    using Rows = std::vector<sdbus::Struct<std::string, sdbus::ObjectPath, std::uint32_t>>;
    door_.answer(std::move(reply), [&](const Caller& caller) -> Result<Rows> {
        Rows rows;
        for (const auto* session : door_.control().list_sessions(caller))
            rows.emplace_back(session->row.identifier, session_path(session->row.id),
                              static_cast<std::uint32_t>(session->tasks));
        return rows;
    });
}

void ManagerObject::ListTasks(Reply<std::vector<TaskRow>>&& reply, std::string state) {
    door_.answer(std::move(reply), [&](const Caller& caller) -> Result<std::vector<TaskRow>> {
        return to_rows(TRY(door_.control().list_all_tasks(caller, state)));
    });
}

void ManagerObject::GetTask(Reply<sdbus::ObjectPath>&& reply, std::uint64_t id) {
    door_.answer(std::move(reply), [&](const Caller& caller) -> Result<sdbus::ObjectPath> {
        if (!door_.control().owns_task(caller, {id}))
            return fail(ErrorCode::NoSuchTask, "there is no task " + std::to_string(id));
        return task_path({id});
    });
}

void ManagerObject::SetLimit(Reply<>&& reply, std::string name, std::uint64_t value) {
    door_.answer(std::move(reply), [&](const Caller& caller) -> Result<> {
        return door_.control().set_limit(caller, name, value);
    });
}

void ManagerObject::GetLimits(Reply<std::map<std::string, std::uint64_t>>&& reply) {
    door_.answer(std::move(reply), [&](const Caller&) -> Result<std::map<std::string, std::uint64_t>> {
        return door_.control().limits();
    });
}

std::uint32_t ManagerObject::ActiveTasks() {
    return door_.caller() ? door_.control().active_tasks(*door_.caller()) : 0;
}

}  // namespace haul::bus
