// A manager of one connection for the rest of a program: a stream of what happens, sending, and pings that
// keep an eye on it. Lines of standard input are sent: haul_example_ws_manager BUS URL
#include <haul/haul.hpp>

#include <iostream>
#include <optional>
#include <string>
#include <utility>

namespace {

int complain(const haul::Error& error) {
    std::cerr << to_string(error.code) << ": " << error.message << '\n';
    return 1;
}

class WebSocketManager {
public:
    WebSocketManager(const haul::Session& session, std::string url)
        : session_(session), url_(std::move(url)) {}

    /// Begins to connect; the stream tells what comes of it.
    haul::Result<haul::WebSocketStream> events() {
        const auto made = session_.web_socket(url_);
        if (!made) return tl::unexpected(made.error());
        socket_ = *made;
        auto stream = socket_->events();
        if (const auto connected = socket_->connect(); !connected) return tl::unexpected(connected.error());
        return stream;
    }

    haul::Result<void> send(const std::string& text) const {
        return socket_->send(text).map([](haul::MessageNumber) {});
    }

    haul::Result<void> disconnect() const { return socket_->close(); }

    haul::Async<> watch_line() const {
        if (const auto round_trip = co_await socket_->ping())
            std::cout << "the line is good\n";
        else
            std::cout << "no pong: " << round_trip.error().message << '\n';
    }

private:
    const haul::Session& session_;
    std::string url_;
    std::optional<haul::WebSocketTask> socket_;
};

/// Shows what happens, and sends the lines when there is somebody to send them to.
haul::Async<int> chat(const haul::Executor& executor, WebSocketManager& manager) {
    const auto stream = manager.events();
    if (!stream) co_return complain(stream.error());
    while (const auto event = co_await stream->next()) {
        if (std::get_if<haul::Opened>(&*event)) {
            std::cout << "connected\n";
            executor.spawn(manager.watch_line());
            for (std::string line; std::getline(std::cin, line);) {
                if (const auto sent = manager.send(line); !sent) co_return complain(sent.error());
            }
        } else if (const auto* message = std::get_if<haul::Message>(&*event)) {
            std::cout << "< " << message->bytes() << '\n';
            if (message->bytes() == "bye") (void)manager.disconnect();
        } else if (const auto* closed = std::get_if<haul::Closed>(&*event)) {
            std::cout << "disconnected: " << to_string(closed->code) << ' ' << closed->reason << '\n';
        } else if (const auto* ending = std::get_if<haul::Ending>(&*event)) {
            if (!ending->is_success()) std::cout << "error: " << ending->error_text << '\n';
            co_return ending->is_success() ? 0 : 1;
        }
    }
    co_return 1;
}

int run(const haul::Bus& bus, const std::string& url) {
    const auto thread = haul::OwnThread::start();
    if (!thread) return complain(thread.error());
    auto configuration = haul::SessionConfiguration::background("org.example.Manager");
    configuration.bus = bus;
    const auto session = haul::Session::open(*thread, configuration);
    if (!session) return complain(session.error());
    if (const auto attached = session->attach(); !attached) return complain(attached.error());
    WebSocketManager manager(*session, url);
    return thread->run(chat(*thread, manager));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: haul_example_ws_manager BUS URL\n";
        return 2;
    }
    return run(haul::Bus::parse(argv[1]), argv[2]);
}
