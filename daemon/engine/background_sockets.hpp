#pragma once

#include <curl/curl.h>

/// Sockets whose packets make way for everybody else's.
namespace haul::engine::background_sockets {

/// For CURLOPT_SOCKOPTFUNCTION: marks packets with the Lower-Effort code point (RFC 8622), and takes a
/// congestion control that yields, where the kernel has one. It governs what is sent: uploads. What can't be
/// had is done without.
int mark(void*, curl_socket_t socket, curlsocktype) noexcept;

}  // namespace haul::engine::background_sockets
