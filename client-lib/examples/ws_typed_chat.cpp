// A chat whose messages are values, as JSON in envelopes with their types' names; joins, says a line, and
// leaves when everybody has: haul_example_ws_typed_chat BUS URL NAME TEXT
#include <haul/haul.hpp>
#include <haul/json_codec.hpp>

#include <iostream>
#include <string>
#include <variant>

/// What is said, by everybody in the room and by the room itself.
namespace chat {

struct Join {
    static constexpr const char* kMessageType = "join";
    std::string name;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(Join, name)
};

struct Chat {
    static constexpr const char* kMessageType = "chat";
    std::string name;
    std::string text;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(Chat, name, text)
};

struct Members {
    static constexpr const char* kMessageType = "members";
    int count = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(Members, count)
};

}  // namespace chat

namespace {

using ChatSocket = haul::JsonWebSocket<chat::Join, chat::Chat, chat::Members>;

int complain(const haul::Error& error) {
    std::cerr << to_string(error.code) << ": " << error.message << '\n';
    return 1;
}

haul::Async<int> take_part(const ChatSocket& socket, const std::string& name, const std::string& text) {
    const auto stream = socket.events();
    if (!stream) co_return complain(stream.error());
    if (const auto connected = socket.task().connect(); !connected) co_return complain(connected.error());
    if (const auto sent = socket.send(chat::Join{.name = name}); !sent) co_return complain(sent.error());

    int code = 1;
    while (const auto event = co_await stream->next()) {
        std::visit(haul::Overloaded{
                       [&](const chat::Join& join) {
                           std::cout << join.name << " has come\n";
                           (void)socket.send(chat::Chat{.name = name, .text = text});
                       },
                       [](const chat::Chat& chat) { std::cout << chat.name << ": " << chat.text << '\n'; },
                       [&](const chat::Members& members) {
                           if (members.count == 0) (void)socket.task().close();
                       },
                       [](const haul::Undecoded& other) {
                           std::cout << "not understood: " << other.message.bytes() << '\n';
                       },
                       [&](const haul::Ending& ending) { code = ending.is_success() ? 0 : 1; },
                       [](const auto&) {},
                   },
                   *event);
    }
    co_return code;
}

int run(const haul::Bus& bus, const std::string& url, const std::string& name, const std::string& text) {
    const auto thread = haul::OwnThread::start();
    if (!thread) return complain(thread.error());
    auto configuration = haul::SessionConfiguration::background("org.example.TypedChat");
    configuration.bus = bus;
    const auto session = haul::Session::open(*thread, configuration);
    if (!session) return complain(session.error());
    if (const auto attached = session->attach(); !attached) return complain(attached.error());
    const auto task = session->web_socket(url);
    if (!task) return complain(task.error());
    const ChatSocket socket(*task);
    return thread->run(take_part(socket, name, text));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        std::cerr << "usage: haul_example_ws_typed_chat BUS URL NAME TEXT\n";
        return 2;
    }
    return run(haul::Bus::parse(argv[1]), argv[2], argv[3], argv[4]);
}
