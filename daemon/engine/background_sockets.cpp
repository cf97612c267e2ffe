#include "engine/background_sockets.hpp"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <string_view>

namespace haul::engine::background_sockets {
namespace {

constexpr int kLowerEffort = 0b000001 << 2;  // the code point is the upper six bits (RFC 2474, 3)
constexpr std::string_view kYielding[] = {"ledbat", "lp"};

}  // namespace

int mark(void*, curl_socket_t socket, curlsocktype) noexcept {
    // Of a socket of the other family the kernel does not know the option.
    ::setsockopt(socket, IPPROTO_IP, IP_TOS, &kLowerEffort, sizeof kLowerEffort);
    ::setsockopt(socket, IPPROTO_IPV6, IPV6_TCLASS, &kLowerEffort, sizeof kLowerEffort);
    for (auto name : kYielding)
        if (::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name.data(),
                         static_cast<socklen_t>(name.size())) == 0)
            break;
    return CURL_SOCKOPT_OK;
}

}  // namespace haul::engine::background_sockets
