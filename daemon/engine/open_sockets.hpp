#pragma once

#include <curl/curl.h>

#include <optional>

#include "base/units.hpp"

/// The sockets of libcurl's connections, also of those that wait in a pool. Each thread knows those that it
/// has opened.
namespace haul::engine::open_sockets {

/// For CURLOPT_OPENSOCKETFUNCTION.
curl_socket_t open(void*, curlsocktype, curl_sockaddr* address) noexcept;
/// Likewise, of background transfers.
curl_socket_t open_background(void*, curlsocktype, curl_sockaddr* address) noexcept;
/// For CURLOPT_CLOSESOCKETFUNCTION.
int close(void*, curl_socket_t socket) noexcept;

/// What background transfers may receive in a second while foreground ones are at work; no value: as much as
/// comes. Their sockets hold no more for them than that takes.
void restrain_background(std::optional<Bytes> rate);

/// Breaks connections off whose own address this machine has lost: nothing reaches them any more, and their
/// requests would wait for their timeout. Whoever reads or writes gets an error.
void drop_stranded();

/// While it lives, the connection with this local port is not broken off: what it sends can't be sent twice,
/// and its address may come back.
class Hold {
public:
    explicit Hold(int local_port);
    ~Hold();
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

private:
    int port_;
};

}  // namespace haul::engine::open_sockets
