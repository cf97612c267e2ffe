#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "commands.hpp"
#include "event_reader.hpp"
#include "haul/client.hpp"
#include "interrupt.hpp"
#include "patience.hpp"

namespace haul::cli {

namespace {

/// The value of --ack without one.
constexpr std::string_view kShown = "shown";

struct EventsArguments {
    std::string session = std::string(kDefaultSession);
    std::string acknowledge;  ///< kShown or a number; empty: nothing
    bool follow = false;
};

std::optional<std::uint64_t> to_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::string check_acknowledge(const std::string& text) {
    if (text == kShown || to_number(text)) return {};
    return "\"" + text + "\" is no event's number";
}

Error to_error(Detachment why) {
    if (why == Detachment::Invalidated)
        return {.code = ErrorCode::NoSuchSession,
                .message = "the session was invalidated and is gone",
                .name = {}};
    return {.code = ErrorCode::InvalidState,
            .message = "another client has taken the session over: it gets the events now",
            .name = {}};
}

/// Prints events as they come until an interrupt. When the daemon is restarted it attaches again, and goes on
/// after the last event that was printed.
ExitCode follow_events(const Console& console, const Client& client, const SessionHandle& session,
                       EventReader& reader) {
    const Interrupt interrupt;
    Patience patience(interrupt, [&](std::string_view text) { console.note(text); });
    while (!interrupt.is_requested()) {
        bool is_attached = true;
        std::optional<Detachment> parted;
        const auto attachment = patience.ask([&] {
            return session.attach({.detached = [&](Detachment why) { parted = why; },
                                   .daemon_left = [&] { is_attached = false; }});
        });
        if (!attachment)
            return interrupt.is_requested() ? ExitCode::Interrupted : console.fail(attachment.error());

        while (is_attached && !interrupt.is_requested()) {
            const auto printed = patience.ask([&] { return reader.print_waiting(); });
            // Where it cannot be read any more, the signal that says why may wait still.
            if (!printed && client.dispatch() && parted) return console.fail(to_error(*parted));
            if (!printed)
                return interrupt.is_requested() ? ExitCode::Interrupted : console.fail(printed.error());
            const auto request = client.poll_request();
            if (!request) return console.fail(request.error());
            if (interrupt.wait(*request)) break;
            if (const auto dispatched = client.dispatch(); !dispatched)
                return console.fail(dispatched.error());
            if (parted) return console.fail(to_error(*parted));
        }
    }
    return ExitCode::Interrupted;
}

ExitCode events(const Console& console, const EventsArguments& arguments) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());
    const auto session = client->find_session(arguments.session);
    if (!session) return console.fail(session.error());

    if (const auto number = to_number(arguments.acknowledge)) {
        const auto done = session->acknowledge({*number});
        if (!done) return console.fail(done.error());
    }
    const auto afterwards = arguments.acknowledge == kShown ? Afterwards::Acknowledge : Afterwards::Keep;
    EventReader reader(console, *session, afterwards);
    if (arguments.follow) return follow_events(console, *client, *session, reader);
    const auto printed = reader.print_waiting();
    return printed ? ExitCode::Done : console.fail(printed.error());
}

}  // namespace

void add_events(CLI::App& app, Command& chosen) {
    auto arguments = std::make_shared<EventsArguments>();
    auto& command = add_command(app, "events", "Show what a session has to tell and nobody has acknowledged");
    add_value(command, {"-s,--session", "ID", "The session (default)"}, arguments->session);
    add_optional_value(
        command,
        {"--ack", "",
         "Acknowledge what was shown; --ack=SEQ first acknowledges up to SEQ, then shows the rest"},
        arguments->acknowledge, kShown, check_acknowledge);
    add_flag(command, "-f,--follow", arguments->follow,
             "Be the session's live client and show events as they come");
    on_chosen(command, [arguments, &chosen] {
        chosen = [arguments](const Console& console) { return events(console, *arguments); };
    });
}

}  // namespace haul::cli
