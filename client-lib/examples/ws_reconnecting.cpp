// A client that connects again by itself, with delays that double, and gives up only where the server says
// so: haul_example_ws_reconnecting BUS URL
#include <haul/haul.hpp>

#include <chrono>
#include <iostream>
#include <string>

namespace {

using namespace std::chrono_literals;

int complain(const haul::Error& error) {
    std::cerr << to_string(error.code) << ": " << error.message << '\n';
    return 1;
}

haul::Async<int> listen(haul::WebSocketTask socket) {
    const auto stream = socket.events();
    if (!stream) co_return complain(stream.error());
    if (const auto connected = socket.connect(); !connected) co_return complain(connected.error());
    while (const auto event = co_await stream->next()) {
        if (std::get_if<haul::Opened>(&*event))
            std::cout << "connected\n";
        else if (const auto* message = std::get_if<haul::Message>(&*event))
            std::cout << "message " << message->bytes() << '\n';
        else if (const auto* closed = std::get_if<haul::Closed>(&*event))
            std::cout << "disconnected with " << to_string(closed->code) << '\n';
        else if (const auto* ending = std::get_if<haul::Ending>(&*event))
            std::cout << (ending->is_success() ? "over" : "given up: " + ending->reason) << '\n';
    }
    co_return 0;
}

int run(const haul::Bus& bus, const std::string& url) {
    const auto thread = haul::OwnThread::start();
    if (!thread) return complain(thread.error());
    auto configuration = haul::SessionConfiguration::background("org.example.Reconnecting");
    configuration.bus = bus;
    const auto session = haul::Session::open(*thread, configuration);
    if (!session) return complain(session.error());
    if (const auto attached = session->attach(); !attached) return complain(attached.error());
    const auto socket = session->web_socket(url, {.transfer = {.retry_delay = 100ms, .retries = 10},
                                                  .reconnect = true,
                                                  .reconnect_max_delay = 60s,
                                                  .final_close_codes = "1000,4000-4999"});
    if (!socket) return complain(socket.error());
    return thread->run(listen(*socket));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: haul_example_ws_reconnecting BUS URL\n";
        return 2;
    }
    return run(haul::Bus::parse(argv[1]), argv[2]);
}
