// Two ways to say who asks: a header, and a parameter of the URL where the server wants it so. Neither is
// shown by the daemon, but a URL may stand in the server's own logs: prefer the header.
// haul_example_ws_authenticated BUS URL header|query TOKEN
#include <haul/haul.hpp>

#include <iostream>
#include <string>

namespace {

int complain(const haul::Error& error) {
    std::cerr << to_string(error.code) << ": " << error.message << '\n';
    return 1;
}

haul::Result<haul::WebSocketTask> by_header(const haul::Session& session, const std::string& url,
                                            const std::string& token) {
    return session.web_socket(url, {.transfer = {.headers = {{"Authorization", "Bearer " + token}}}});
}

haul::Result<haul::WebSocketTask> by_query(const haul::Session& session, const std::string& url,
                                           const std::string& token) {
    return session.web_socket(url + "?token=" + token);
}

haul::Async<int> greet(haul::WebSocketTask socket) {
    const auto stream = socket.events();
    if (!stream) co_return complain(stream.error());
    if (const auto connected = socket.connect(); !connected) co_return complain(connected.error());
    const auto greeting = co_await stream->receive();
    if (!greeting) co_return complain(greeting.error());
    std::cout << greeting->bytes() << '\n';
    (void)socket.close();
    while (co_await stream->next()) {
    }
    co_return 0;
}

int run(const haul::Bus& bus, const std::string& url, const std::string& way, const std::string& token) {
    const auto thread = haul::OwnThread::start();
    if (!thread) return complain(thread.error());
    auto configuration = haul::SessionConfiguration::background("org.example.Authenticated");
    configuration.bus = bus;
    const auto session = haul::Session::open(*thread, configuration);
    if (!session) return complain(session.error());
    if (const auto attached = session->attach(); !attached) return complain(attached.error());
    const auto socket = way == "header" ? by_header(*session, url, token) : by_query(*session, url, token);
    return socket ? thread->run(greet(*socket)) : complain(socket.error());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        std::cerr << "usage: haul_example_ws_authenticated BUS URL header|query TOKEN\n";
        return 2;
    }
    return run(haul::Bus::parse(argv[1]), argv[2], argv[3], argv[4]);
}
