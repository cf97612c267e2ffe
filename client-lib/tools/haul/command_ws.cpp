#include <unistd.h>

#include <memory>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "conversation.hpp"
#include "errand.hpp"
#include "haul/session_handle.hpp"
#include "json.hpp"
#include "socket_arguments.hpp"

namespace haul::cli {

namespace {

/// As the daemon has it, where nobody says otherwise.
constexpr Bytes kUsualMaxMessage = Bytes{1} << 20U;

MessageStyle style_of(const Console& console, const SocketArguments& arguments) {
    if (console.output() == Output::Json) return MessageStyle::Json;
    if (arguments.is_binary) return MessageStyle::Bytes;
    return ::isatty(STDOUT_FILENO) == 1 ? MessageStyle::Terminal : MessageStyle::Lines;
}

Talk talk_of(const SocketArguments& arguments) {
    if (arguments.errand.quiet) return Talk::Quiet;
    const bool has_people = ::isatty(STDIN_FILENO) == 1 || ::isatty(STDOUT_FILENO) == 1;
    return has_people ? Talk::Usual : Talk::Troubles;
}

Manners manners_of(const Console& console, const SocketArguments& arguments) {
    return {.shape = arguments.is_binary ? MessageShape::Whole : MessageShape::Lines,
            .style = style_of(console, arguments),
            .talk = talk_of(arguments),
            .longest = arguments.options.max_message.value_or(kUsualMaxMessage),
            .linger = arguments.linger};
}

Errand to_socket_errand(const SocketArguments& arguments) {
    auto request = to_web_socket(arguments);
    return {
        .kind = TaskKind::WebSocket,
        .arguments = arguments.errand,
        .logins = {to_login(arguments.transfer)},
        .reports = {Json::object()},
        .create =
            [request = std::move(request)](const SessionHandle& session) {
                return session.create_web_socket(request.url, request.options)
                    .map([](WebSocketHandle&& task) { return std::vector<TaskHandle>{std::move(task)}; });
            },
    };
}

}  // namespace

void add_ws(CLI::App& app, Command& chosen) {
    auto arguments = std::make_shared<SocketArguments>();
    auto& command = add_command(app, "ws", "Talk through a WebSocket: lines are messages");
    add_socket_options(command, *arguments);
    on_chosen(command, [arguments, &chosen] {
        auto errand = std::make_shared<Errand>(to_socket_errand(*arguments));
        chosen = [arguments, errand](const Console& console) {
            errand->follow = [&](const Company& company, const std::vector<TaskHandle>& tasks) {
                return Conversation(console, company, WebSocketHandle(tasks.front()),
                                    manners_of(console, *arguments))
                    .run();
            };
            return run(console, *errand);
        };
    });
}

}  // namespace haul::cli
