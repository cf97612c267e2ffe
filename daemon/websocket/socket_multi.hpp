#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/unique_fd.hpp"

namespace haul::websocket {

using Instant = std::chrono::steady_clock::time_point;

/// A libcurl multi handle that looks only at sockets on which something happens
/// (curl_multi_socket_action(3)): thousands of idle connections cost nothing. It keeps its sockets in
/// somebody's epoll instance.
class SocketMulti {
public:
    /// `epoll` outlives it. `tag` marks its sockets there: they are in the lower half of epoll_data's u64.
    SocketMulti(int epoll, std::uint64_t tag);
    ~SocketMulti() { curl_multi_cleanup(multi_); }
    SocketMulti(const SocketMulti&) = delete;
    SocketMulti& operator=(const SocketMulti&) = delete;

    void add(CURL* easy) { curl_multi_add_handle(multi_, easy); }
    void remove(CURL* easy) {
        curl_multi_remove_handle(multi_, easy);
        std::erase(quiet_, easy);
        std::erase(hung_up_, easy);
    }
    /// epoll has told of this socket of ours.
    void on_ready(int socket, std::uint32_t events);
    /// Handles on whose sockets libcurl waits for nothing any more, or whose peers will send nothing more: of
    /// one that is still sending libcurl itself does not tell.
    std::vector<CURL*> take_quiet();
    /// Does what is due by now.
    void on_time(Instant now);
    std::optional<Instant> next_time() const { return next_time_; }
    /// The next handle whose request is over, with its result; nullptr where there is none.
    std::pair<CURL*, CURLcode> take_done();

private:
    static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known);
    static int on_timer(CURLM*, long milliseconds, void* self);
    void act(curl_socket_t socket, int events);
    void watch(curl_socket_t socket);

    /// One of libcurl's sockets.
    struct Socket {
        CURL* easy = nullptr;
        int what = 0;  ///< CURL_POLL_...
        bool is_hung_up = false;
    };

    int epoll_;
    std::uint64_t tag_;
    CURLM* multi_;
    std::unordered_map<curl_socket_t, Socket> sockets_;
    std::vector<CURL*> quiet_;    ///< that wait for nothing
    std::vector<CURL*> hung_up_;  ///< whose peers will send nothing more
    std::optional<Instant> next_time_;
};

}  // namespace haul::websocket
