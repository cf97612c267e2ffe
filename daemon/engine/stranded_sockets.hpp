#pragma once

#include <curl/curl.h>

/// Connections whose own address this machine has lost: nothing reaches them any more, and without a word
/// from here their requests would wait for their timeout. Each thread knows those that it has opened.
namespace haul::engine::stranded_sockets {

/// For CURLOPT_OPENSOCKETFUNCTION and CURLOPT_CLOSESOCKETFUNCTION.
curl_socket_t open(void*, curlsocktype, curl_sockaddr* address) noexcept;
int close(void*, curl_socket_t socket) noexcept;

/// Breaks such connections off, so that whoever reads or writes gets an error.
void drop();

/// While it lives, the connection with this local port is left alone: what it sends can't be sent twice, and
/// its address may come back.
class Hold {
public:
    explicit Hold(int local_port);
    ~Hold();
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

private:
    int port_;
};

}  // namespace haul::engine::stranded_sockets
