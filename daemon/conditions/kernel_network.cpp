#include "conditions/kernel_network.hpp"

#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <memory>
#include <string>

#include "base/unique_fd.hpp"

namespace haul::conditions {
namespace {

/// Of a root server of the DNS: any address far away would do.
constexpr std::array<unsigned char, 4> kFarIpv4{198, 41, 0, 4};
constexpr std::array<unsigned char, 16> kFarIpv6{0x20, 0x01, 0x05, 0x03, 0xba, 0x3e, 0, 0,
                                                 0,    0,    0,    0,    0,    2,    0, 0x30};

struct FreeInterfaces {
    void operator()(ifaddrs* interfaces) const { ::freeifaddrs(interfaces); }
};

/// Up, with a link, and no loopback.
bool has_link(const ifaddrs& interface) {
    constexpr unsigned kNeeded = IFF_UP | IFF_RUNNING;
    return (interface.ifa_flags & kNeeded) == kNeeded && (interface.ifa_flags & IFF_LOOPBACK) == 0;
}

bool is_address(const sockaddr& address) {
    if (address.sa_family == AF_INET) return true;
    if (address.sa_family != AF_INET6) return false;
    const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    return !IN6_IS_ADDR_LINKLOCAL(&ipv6);
}

/// The interface that the answer's route leads to; 0 where it is none.
int read_route(const nlmsghdr* answer, std::size_t size) {
    auto left = static_cast<unsigned>(size);
    if (!NLMSG_OK(answer, left) || answer->nlmsg_type != RTM_NEWROUTE) return 0;
    const auto* route = static_cast<const rtmsg*>(NLMSG_DATA(answer));
    if (route->rtm_type != RTN_UNICAST) return 0;
    auto attributes = static_cast<unsigned>(RTM_PAYLOAD(answer));
    for (auto* attribute = RTM_RTA(route); RTA_OK(attribute, attributes);
         attribute = RTA_NEXT(attribute, attributes)) {
        if (attribute->rta_type != RTA_OIF || RTA_PAYLOAD(attribute) != sizeof(int)) continue;
        int interface = 0;
        std::memcpy(&interface, RTA_DATA(attribute), sizeof interface);
        return interface;
    }
    return 0;
}

/// The interface by which the kernel would send to an address; 0 where there is no route.
template <std::size_t kSize>
int find_route(unsigned char family, const std::array<unsigned char, kSize>& address) {
    struct {
        nlmsghdr head;
        rtmsg route;
        rtattr attribute;
        std::array<unsigned char, kSize> address;
    } request{};
    request.head.nlmsg_len = sizeof request;
    request.head.nlmsg_type = RTM_GETROUTE;
    request.head.nlmsg_flags = NLM_F_REQUEST;
    request.route.rtm_family = family;
    request.route.rtm_dst_len = static_cast<unsigned char>(kSize * 8);
    request.attribute = {.rta_len = static_cast<unsigned short>(RTA_LENGTH(kSize)), .rta_type = RTA_DST};
    request.address = address;
    UniqueFd socket{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)};
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    if (!socket || ::sendto(socket.get(), &request, sizeof request, 0,
                            reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) < 0)
        return 0;
    alignas(nlmsghdr) std::array<char, 4096> answer{};
    auto size = ::recv(socket.get(), answer.data(), answer.size(), MSG_DONTWAIT);
    return size > 0
               ? read_route(reinterpret_cast<const nlmsghdr*>(answer.data()), static_cast<std::size_t>(size))
               : 0;
}

}  // namespace

KernelReading read_kernel_network() {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) < 0) return {};
    std::unique_ptr<ifaddrs, FreeInterfaces> interfaces{list};
    std::array<int, 2> ways{find_route(AF_INET, kFarIpv4), find_route(AF_INET6, kFarIpv6)};
    std::array<std::string, 2> names;  // of those that have a link
    KernelReading reading{.has_address = false, .has_route = false};
    for (const auto* one = list; one; one = one->ifa_next) {
        if (!one->ifa_addr || !has_link(*one)) continue;
        reading.has_address = reading.has_address || is_address(*one->ifa_addr);
        if (one->ifa_addr->sa_family != AF_PACKET) continue;
        int index = reinterpret_cast<const sockaddr_ll*>(one->ifa_addr)->sll_ifindex;
        for (std::size_t i = 0; i < ways.size(); ++i)
            if (index == ways[i]) names[i] = one->ifa_name;
    }
    reading.way_out = names[0].empty() ? names[1] : names[0];
    reading.has_route = !reading.way_out.empty();
    return reading;
}

}  // namespace haul::conditions
