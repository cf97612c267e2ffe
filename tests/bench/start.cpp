// How long it takes until a new task has begun, while whatever else there is waits: from the call of
// CreateDownload, with the highest priority, until its request is there. The server is this program. Each
// task is in a session of its own, and has ended before the next one. Prints one line of JSON.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "bus.hpp"
#include "load.hpp"

namespace haul::bench {
namespace {

/// Listens on a free port.
class Server {
public:
    Server() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (fd_ < 0 || ::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            ::listen(fd_, 8) != 0 || ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            fail("can't listen");
        port_ = ntohs(address.sin_port);
    }
    ~Server() { ::close(fd_); }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    int fd() const { return fd_; }
    int port() const { return port_; }
    /// Takes a request; what it is answered with when the returned descriptor is given to `answer`.
    int take() const {
        int connection = ::accept(fd_, nullptr, nullptr);
        char request[4096];
        if (connection < 0 || ::read(connection, request, sizeof request) <= 0) fail("no request came");
        return connection;
    }
    static void answer(int connection) {
        constexpr char kAnswer[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nsmall";
        if (::write(connection, kAnswer, sizeof kAnswer - 1) < 0) fail("can't answer");
        ::close(connection);
    }

private:
    int fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int port_ = 0;
};

void append_option(sd_bus_message* call, const char* key, const char* type, auto value) {
    check(sd_bus_message_open_container(call, 'e', "sv"), key);
    check(sd_bus_message_append(call, "s", key), key);
    check(sd_bus_message_append(call, "v", type, value), key);
    check(sd_bus_message_close_container(call), key);
}

std::string create(sd_bus* bus, const std::string& session, const std::string& url) {
    const auto call = make_call(bus, session.c_str(), kSession, "CreateDownload");
    check(sd_bus_message_append(call.get(), "s", url.c_str()), "url");
    check(sd_bus_message_open_container(call.get(), 'a', "{sv}"), "options");
    append_option(call.get(), "start", "b", 1);
    append_option(call.get(), "priority", "d", 1.0);
    check(sd_bus_message_close_container(call.get()), "options");
    sd_bus_message* reply = nullptr;
    check(sd_bus_call(bus, call.get(), UINT64_MAX, nullptr, &reply), "CreateDownload");
    const Message owned{reply};
    const char* path = nullptr;
    check(sd_bus_message_read(reply, "o", &path), "CreateDownload's reply");
    return path;
}

/// Milliseconds from the call until the request is there.
double start_one(sd_bus* bus, const Server& server, const Load& load, std::uint64_t number) {
    const auto session = open_session(bus, ("urgent-" + std::to_string(number)).c_str());
    const auto url = load.url + std::to_string(server.port()) + "/" + std::to_string(number);
    const auto start = std::chrono::steady_clock::now();
    const auto task = create(bus, session, url);
    pollfd wait{.fd = server.fd(), .events = POLLIN, .revents = 0};
    if (::poll(&wait, 1, 60'000) != 1) fail("the task did not start within a minute");
    const int connection = server.take();
    const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
    Server::answer(connection);
    check(sd_bus_call_method(bus, kName, task.c_str(), "org.hauld1.Task", "Wait", nullptr, nullptr, "t",
                             std::uint64_t{0}),
          "Wait");
    return taken.count();
}

}  // namespace
}  // namespace haul::bench

int main(int argc, char** argv) {
    using namespace haul::bench;
    const auto load = parse_load(argc, argv);
    const auto bus = open_bus(load.server);
    const Server server;
    std::vector<double> taken;
    for (std::uint64_t task = 0; task < load.tasks; ++task)
        taken.push_back(start_one(bus.get(), server, load, task));
    std::sort(taken.begin(), taken.end());
    std::printf(R"({"median_ms": %.3f, "most_ms": %.3f})"
                "\n",
                taken[taken.size() / 2], taken.back());
}
