// One WebSocket, from beginning to end: says a text and some bytes, prints what comes back, measures a ping
// and says goodbye: haul_example_ws_connection BUS URL TEXT
#include <haul/haul.hpp>

#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

namespace {

int complain(const haul::Error& error) {
    std::cerr << to_string(error.code) << ": " << error.message << '\n';
    return 1;
}

haul::Async<int> converse(const haul::Session& session, const std::string& url, const std::string& text) {
    const auto socket = session.web_socket(url);
    if (!socket) co_return complain(socket.error());
    // Before it is connected, so that nothing goes by.
    const auto stream = socket->events();
    if (!stream) co_return complain(stream.error());
    if (const auto attached = session.attach(); !attached) co_return complain(attached.error());
    if (const auto connected = socket->connect(); !connected) co_return complain(connected.error());

    // What is sent before there is a connection waits for it.
    const std::vector<std::uint8_t> data{1, 2, 3};
    if (const auto sent = socket->send(text); !sent) co_return complain(sent.error());
    if (const auto sent = socket->send(data); !sent) co_return complain(sent.error());

    const auto first = co_await stream->receive();
    if (!first) co_return complain(first.error());
    if (first->text()) std::cout << "text " << *first->text() << '\n';
    const auto second = co_await stream->receive();
    if (!second) co_return complain(second.error());
    if (second->data()) std::cout << "data of " << second->data()->size() << " bytes\n";

    const auto round_trip = co_await socket->ping();
    if (!round_trip) co_return complain(round_trip.error());
    std::cout << "pong after " << round_trip->count() << " us\n";

    if (const auto closed = socket->close(haul::CloseCode::Normal, "done"); !closed)
        co_return complain(closed.error());
    while (const auto event = co_await stream->next()) {
        if (const auto* closed = std::get_if<haul::Closed>(&*event))
            std::cout << "closed with " << to_string(closed->code) << '\n';
    }
    co_return 0;
}

int run(const haul::Bus& bus, const std::string& url, const std::string& text) {
    const auto thread = haul::OwnThread::start();
    if (!thread) return complain(thread.error());
    auto configuration = haul::SessionConfiguration::background("org.example.Connection");
    configuration.bus = bus;
    const auto session = haul::Session::open(*thread, configuration);
    if (!session) return complain(session.error());
    return thread->run(converse(*session, url, text));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: haul_example_ws_connection BUS URL TEXT\n";
        return 2;
    }
    return run(haul::Bus::parse(argv[1]), argv[2], argv[3]);
}
