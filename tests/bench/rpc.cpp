// Creates paused downloads at aria2's JSON-RPC interface over HTTP/1.1 connections that are kept open, one
// request under way on each: aria2.addUri, or a batch of them where a lot has more than one task.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "load.hpp"

namespace haul::bench {
namespace {

std::size_t count_of(std::string_view text, std::string_view word) {
    std::size_t count = 0;
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + word.size())) ++count;
    return count;
}

/// One connection: a request goes out, its whole answer comes in.
class Connection {
public:
    explicit Connection(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (fd_ < 0 || connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            fail(std::string("connect: ") + std::strerror(errno));
        const int on = 1;
        setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    ~Connection() { close(fd_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    int fd() const { return fd_; }

    /// Sends a request; blocks where the server is slow to take it.
    void post(const std::string& body) {
        answer_.clear();
        const auto request =
            "POST /jsonrpc HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            "Content-Length: " +
            std::to_string(body.size()) + "\r\n\r\n" + body;
        for (std::size_t sent = 0; sent < request.size();) {
            const auto n = send(fd_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
            if (n < 0) fail(std::string("send: ") + std::strerror(errno));
            sent += static_cast<std::size_t>(n);
        }
    }

    /// Takes in what has come; the answer's body once it is complete, else nothing.
    std::string_view receive() {
        char buffer[65536];
        const auto n = recv(fd_, buffer, sizeof buffer, 0);
        if (n <= 0)
            fail(n == 0 ? "the server closed the connection" : std::string("recv: ") + std::strerror(errno));
        answer_.append(buffer, static_cast<std::size_t>(n));
        const auto header_end = answer_.find("\r\n\r\n");
        if (header_end == answer_.npos) return {};
        const auto body = std::string_view(answer_).substr(header_end + 4);
        return body.size() < content_length(header_end) ? std::string_view{} : body;
    }

private:
    std::size_t content_length(std::size_t header_end) const {
        constexpr std::string_view kField = "Content-Length: ";
        const auto at = answer_.find(kField);
        std::size_t length = 0;
        if (!answer_.starts_with("HTTP/1.1 200 ") || at == answer_.npos ||
            std::from_chars(answer_.data() + at + kField.size(), answer_.data() + header_end, length).ec !=
                std::errc{})
            fail("unexpected answer: " + answer_);
        return length;
    }

    int fd_;
    std::string answer_;
};

class Rpc {
public:
    explicit Rpc(const Load& load) : load_(load), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
        std::uint16_t port = 0;
        std::from_chars(load.server.data(), load.server.data() + load.server.size(), port);
        for (unsigned i = 0; i < load.in_flight; ++i) {
            auto& connection = *connections_.emplace_back(std::make_unique<Connection>(port));
            epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
            epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd(), &event);
        }
    }
    ~Rpc() { close(epoll_); }
    Rpc(const Rpc&) = delete;
    Rpc& operator=(const Rpc&) = delete;

    /// Returns when every task's answer is there.
    void run() {
        for (auto& connection : connections_) send_next(*connection);
        std::vector<epoll_event> events(load_.in_flight);
        while (created_ < load_.tasks) {
            const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < ready; ++i)
                on_readable(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
        }
    }

private:
    void send_next(Connection& connection) {
        const auto count = std::min<std::uint64_t>(load_.lot, load_.tasks - asked_);
        if (count == 0) return;
        std::string body = load_.lot == 1 ? "" : "[";
        for (auto task = asked_; task < asked_ + count; ++task) {
            if (task != asked_) body += ',';
            append_call(body, task);
        }
        if (load_.lot != 1) body += ']';
        asked_ += count;
        connection.post(body);
    }

    void append_call(std::string& body, std::uint64_t task) const {
        body += R"({"jsonrpc":"2.0","id":)" + std::to_string(task) +
                R"(,"method":"aria2.addUri","params":[[")" + load_.url_of(task) + R"("],{"dir":")" +
                load_.directory + R"(","out":")" + load_.file_of(task) + R"("}]})";
    }

    void on_readable(Connection& connection) {
        const auto answer = connection.receive();
        if (answer.empty()) return;
        created_ += count_of(answer, R"("result":")");
        if (answer.find(R"("error":)") != answer.npos) fail(std::string(answer));
        send_next(connection);
    }

    const Load& load_;
    int epoll_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::uint64_t asked_ = 0;
    std::uint64_t created_ = 0;
};

}  // namespace
}  // namespace haul::bench

int main(int argc, char** argv) {
    using namespace haul::bench;
    const auto load = parse_load(argc, argv);
    Rpc rpc(load);
    const Stopwatch stopwatch;
    rpc.run();
    stopwatch.report(load.tasks);
}
