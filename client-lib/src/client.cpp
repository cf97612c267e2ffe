#include "haul/client.hpp"

#include <limits>
#include <utility>

#include "connection.hpp"
#include "decode.hpp"
#include "encode.hpp"
#include "text.hpp"

namespace haul {

namespace {

using detail::check_text;
using detail::ManagerProxy;

/// The value of a limit with which SetLimit takes it back to what the configuration says.
constexpr auto kAsConfigured = std::numeric_limits<std::uint64_t>::max();

}  // namespace

std::string_view library_version() {
    return HAUL_VERSION;
}

Client::Client(std::shared_ptr<detail::Connection> connection) : connection_(std::move(connection)) {}

Result<Client> Client::connect(const Bus& bus) {
    return detail::Connection::open(bus).map(
        [](std::shared_ptr<detail::Connection>&& connection) { return Client(std::move(connection)); });
}

Result<std::string> Client::daemon_version() const {
    return connection_->on_manager([](ManagerProxy& manager) { return manager.Version(); });
}

Result<std::vector<std::string>> Client::features() const {
    return connection_->on_manager([](ManagerProxy& manager) { return manager.Features(); });
}

Result<std::vector<std::string>> Client::conditions() const {
    return connection_->on_manager([](ManagerProxy& manager) { return manager.Conditions(); });
}

Result<std::map<std::string, std::uint64_t>> Client::limits() const {
    return connection_->on_manager([](ManagerProxy& manager) { return manager.GetLimits(); });
}

Result<void> Client::set_limit(std::string_view name, std::uint64_t value) const {
    return check_text("limit's name", name).and_then([&] {
        return connection_->on_manager(
            [&](ManagerProxy& manager) { manager.SetLimit(std::string(name), value); });
    });
}

Result<void> Client::reset_limit(std::string_view name) const {
    return set_limit(name, kAsConfigured);
}

Result<std::uint32_t> Client::active_tasks() const {
    return connection_->on_manager([](ManagerProxy& manager) { return manager.ActiveTasks(); });
}

Result<SessionHandle> Client::open_session(std::string_view identifier, const SessionOptions& options) const {
    return check_text("session's identifier", identifier)
        .and_then([&] { return detail::encode(options); })
        .and_then([&](const detail::Variants& variants) {
            return connection_->on_manager([&](ManagerProxy& manager) -> std::string {
                return manager.OpenSession(std::string(identifier), variants);
            });
        })
        .map([&](std::string&& path) {
            return SessionHandle(connection_, std::string(identifier), std::move(path));
        });
}

Result<SessionHandle> Client::find_session(std::string_view identifier) const {
    if (identifier == kDefaultSession) return open_session(identifier);
    auto all = sessions();
    if (!all) return tl::unexpected(std::move(all.error()));
    for (auto& summary : *all) {
        if (summary.session.identifier() == identifier) return std::move(summary.session);
    }
    return tl::unexpected(Error{.code = ErrorCode::NoSuchSession,
                                .message = "there is no session \"" + std::string(identifier) + "\"",
                                .name = {}});
}

Result<std::vector<SessionSummary>> Client::sessions() const {
    return connection_->on_manager([](ManagerProxy& manager) { return manager.ListSessions(); })
        .map([&](const auto& rows) {
            std::vector<SessionSummary> summaries;
            summaries.reserve(rows.size());
            for (const detail::SessionRow& row : rows) {
                const auto& [identifier, path, tasks] = row;
                summaries.push_back(
                    {.session = SessionHandle(connection_, identifier, path), .tasks = tasks});
            }
            return summaries;
        });
}

Result<TaskHandle> Client::download(std::string_view url, std::string_view destination) const {
    return check_text("URL", url)
        .and_then([&] { return check_text("destination", destination); })
        .and_then([&] {
            return connection_->on_manager([&](ManagerProxy& manager) -> std::string {
                return manager.Download(std::string(url), std::string(destination));
            });
        })
        .and_then([&](const std::string& path) { return detail::to_task(connection_, path); });
}

Result<TaskHandle> Client::upload(std::string_view url, std::string_view file,
                                  std::string_view method) const {
    return check_text("URL", url)
        .and_then([&] { return check_text("file's path", file); })
        .and_then([&] { return check_text("method", method); })
        .and_then([&] {
            return connection_->on_manager([&](ManagerProxy& manager) -> std::string {
                return manager.Upload(std::string(url), std::string(file), std::string(method));
            });
        })
        .and_then([&](const std::string& path) { return detail::to_task(connection_, path); });
}

Result<WebSocketHandle> Client::open_web_socket(std::string_view url,
                                                const std::vector<std::string>& subprotocols) const {
    std::string list;
    for (const auto& subprotocol : subprotocols) list += (list.empty() ? "" : ",") + subprotocol;
    return check_text("URL", url)
        .and_then([&] { return check_text("subprotocol", list); })
        .and_then([&] {
            return connection_->on_manager([&](ManagerProxy& manager) -> std::string {
                return manager.OpenWebSocket(std::string(url), list);
            });
        })
        .and_then([&](const std::string& path) { return detail::to_task(connection_, path); })
        .map([](TaskHandle&& task) { return WebSocketHandle(std::move(task)); });
}

TaskHandle Client::task(TaskId id) const {
    return {connection_, id};
}

Result<TaskHandle> Client::find_task(TaskId id) const {
    return connection_
        ->on_manager([&](ManagerProxy& manager) -> std::string { return manager.GetTask(id.number); })
        .and_then([&](const std::string& path) { return detail::to_task(connection_, path); });
}

Result<PollRequest> Client::poll_request() const {
    return connection_->poll_request();
}

Result<void> Client::dispatch() const {
    return connection_->dispatch();
}

}  // namespace haul
