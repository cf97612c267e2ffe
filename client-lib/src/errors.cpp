#include "errors.hpp"

#include <array>
#include <utility>

#include "paths.hpp"

namespace haul {

namespace {

constexpr std::string_view kPrefix = "org.hauld1.Error.";
constexpr std::string_view kBusPrefix = "org.freedesktop.DBus.Error.";
constexpr std::string_view kSpawnPrefix = "org.freedesktop.DBus.Error.Spawn.";

constexpr std::array kCodes{
    std::pair{ErrorCode::InvalidArgument, std::string_view("InvalidArgument")},
    std::pair{ErrorCode::NoSuchSession, std::string_view("NoSuchSession")},
    std::pair{ErrorCode::NoSuchTask, std::string_view("NoSuchTask")},
    std::pair{ErrorCode::InvalidState, std::string_view("InvalidState")},
    std::pair{ErrorCode::LimitExceeded, std::string_view("LimitExceeded")},
    std::pair{ErrorCode::DestinationDenied, std::string_view("DestinationDenied")},
    std::pair{ErrorCode::DestinationExists, std::string_view("DestinationExists")},
    std::pair{ErrorCode::SourceUnreadable, std::string_view("SourceUnreadable")},
    std::pair{ErrorCode::ValidatorMismatch, std::string_view("ValidatorMismatch")},
    std::pair{ErrorCode::NotPermitted, std::string_view("NotPermitted")},
    std::pair{ErrorCode::JournalUnavailable, std::string_view("JournalUnavailable")},
    std::pair{ErrorCode::NotSupported, std::string_view("NotSupported")},
    std::pair{ErrorCode::Unreachable, std::string_view("Unreachable")},
    std::pair{ErrorCode::Disconnected, std::string_view("Disconnected")},
    std::pair{ErrorCode::Stopped, std::string_view("Stopped")},
    std::pair{ErrorCode::Protocol, std::string_view("Protocol")},
    std::pair{ErrorCode::Unknown, std::string_view("Unknown")},
};

/// What the bus itself, or the library under us, reports; names as in the D-Bus specification, and sd-bus's
/// for errno values (sd-bus-errors(3)).
ErrorCode code_of_bus_error(std::string_view name) {
    if (name.starts_with(kSpawnPrefix)) return ErrorCode::Unreachable;
    if (name.starts_with(kBusPrefix)) {
        const auto word = name.substr(kBusPrefix.size());
        if (word == "ServiceUnknown" || word == "NameHasNoOwner" || word == "NoReply" || word == "Timeout" ||
            word == "TimedOut") {
            return ErrorCode::Unreachable;
        }
        if (word == "Disconnected" || word == "NoServer") return ErrorCode::Disconnected;
        if (word == "AccessDenied") return ErrorCode::NotPermitted;
        if (word == "LimitsExceeded") return ErrorCode::LimitExceeded;
        if (word == "InvalidArgs") return ErrorCode::InvalidArgument;
    }
    if (name == "System.Error.ENOTCONN" || name == "System.Error.EPIPE" || name == "System.Error.ECONNRESET")
        return ErrorCode::Disconnected;
    return ErrorCode::Unknown;
}

}  // namespace

std::string_view to_string(ErrorCode code) {
    for (const auto& [value, word] : kCodes) {
        if (value == code) return word;
    }
    return {};
}

namespace detail {

Error to_error(const std::string& name, const std::string& message, std::string_view path) {
    if (name.starts_with(kPrefix)) {
        const auto word = std::string_view(name).substr(kPrefix.size());
        for (const auto& [code, known] : kCodes) {
            if (known == word) return {.code = code, .message = message, .name = name};
        }
        return {.code = ErrorCode::Unknown, .message = message, .name = name};
    }
    if (name == "org.freedesktop.DBus.Error.UnknownObject") {
        if (const auto id = task_id(path)) {
            return {.code = ErrorCode::NoSuchTask,
                    .message = "there is no task " + std::to_string(id->number),
                    .name = name};
        }
        return {.code = ErrorCode::NoSuchSession,
                .message = "there is no session at " + std::string(path),
                .name = name};
    }
    return {.code = code_of_bus_error(name), .message = message, .name = name};
}

bool may_work_later(const Error& error) {
    return error.code == ErrorCode::Unreachable || error.code == ErrorCode::Disconnected;
}

Error protocol_error(std::string message) {
    return {.code = ErrorCode::Protocol, .message = std::move(message), .name = {}};
}

}  // namespace detail

}  // namespace haul
