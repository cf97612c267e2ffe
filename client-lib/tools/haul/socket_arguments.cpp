#include "socket_arguments.hpp"

#include "units.hpp"

namespace haul::cli {

namespace {

void add_message_options(CLI::App& app, SocketArguments& arguments) {
    auto& options = arguments.options;
    add_list(app, {"-p,--subprotocol", "NAME", "A subprotocol to offer, best first"}, options.subprotocols);
    add_flag(app, "--binary", arguments.is_binary,
             "Send the whole input as one binary message, and write messages as they are");
    add_parsed<Linger>(
        app,
        {"--linger", "DURATION|forever", "Stay after the input's end until nothing has come for so long"},
        arguments.linger, parse_linger, "a duration, like 500ms or 30s, or forever");
    add_bytes(app, "--max-message", options.max_message, "The longest message, in and out (1MiB)");
    add_switch(app, "--compressed", arguments.transfer.options.compressed, "Offer compressed messages");
}

void add_line_options(CLI::App& app, SocketArguments& arguments) {
    auto& options = arguments.options;
    add_duration(app, "--ping-interval", options.ping_interval, "Silence before a ping (25s)");
    add_duration(app, "--pong-timeout", options.pong_timeout,
                 "Silence behind it that means a lost connection (20s)");
    add_switch(app, "--reconnect,!--no-reconnect", options.reconnect,
               "Connect again when the connection is lost (true)");
    add_duration(app, "--reconnect-max-delay", options.reconnect_max_delay,
                 "The longest delay before that (60s)");
    add_value(app, {"--final-close-codes", "LIST", "Codes of the peer's that end it, like 1000,4000-4999"},
              options.final_close_codes);
    add_value(app, {"--retried-status", "LIST", "Statuses of the handshake to try again, like 429,502-504"},
              options.retried_status);
}

void add_inbox_options(CLI::App& app, SocketArguments& arguments) {
    auto& options = arguments.options;
    add_value(app, {"--inbox-messages", "N", "With --detach: messages that may wait (10000)"},
              options.inbox_messages);
    add_bytes(app, "--inbox-bytes", options.inbox_bytes, "With --detach: likewise, bytes (64MiB)");
    add_choice<Overflow>(app, "--overflow", options.overflow,
                         {{"wait", Overflow::Wait}, {"drop-oldest", Overflow::DropOldest}},
                         "With --detach: what happens when there are more (wait)");
}

}  // namespace

void add_socket_options(CLI::App& command, SocketArguments& arguments) {
    require(
        add_value(command, {"URL", "", "Where to, ws or wss; @FILE reads it from a file"}, arguments.url));
    add_errand_options(command, arguments.errand);
    add_message_options(command, arguments);
    add_line_options(command, arguments);
    add_inbox_options(command, arguments);
    add_connection_options(command, arguments.transfer);
}

WebSocketRequest to_web_socket(const SocketArguments& arguments) {
    if (arguments.errand.detach && (arguments.is_binary || arguments.linger)) {
        throw UsageError(arguments.linger ? "--linger" : "--binary",
                         "is of messages here and now, which --detach leaves to others");
    }
    const auto& trust = arguments.transfer.options;
    const bool has_files = trust.ca_file || trust.client_cert || trust.client_key;
    const auto here = current_directory(has_files ? Need::Some : Need::None, "--ca-file");
    auto options = arguments.options;
    fill_in_connection(options, arguments.transfer, here);
    options.delivery = arguments.errand.detach ? MessageDelivery::Durable : MessageDelivery::Live;
    return {.url = value_or_file("URL", arguments.url), .options = std::move(options)};
}

std::optional<Linger> parse_linger(std::string_view text) {
    if (text == "forever") return Linger{};
    const auto silence = parse_duration(text);
    if (!silence) return std::nullopt;
    return Linger{.silence = std::chrono::ceil<std::chrono::milliseconds>(*silence)};
}

}  // namespace haul::cli
