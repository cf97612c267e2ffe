#include "console.hpp"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <utility>

#include "json.hpp"
#include "terminal_text.hpp"

namespace haul::cli {

namespace {

/// https://no-color.org, and terminals that say that they cannot.
bool wants_colours() {
    const char* no_color = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return isatty(STDOUT_FILENO) == 1 && (!no_color || !*no_color) && terminal &&
           std::string_view(terminal) != "dumb";
}

std::string how_to_start(const Bus& bus) {
    switch (bus.kind) {
        case Bus::Kind::Session:
            return "start it with \"systemctl --user start hauld\", or run hauld in another terminal";
        case Bus::Kind::System:
            return "start it with \"systemctl start hauld\" as root";
        case Bus::Kind::Address:
            return "start it with \"hauld --bus=" + bus.address + "\"";
    }
    return {};
}

/// What to do about an error whose message does not say it; empty where it does.
std::string advice(const Error& error, const Bus& bus) {
    switch (error.code) {
        case ErrorCode::Unreachable:
            return how_to_start(bus);
        case ErrorCode::Disconnected:
            if (bus.kind != Bus::Kind::Session)
                return "check that the bus is running and its address is right";
            return "log in to a session that has a bus, set DBUS_SESSION_BUS_ADDRESS, or name one with --bus";
        case ErrorCode::NoSuchTask:
            return "\"haul list\" shows the tasks that there are";
        case ErrorCode::NoSuchSession:
            return "\"haul sessions\" shows the sessions that there are";
        case ErrorCode::DestinationExists:
            return "--replace puts the new file in its place, --rename picks another name";
        case ErrorCode::InvalidArgument:
        case ErrorCode::InvalidState:
        case ErrorCode::LimitExceeded:
        case ErrorCode::DestinationDenied:
        case ErrorCode::SourceUnreadable:
        case ErrorCode::ValidatorMismatch:
        case ErrorCode::NotPermitted:
        case ErrorCode::JournalUnavailable:
        case ErrorCode::NotSupported:
        case ErrorCode::Stopped:
        case ErrorCode::Protocol:
        case ErrorCode::Unknown:
            return {};
    }
    return {};
}

std::string sentence(const Error& error, const Bus& bus) {
    if (error.code == ErrorCode::Unreachable)
        return "the daemon does not answer on " + bus.to_string() + ": " + error.message;
    return error.message.empty() ? std::string(to_string(error.code)) : error.message;
}

std::string_view escape_of(Colour colour) {
    switch (colour) {
        case Colour::Plain:
            return "";
        case Colour::Good:
            return "\x1b[32m";
        case Colour::Bad:
            return "\x1b[31m";
        case Colour::Active:
            return "\x1b[36m";
        case Colour::Faint:
            return "\x1b[2m";
    }
    return "";
}

}  // namespace

Console::Console(Bus bus, Output output) : bus_(std::move(bus)), output_(output), colours_(wants_colours()) {}

ExitCode Console::fail(const Error& error) const {
    const auto hint = advice(error, bus_);
    if (output_ == Output::Json) {
        std::cerr << to_line(to_json(error)) << '\n';
    } else {
        std::cerr << "haul: " << printable(sentence(error, bus_)) << '\n';
        if (!hint.empty()) std::cerr << "  " << hint << '\n';
    }
    return to_exit_code(error);
}

ExitCode Console::fail(TaskId task, const Error& error) const {
    auto told = error;
    if (error.code != ErrorCode::NoSuchTask)
        told.message = "task " + std::to_string(task.number) + ": " + error.message;
    return fail(told);
}

void Console::note(std::string_view line) const {
    if (output_ == Output::Text) std::cerr << "haul: " << printable(line) << '\n';
}

std::string Console::coloured(Colour colour, std::string_view text) const {
    if (!colours_ || colour == Colour::Plain) return std::string(text);
    return std::string(escape_of(colour)) + std::string(text) + "\x1b[0m";
}

Result<void> Console::flush() const {
    if (std::cout.flush()) return {};
    return tl::unexpected(
        Error{.code = ErrorCode::Unknown, .message = "cannot write to standard output", .name = {}});
}

std::string Console::command(std::string_view arguments) const {
    switch (bus_.kind) {
        case Bus::Kind::Session:
            return "haul " + std::string(arguments);
        case Bus::Kind::System:
            return "haul --bus=system " + std::string(arguments);
        case Bus::Kind::Address:
            return "haul --bus='" + bus_.address + "' " + std::string(arguments);
    }
    return {};
}

}  // namespace haul::cli
