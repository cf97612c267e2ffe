#include "engine/open_sockets.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "base/log.hpp"
#include "base/unique_fd.hpp"
#include "engine/background_sockets.hpp"

namespace haul::engine::open_sockets {
namespace {

struct Known {
    std::set<curl_socket_t> sockets;
    std::set<curl_socket_t> background;  // of them
    std::optional<Bytes> background_rate;
    std::multiset<int> held;  // local ports
};

Known& known() {
    thread_local Known of_thread;
    return of_thread;
}

/// The socket's own address, with port 0, and the port.
struct Name {
    sockaddr_storage address{};
    socklen_t size = sizeof(sockaddr_storage);
    int port = 0;
};

/// A port of 0 is that of a socket that is not connected.
Name name_of(curl_socket_t socket) {
    Name name;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&name.address), &name.size) != 0) return {};
    in_port_t* port = nullptr;
    if (name.address.ss_family == AF_INET) port = &reinterpret_cast<sockaddr_in&>(name.address).sin_port;
    if (name.address.ss_family == AF_INET6) port = &reinterpret_cast<sockaddr_in6&>(name.address).sin6_port;
    if (port) name.port = ntohs(std::exchange(*port, in_port_t{0}));
    return name;
}

/// Only an address of this machine, on an interface that there is, can be bound to (ip(7), ipv6(7)).
bool is_lost(const Name& name) {
    UniqueFd probe{::socket(name.address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    return probe && ::bind(probe.get(), reinterpret_cast<const sockaddr*>(&name.address), name.size) != 0 &&
           (errno == EADDRNOTAVAIL || errno == ENODEV);
}

}  // namespace

curl_socket_t open(void*, curlsocktype, curl_sockaddr* address) noexcept {
    auto socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (socket < 0) return CURL_SOCKET_BAD;
    known().sockets.insert(socket);
    return socket;
}

curl_socket_t open_background(void* data, curlsocktype purpose, curl_sockaddr* address) noexcept {
    auto socket = open(data, purpose, address);
    if (socket == CURL_SOCKET_BAD) return socket;
    known().background.insert(socket);
    background_sockets::mark(socket);
    if (known().background_rate) background_sockets::restrain(socket, *known().background_rate);
    return socket;
}

int close(void*, curl_socket_t socket) noexcept {
    known().sockets.erase(socket);
    known().background.erase(socket);
    return ::close(socket);
}

void restrain_background(std::optional<Bytes> rate) {
    if (known().background_rate == rate) return;
    known().background_rate = rate;
    for (auto socket : known().background)
        rate ? background_sockets::restrain(socket, *rate) : background_sockets::release(socket);
}

void drop_stranded() {
    std::size_t dropped = 0;
    for (auto socket : known().sockets) {
        auto name = name_of(socket);
        if (name.port == 0 || known().held.contains(name.port) || !is_lost(name)) continue;
        // Not shutdown(2): an end of the stream may be the end of a body. This one is an error.
        sockaddr nobody{};
        nobody.sa_family = AF_UNSPEC;
        if (::connect(socket, &nobody, sizeof nobody) == 0) ++dropped;
    }
    if (dropped > 0) log::info("engine: {} connections had an address that is gone", dropped);
}

Hold::Hold(int local_port) : port_(local_port) {
    known().held.insert(port_);
}

Hold::~Hold() {
    auto& held = known().held;
    if (auto found = held.find(port_); found != held.end()) held.erase(found);
}

}  // namespace haul::engine::open_sockets
