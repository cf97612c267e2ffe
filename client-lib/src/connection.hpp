#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "errors.hpp"
#include "haul/bus.hpp"
#include "haul/client.hpp"
#include "haul/error.hpp"
#include "proxies.hpp"
#include "signal.hpp"

namespace haul::detail {

/// The library's one way to the bus: it makes the calls, turns sdbus-c++'s exceptions into errors, and hands
/// signals to whoever listens to their object. Shared by a Client and all handles got from it; one thread.
class Connection {
public:
    /// Called with the signals of one object, and with DaemonLeft.
    using Listener = std::function<void(const Signal&)>;
    /// Called with the signals of all objects, and where they come from.
    using Tap = std::function<void(const std::string& path, const Signal&)>;

    static Result<std::shared_ptr<Connection>> open(const Bus& bus);

    explicit Connection(std::unique_ptr<sdbus::IConnection> bus) : bus_(std::move(bus)) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// Runs one function of the generated proxy of an object and returns what it returns.
    template <typename Call>
    auto on_manager(Call call) const {
        return run<ManagerProxy>(kManagerPath, std::move(call));
    }
    template <typename Call>
    auto on_session(const std::string& path, Call call) const {
        return run<SessionProxy>(path, std::move(call));
    }
    template <typename Call>
    auto on_task(const std::string& path, Call call) const {
        return run<TaskProxy>(path, std::move(call));
    }

    template <typename Call>
    auto on_web_socket(const std::string& path, Call call) const {
        return run<WebSocketProxy>(path, std::move(call));
    }

    /// Begins a ping of a WebSocket; the answer comes from within dispatch(), or with the connection's end.
    using OnPong = std::function<void(Result<std::chrono::microseconds>)>;
    Result<void> ping(const std::string& path, OnPong on_pong);

    /// Registers a listener; the number is for forget(). A listener may forget itself or any other.
    Result<std::uint64_t> listen(const std::string& path, Listener listener);
    void forget(std::uint64_t listener);
    /// Once for each connection.
    Result<void> set_tap(Tap tap);

    sdbus::IConnection& bus() { return *bus_; }
    /// Has this called at the end of the dispatch that is under way, when all replies are sent.
    void defer(std::function<void()> call) { deferred_.push_back(std::move(call)); }

    Result<PollRequest> poll_request() const;
    Result<void> dispatch();

private:
    struct Entry {
        std::string path;
        std::shared_ptr<const Listener> listener;
    };

    template <typename Proxy, typename Call>
    auto run(const std::string& path, Call call) const -> Result<std::invoke_result_t<Call, Proxy&>> {
        try {
            Proxy proxy(*bus_, path);
            if constexpr (std::is_void_v<std::invoke_result_t<Call, Proxy&>>) {
                call(proxy);
                return {};
            } else {
                return call(proxy);
            }
        } catch (const sdbus::Error& error) {
            return tl::unexpected(to_error(error.getName(), error.getMessage(), path));
        }
    }

    /// A ping under way, whose answer its proxy waits for.
    struct Ping {
        std::unique_ptr<WebSocketProxy> proxy;
        OnPong on_pong;
    };

    void on_pong(std::uint64_t number, Result<std::chrono::microseconds> answer);
    Result<void> add_matches();
    void on_signal(sdbus::Message& message);

    // The matches go before the bus that they are registered with.
    std::unique_ptr<sdbus::IConnection> bus_;
    std::vector<sdbus::Slot> matches_;
    std::map<std::uint64_t, Entry> listeners_;
    std::uint64_t last_listener_ = 0;
    Tap tap_;
    std::vector<std::function<void()>> deferred_;
    std::map<std::uint64_t, Ping> pings_;
    std::uint64_t last_ping_ = 0;
};

/// A handle on the task at a path that the daemon gave.
Result<TaskHandle> to_task(const std::shared_ptr<Connection>& connection, const std::string& path);

}  // namespace haul::detail
