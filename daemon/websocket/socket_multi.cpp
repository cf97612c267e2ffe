#include "websocket/socket_multi.hpp"

#include <sys/epoll.h>

namespace haul::websocket {

SocketMulti::SocketMulti(int epoll, std::uint64_t tag) : epoll_(epoll), tag_(tag), multi_(curl_multi_init()) {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &SocketMulti::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &SocketMulti::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

int SocketMulti::on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void*) {
    auto& multi = *static_cast<SocketMulti*>(self);
    if (what == CURL_POLL_REMOVE) {
        ::epoll_ctl(multi.epoll_, EPOLL_CTL_DEL, socket, nullptr);
        multi.sockets_.erase(socket);
        multi.quiet_.push_back(easy);
        return 0;
    }
    std::erase(multi.quiet_, easy);  // it was only paused for a moment
    auto& entry = multi.sockets_[socket];
    entry.easy = easy;
    entry.what = what;
    multi.watch(socket);
    return 0;
}

void SocketMulti::watch(curl_socket_t socket) {
    const auto& entry = sockets_[socket];
    epoll_event event{};
    if ((entry.what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
    if ((entry.what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
    if (!entry.is_hung_up) event.events |= EPOLLRDHUP;  // which would be told again and again
    event.data.u64 = tag_ | static_cast<std::uint32_t>(socket);
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0)
        ::epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &event);
}

int SocketMulti::on_timer(CURLM*, long milliseconds, void* self) {
    auto& multi = *static_cast<SocketMulti*>(self);
    if (milliseconds < 0)
        multi.next_time_.reset();
    else
        multi.next_time_ = std::chrono::steady_clock::now() + std::chrono::milliseconds{milliseconds};
    return 0;
}

void SocketMulti::act(curl_socket_t socket, int events) {
    int running = 0;
    curl_multi_socket_action(multi_, socket, events, &running);
}

void SocketMulti::on_ready(int socket, std::uint32_t events) {
    if (auto entry = sockets_.find(socket); entry != sockets_.end() && (events & EPOLLRDHUP) != 0) {
        entry->second.is_hung_up = true;
        hung_up_.push_back(entry->second.easy);
        watch(socket);
    }
    int what = 0;
    if ((events & (EPOLLIN | EPOLLHUP)) != 0) what |= CURL_CSELECT_IN;
    if ((events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
    if ((events & EPOLLERR) != 0) what |= CURL_CSELECT_ERR;
    if (what != 0) act(socket, what);
}

std::vector<CURL*> SocketMulti::take_quiet() {
    auto handles = std::exchange(hung_up_, {});
    for (auto* easy : std::exchange(quiet_, {})) handles.push_back(easy);
    return handles;
}

void SocketMulti::on_time(Instant now) {
    if (!next_time_ || *next_time_ > now) return;
    next_time_.reset();
    act(CURL_SOCKET_TIMEOUT, 0);
}

std::pair<CURL*, CURLcode> SocketMulti::take_done() {
    int left = 0;
    while (auto* message = curl_multi_info_read(multi_, &left))
        if (message->msg == CURLMSG_DONE) return {message->easy_handle, message->data.result};
    return {nullptr, CURLE_OK};
}

}  // namespace haul::websocket
