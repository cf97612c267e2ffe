#pragma once

#include <proto/Manager_proxy.h>
#include <proto/Session_proxy.h>
#include <proto/Task_proxy.h>
#include <proto/WebSocket_proxy.h>
#include <sdbus-c++/sdbus-c++.h>

#include <cstdint>
#include <limits>
#include <string>

#include "paths.hpp"

/// The generated proxies, made for one call. They are never registered for signals: those of all objects come
/// in through one match of the Connection, so that a hundred thousand tasks cost the bus nothing.
namespace haul::detail {

/// sd-bus's way to say that a call has no timeout.
inline constexpr auto kNoTimeout = std::numeric_limits<std::uint64_t>::max();

class ManagerProxy final : public sdbus::ProxyInterfaces<org::hauld1::Manager_proxy> {
public:
    ManagerProxy(sdbus::IConnection& bus, const std::string& path) : ProxyInterfaces(bus, kBusName, path) {}
};

class SessionProxy final : public sdbus::ProxyInterfaces<org::hauld1::Session_proxy> {
public:
    SessionProxy(sdbus::IConnection& bus, const std::string& path) : ProxyInterfaces(bus, kBusName, path) {}

private:
    void onEventsAvailable(const std::uint64_t&, const std::uint64_t&) override {}
    void onAllEventsDelivered(const std::uint64_t&, const std::uint64_t&) override {}
    void onDetached(const std::string&) override {}
};

class TaskProxy final : public sdbus::ProxyInterfaces<org::hauld1::Task_proxy> {
public:
    TaskProxy(sdbus::IConnection& bus, const std::string& path) : ProxyInterfaces(bus, kBusName, path) {}

    using ProxyInterfaces::getProxy;

private:
    void onProgress(const std::uint64_t&, const std::int64_t&) override {}
};

class WebSocketProxy final : public sdbus::ProxyInterfaces<org::hauld1::WebSocket_proxy> {
public:
    WebSocketProxy(sdbus::IConnection& bus, const std::string& path) : ProxyInterfaces(bus, kBusName, path) {}

    using ProxyInterfaces::getProxy;
};

}  // namespace haul::detail
