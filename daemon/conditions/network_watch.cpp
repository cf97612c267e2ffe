#include "conditions/network_watch.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/error.hpp"
#include "base/log.hpp"

namespace haul::conditions {
namespace {

/// A link goes down with its addresses and routes.
constexpr Duration kChange = std::chrono::milliseconds{50};
/// Addresses and routes come in one after the other.
constexpr Duration kBetter = std::chrono::milliseconds{200};

UniqueFd subscribe() {
    UniqueFd socket{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)};
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups =
        RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
    bool is_there =
        socket && ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    if (is_there) return socket;
    log::warn("conditions: changes of the network are not seen: {}", errno_text(errno));
    return UniqueFd{};
}

}  // namespace

NetworkWatch::Moment::Moment(loop::EventLoop& loop, Duration length, std::function<void()> sink)
    : length(length), timer(loop, loop::Timer::Kind::Elapsed, [this, sink = std::move(sink)] {
          is_under_way = false;
          sink();
      }) {}

void NetworkWatch::Moment::begin() {
    if (!std::exchange(is_under_way, true)) timer.set_after(length);
}

NetworkWatch::NetworkWatch(loop::EventLoop& loop, Sinks sinks)
    : socket_(subscribe()),
      change_(loop, kChange, std::move(sinks.on_change)),
      better_(loop, kBetter, std::move(sinks.on_better)),
      gone_(loop, kChange, std::move(sinks.on_address_gone)) {
    if (socket_)
        source_ = std::make_unique<loop::IoSource>(loop, socket_.get(), EPOLLIN, [this] { on_news(); });
}

void NetworkWatch::on_news() {
    had_traffic_ = true;
    alignas(nlmsghdr) std::array<char, 8192> bytes{};
    bool is_better = false;
    bool is_gone = false;
    while (true) {
        auto size = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        // What did not fit into the socket's buffer is lost: it may have been anything.
        if (size < 0 && errno == ENOBUFS) is_better = is_gone = true;
        if (size < 0 && (errno == EINTR || errno == ENOBUFS)) continue;
        if (size <= 0) break;
        auto left = static_cast<unsigned>(size);
        for (auto* message = reinterpret_cast<nlmsghdr*>(bytes.data()); NLMSG_OK(message, left);
             message = NLMSG_NEXT(message, left)) {
            auto type = message->nlmsg_type;
            is_better = is_better || type == RTM_NEWADDR || type == RTM_NEWROUTE;
            is_gone = is_gone || type == RTM_DELADDR;
        }
    }
    change_.begin();
    if (is_better) better_.begin();
    if (is_gone) gone_.begin();
}

}  // namespace haul::conditions
