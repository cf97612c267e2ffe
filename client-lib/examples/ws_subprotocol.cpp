// Offers subprotocols, the best first, and hears by a delegate which one the server has chosen, what it says,
// and why it closes: haul_example_ws_subprotocol BUS URL SUBPROTOCOL...
#include <haul/haul.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace {

int complain(const haul::Error& error) {
    std::cerr << to_string(error.code) << ": " << error.message << '\n';
    return 1;
}

class Listener : public haul::SessionDelegate {
public:
    bool is_over() const { return is_over_; }

private:
    void on_opened(const haul::WebSocketTask&, const haul::Opened& opened) override {
        std::cout << "connected with subprotocol "
                  << (opened.subprotocol.empty() ? "none" : opened.subprotocol) << '\n';
    }
    void on_message(const haul::WebSocketTask& socket, const haul::Message& message) override {
        std::cout << "message " << message.bytes() << '\n';
        (void)socket.send("got it");
    }
    void on_closed(const haul::WebSocketTask&, const haul::Closed& closed) override {
        std::cout << "closed: " << to_string(closed.code) << " - "
                  << (closed.reason.empty() ? "no reason" : closed.reason) << '\n';
    }
    void on_ended(const haul::Task&, const haul::Ending&) override { is_over_ = true; }

    bool is_over_ = false;
};

int run(const haul::Bus& bus, const std::string& url, std::vector<std::string> subprotocols) {
    const auto loop = haul::AppLoop::open();
    if (!loop) return complain(loop.error());
    auto configuration = haul::SessionConfiguration::background("org.example.Subprotocol");
    configuration.bus = bus;
    const auto session = haul::Session::open(*loop, configuration);
    if (!session) return complain(session.error());
    Listener listener;
    if (const auto attached = session->attach(listener); !attached) return complain(attached.error());
    const auto socket =
        session->web_socket(url, {.subprotocols = std::move(subprotocols), .start = haul::Start::AtOnce});
    if (!socket) return complain(socket.error());
    loop->run_until([&] { return listener.is_over(); });
    session->detach();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: haul_example_ws_subprotocol BUS URL SUBPROTOCOL...\n";
        return 2;
    }
    return run(haul::Bus::parse(argv[1]), argv[2], {argv + 3, argv + argc});
}
