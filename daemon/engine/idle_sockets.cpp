#include "engine/idle_sockets.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <unordered_map>

namespace haul::engine::idle_sockets {
namespace {

/// By port, of which there are no more than 65,536.
std::unordered_map<int, curl_socket_t>& sockets() {
    thread_local std::unordered_map<int, curl_socket_t> known;
    return known;
}

/// 0 where the descriptor is no Internet socket any more.
int port_of(curl_socket_t socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
    if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
    if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
    return 0;
}

}  // namespace

void remember(CURL* easy) {
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket);
    if (socket == CURL_SOCKET_BAD) return;
    if (int port = port_of(socket); port != 0) sockets()[port] = socket;
}

bool has_bytes(int local_port) {
    auto known = sockets().find(local_port);
    if (known == sockets().end() || port_of(known->second) != local_port) return false;
    char byte = 0;
    return ::recv(known->second, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

}  // namespace haul::engine::idle_sockets
