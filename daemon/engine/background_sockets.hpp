#pragma once

#include "base/units.hpp"

/// Sockets whose packets make way for everybody else's. What can't be had of this is done without.
namespace haul::engine::background_sockets {

/// Marks packets with the Lower-Effort code point (RFC 8622), and takes a congestion control that yields,
/// where the kernel has one. It governs what is sent: uploads.
void mark(int socket) noexcept;

/// The kernel takes no more in advance than what is received at this many bytes a second for a moment: else
/// it lets the server fill tens of megabytes, at the cost of the others, before that hears that nothing is
/// read any more.
void restrain(int socket, Bytes rate) noexcept;
/// The kernel finds out again how much is good (tcp(7), tcp_moderate_rcvbuf).
void release(int socket) noexcept;

}  // namespace haul::engine::background_sockets
