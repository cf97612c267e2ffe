#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace haul {

/// What went wrong, in the words of the D-Bus contract (org.hauld1.Error.NAME).
enum class ErrorCode : std::uint8_t {
    InvalidArgument,
    NoSuchSession,
    NoSuchTask,
    InvalidState,
    LimitExceeded,
    DestinationDenied,
    DestinationExists,
    SourceUnreadable,
    ValidatorMismatch,
    NotPermitted,
    NotSupported,
    JournalUnavailable,
};

/// The last part of the D-Bus error name.
std::string_view to_word(ErrorCode code);

/// A failure that its caller has to handle or pass on. The message is a sentence for people:
/// what was wrong with which value, and what to do. It never holds a secret.
struct Error {
    ErrorCode code{};
    std::string message;
};

/// The text of an errno value ("No such file or directory").
std::string errno_text(int number);

}  // namespace haul
