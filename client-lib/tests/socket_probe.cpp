// A program that does with the WebSockets of a Session what it is told on standard input, one command in a
// line, and writes what it hears, one JSON object in a line: haul_socket_probe BUS IDENTIFIER
#include <haul/haul.hpp>

#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "probe_voice.hpp"

namespace {

using haul::probe::Json;
using haul::probe::say;
using haul::probe::say_error;
using haul::probe::say_outcome;

Json to_json(const haul::WebSocketEvent& event) {
    const auto name = [](const char* type, Json more = Json::object()) {
        more["type"] = type;
        return more;
    };
    return std::visit(
        haul::Overloaded{
            [&](const haul::Opened& opened) {
                return name("opened", {{"subprotocol", opened.subprotocol}});
            },
            [&](const haul::Message& message) {
                return name(message.text() ? "text" : "data", {{"size", message.bytes().size()}});
            },
            [&](const haul::MessagesDropped& dropped) {
                return name("messages-dropped", {{"count", dropped.count}});
            },
            [&](const haul::Sent& sent) {
                return name("sent", {{"last", sent.last.number}});
            },
            [&](const haul::Closed& closed) {
                return name("closed", {{"code", static_cast<int>(closed.code)},
                                       {"reason", closed.reason},
                                       {"clean", closed.clean}});
            },
            [&](const haul::Hindrance&) { return name("waiting"); },
            [&](const haul::Ending& ending) {
                return name("ended", {{"state", to_string(ending.state)}});
            },
        },
        event);
}

/// Says what it is told, and throws where it is told to.
class Delegate : public haul::SessionDelegate {
public:
    int refusals = 0;  ///< how many more events throw

private:
    void take(const haul::WebSocketEvent& event) {
        say({{"said", "told"}, {"event", to_json(event)}});
        if (refusals > 0) {
            --refusals;
            throw std::runtime_error("not now");
        }
    }
    void on_opened(const haul::WebSocketTask&, const haul::Opened& opened) override { take(opened); }
    void on_message(const haul::WebSocketTask&, const haul::Message& message) override { take(message); }
    void on_messages_dropped(const haul::WebSocketTask&, const haul::MessagesDropped& dropped) override {
        take(dropped);
    }
    void on_sent(const haul::WebSocketTask&, const haul::Sent& sent) override { take(sent); }
    void on_closed(const haul::WebSocketTask&, const haul::Closed& closed) override { take(closed); }
    void on_waiting(const haul::Task&, const haul::Hindrance& hindrance) override { take(hindrance); }
    void on_ended(const haul::Task&, const haul::Ending& ending) override { take(ending); }
};

/// A stream that is read one event at a time, as often as it is asked for.
class Reader {
public:
    explicit Reader(haul::WebSocketStream stream) : stream_(std::move(stream)) {}

    haul::Async<> read() const {
        const auto event = co_await stream_.next();
        if (event)
            say({{"said", "read"}, {"event", to_json(*event)}});
        else
            say({{"said", "over"}});
    }
    haul::Async<> receive() const {
        const auto message = co_await stream_.receive();
        if (message)
            say({{"said", "received"}, {"text", message->bytes()}});
        else
            say_error("received", message.error());
    }

private:
    haul::WebSocketStream stream_;
};

haul::Async<> ping(haul::WebSocketTask socket) {
    const auto round_trip = co_await socket.ping();
    if (round_trip)
        say({{"said", "pong"}, {"microseconds", round_trip->count()}});
    else
        say_error("pong", round_trip.error());
}

class Probe {
public:
    Probe(const haul::Executor& executor, const haul::Session& session)
        : executor_(executor), session_(session) {}

    bool carry_out(const std::string& line) {
        std::istringstream words(line);
        std::string verb;
        words >> verb;
        if (verb == "quit") return false;
        const auto command = commands_.find(verb);
        if (command == commands_.end()) throw std::runtime_error("no command " + verb);
        command->second(words);
        return true;
    }

private:
    using Command = std::function<void(std::istringstream&)>;

    haul::WebSocketTask socket_in(std::istringstream& words) const {
        haul::TaskId id;
        words >> id.number;
        return haul::WebSocketTask(session_.task(id));
    }

    static std::string rest_of(std::istringstream& words) {
        std::string text;
        std::getline(words >> std::ws, text);
        return text;
    }

    void make(std::istringstream& words) const {
        const auto socket =
            session_.web_socket(rest_of(words), {.transfer = {.retry_delay = std::chrono::milliseconds(10)}});
        if (socket)
            say({{"said", "made"}, {"task", socket->id().number}});
        else
            say_error("made", socket.error());
    }

    void open_stream(std::istringstream& words) {
        auto stream = socket_in(words).events();
        say_outcome(stream);
        if (stream) reader_.emplace(*std::move(stream));
    }

    void refuse(std::istringstream& words) {
        int count = 0;
        words >> count;
        executor_.post([this, count] {
            delegate_.refusals = count;
            say({{"said", "done"}});
        });
    }

    const haul::Executor& executor_;
    const haul::Session& session_;
    Delegate delegate_;
    std::optional<Reader> reader_;

    const std::map<std::string, Command> commands_{
        {"attach", [this](auto&) { say_outcome(session_.attach(delegate_)); }},
        {"detach",
         [this](auto&) {
             session_.detach();
             say({{"said", "done"}});
         }},
        {"refuse", [this](auto& words) { refuse(words); }},
        {"make", [this](auto& words) { make(words); }},
        {"connect", [this](auto& words) { say_outcome(socket_in(words).connect()); }},
        {"send",
         [this](auto& words) {
             const auto socket = socket_in(words);
             say_outcome(socket.send(rest_of(words)));
         }},
        {"ping", [this](auto& words) { executor_.spawn(ping(socket_in(words))); }},
        {"close",
         [this](auto& words) {
             const auto socket = socket_in(words);
             int code = 0;
             words >> code;
             say_outcome(socket.close(haul::CloseCode(code), rest_of(words)));
         }},
        {"stream", [this](auto& words) { open_stream(words); }},
        {"leave",
         [this](auto&) {
             reader_.reset();
             say({{"said", "done"}});
         }},
        {"read", [this](auto&) { executor_.spawn(reader_->read()); }},
        {"receive", [this](auto&) { executor_.spawn(reader_->receive()); }},
    };
};

int run(const haul::SessionConfiguration& configuration) {
    const auto thread = haul::OwnThread::start();
    const auto session = haul::Session::open(*thread, configuration);
    say_outcome("open", session);
    if (!session) return 1;
    Probe probe(*thread, *session);
    for (std::string line; std::getline(std::cin, line) && probe.carry_out(line);) {
    }
    session->detach();  // before the delegate goes
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: haul_socket_probe BUS IDENTIFIER\n";
        return 2;
    }
    auto configuration = haul::SessionConfiguration::background(argv[2]);
    configuration.bus = haul::Bus::parse(argv[1]);
    configuration.on_warning = [](std::string_view text) { say({{"said", "warning"}, {"text", text}}); };
    return run(configuration);
}
