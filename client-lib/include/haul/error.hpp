#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "haul/export.hpp"

namespace haul {

/// What kind of trouble a call met. The first group is what the daemon answers (the last part of the D-Bus
/// error name `org.hauld1.Error.NAME`), the second is what keeps a call from being answered at all.
enum class ErrorCode {
    InvalidArgument,     ///< a value is not acceptable; the message names it
    NoSuchSession,       ///< no session of the caller's has this path or identifier
    NoSuchTask,          ///< no task of the caller's has this id
    InvalidState,        ///< the call does not fit the state of the task or session
    LimitExceeded,       ///< a documented limit was reached; nothing was changed
    DestinationDenied,   ///< the file cannot be made there
    DestinationExists,   ///< the file is there already and may not be replaced
    SourceUnreadable,    ///< the file to send cannot be read
    ValidatorMismatch,   ///< the server now has another entity under this URL
    NotPermitted,        ///< the caller may not do this
    JournalUnavailable,  ///< the daemon cannot record the change, so it did not make it
    NotSupported,        ///< this daemon cannot do this yet

    Unreachable,   ///< the daemon is not running and was not started, or left while the call was under way
    Disconnected,  ///< there is no connection to the bus, or it was lost
    Stopped,       ///< a stop token ended the wait
    Protocol,      ///< the answer is not what the contract says
    Unknown,       ///< another D-Bus error; `Error::name` tells which
};

/// The code's own name, such as "NoSuchTask".
HAUL_API std::string_view to_string(ErrorCode code);

/// Why a call failed.
struct Error {
    ErrorCode code;
    std::string message;  ///< a sentence for people: what was wrong with which value, and what to do
    std::string name;     ///< the full D-Bus error name; empty where the trouble arose on this side
};

/// What every call that can fail returns; nothing in this library throws.
template <typename T>
using Result = tl::expected<T, Error>;

}  // namespace haul
