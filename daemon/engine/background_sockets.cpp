#include "engine/background_sockets.hpp"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>

namespace haul::engine::background_sockets {
namespace {

constexpr int kLowerEffort = 0b000001 << 2;  // the code point is the upper six bits (RFC 2474, 3)
constexpr std::string_view kYielding[] = {"ledbat", "lp"};
constexpr Bytes kRestPerSecond = 5;  // a fifth of a second's
constexpr Bytes kLeastBuffer = 64 << 10;
constexpr Bytes kMostBuffer = 4 << 20;
#ifdef SO_BUF_LOCK
constexpr int kBufferLock = SO_BUF_LOCK;
#else
constexpr int kBufferLock = 72;  // since Linux 5.14
#endif

}  // namespace

void mark(int socket) noexcept {
    // Of a socket of the other family the kernel does not know the option.
    ::setsockopt(socket, IPPROTO_IP, IP_TOS, &kLowerEffort, sizeof kLowerEffort);
    ::setsockopt(socket, IPPROTO_IPV6, IPV6_TCLASS, &kLowerEffort, sizeof kLowerEffort);
    for (auto name : kYielding)
        if (::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name.data(),
                         static_cast<socklen_t>(name.size())) == 0)
            break;
}

void restrain(int socket, Bytes rate) noexcept {
    auto size = static_cast<int>(std::clamp(rate / kRestPerSecond, kLeastBuffer, kMostBuffer));
    ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

void release(int socket) noexcept {
    int unlocked = 0;
    ::setsockopt(socket, SOL_SOCKET, kBufferLock, &unlocked, sizeof unlocked);
}

}  // namespace haul::engine::background_sockets
