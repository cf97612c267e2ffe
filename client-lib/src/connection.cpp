#include "connection.hpp"

#include <chrono>
#include <optional>
#include <utility>
#include <variant>

namespace haul::detail {

namespace {

constexpr const char* kDaemonMatch = "type='signal',sender='org.hauld1',path_namespace='/org/hauld1'";
constexpr const char* kOwnerMatch =
    "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
    "member='NameOwnerChanged',arg0='org.hauld1'";

std::unique_ptr<sdbus::IConnection> connect(const Bus& bus) {
    switch (bus.kind) {
        case Bus::Kind::Session:
            return sdbus::createSessionBusConnection();
        case Bus::Kind::System:
            return sdbus::createSystemBusConnection();
        case Bus::Kind::Address:
            return sdbus::createSessionBusConnectionWithAddress(bus.address);
    }
    return nullptr;
}

}  // namespace

Result<std::shared_ptr<Connection>> Connection::open(const Bus& bus) {
    try {
        return std::make_shared<Connection>(connect(bus));
    } catch (const sdbus::Error& error) {
        return tl::unexpected(
            Error{.code = ErrorCode::Disconnected,
                  .message = "cannot connect to " + bus.to_string() + ": " + error.getMessage(),
                  .name = error.getName()});
    }
}

Connection::~Connection() {
    for (auto& [number, ping] : std::exchange(pings_, {})) {
        ping.on_pong(tl::unexpected(Error{.code = ErrorCode::Disconnected,
                                          .message = "the connection was lost before the pong came",
                                          .name = {}}));
    }
}

Result<void> Connection::ping(const std::string& path, OnPong on_pong) {
    try {
        const auto number = ++last_ping_;
        auto proxy = std::make_unique<WebSocketProxy>(*bus_, path);
        proxy->getProxy()
            .callMethodAsync("Ping")
            .onInterface(WebSocketProxy::INTERFACE_NAME)
            .withTimeout(kNoTimeout)
            .uponReplyInvoke([this, number, path](const sdbus::Error* error, std::uint64_t round_trip) {
                if (error)
                    this->on_pong(number,
                                  tl::unexpected(to_error(error->getName(), error->getMessage(), path)));
                else
                    this->on_pong(number, std::chrono::microseconds(round_trip));
            });
        pings_[number] = {.proxy = std::move(proxy), .on_pong = std::move(on_pong)};
        return {};
    } catch (const sdbus::Error& error) {
        return tl::unexpected(to_error(error.getName(), error.getMessage(), path));
    }
}

void Connection::on_pong(std::uint64_t number, Result<std::chrono::microseconds> answer) {
    const auto place = pings_.find(number);
    if (place == pings_.end()) return;
    // The proxy is still in its own callback.
    auto ping = std::make_shared<Ping>(std::move(place->second));
    pings_.erase(place);
    defer([ping, answer = std::move(answer)] { ping->on_pong(answer); });
}

Result<std::uint64_t> Connection::listen(const std::string& path, Listener listener) {
    return add_matches().map([&] {
        listeners_[++last_listener_] = {.path = path,
                                        .listener = std::make_shared<const Listener>(std::move(listener))};
        return last_listener_;
    });
}

void Connection::forget(std::uint64_t listener) {
    listeners_.erase(listener);
}

Result<void> Connection::set_tap(Tap tap) {
    tap_ = std::move(tap);
    return add_matches();
}

Result<void> Connection::add_matches() {
    if (!matches_.empty()) return {};
    const auto handler = [this](sdbus::Message& message) { on_signal(message); };
    try {
        auto daemon = bus_->addMatch(kDaemonMatch, handler);
        auto owner = bus_->addMatch(kOwnerMatch, handler);
        matches_.push_back(std::move(daemon));
        matches_.push_back(std::move(owner));
        return {};
    } catch (const sdbus::Error& error) {
        return tl::unexpected(to_error(error.getName(), error.getMessage(), {}));
    }
}

void Connection::on_signal(sdbus::Message& message) {
    const auto signal = read_signal(message);
    if (!signal) return;
    const bool is_for_all = std::holds_alternative<DaemonLeft>(*signal);
    const auto path = message.getPath();
    if (tap_) tap_(path, *signal);
    std::vector<std::uint64_t> addressed;
    for (const auto& [number, entry] : listeners_) {
        if (is_for_all || entry.path == path) addressed.push_back(number);
    }
    for (const auto number : addressed) {
        const auto place = listeners_.find(number);
        if (place == listeners_.end()) continue;  // forgotten by one that was called before it
        const auto listener = place->second.listener;
        (*listener)(*signal);
    }
}

Result<PollRequest> Connection::poll_request() const {
    try {
        const auto data = bus_->getEventLoopPollData();
        const auto timeout = data.getPollTimeout();
        return PollRequest{
            .descriptor = data.fd,
            .events = data.events,
            .timeout = timeout < 0 ? std::nullopt : std::optional(std::chrono::milliseconds(timeout)),
        };
    } catch (const sdbus::Error& error) {
        return tl::unexpected(to_error(error.getName(), error.getMessage(), {}));
    }
}

Result<void> Connection::dispatch() {
    try {
        while (bus_->processPendingRequest()) {
        }
        for (const auto& call : std::exchange(deferred_, {})) call();
        return {};
    } catch (const sdbus::Error& error) {
        return tl::unexpected(to_error(error.getName(), error.getMessage(), {}));
    }
}

Result<TaskHandle> to_task(const std::shared_ptr<Connection>& connection, const std::string& path) {
    const auto id = task_id(path);
    if (!id) return tl::unexpected(protocol_error("the daemon gave " + path + " as the path of a task"));
    return TaskHandle(connection, *id);
}

}  // namespace haul::detail
