#include "exit_code.hpp"

#include <algorithm>
#include <array>

namespace haul::cli {

ExitCode to_exit_code(const Error& error) {
    switch (error.code) {
        case ErrorCode::Unreachable:
        case ErrorCode::Disconnected:
            return ExitCode::Unreachable;
        case ErrorCode::NoSuchSession:
        case ErrorCode::NoSuchTask:
            return ExitCode::NotFound;
        case ErrorCode::InvalidArgument:
        case ErrorCode::InvalidState:
        case ErrorCode::LimitExceeded:
        case ErrorCode::DestinationDenied:
        case ErrorCode::DestinationExists:
        case ErrorCode::SourceUnreadable:
        case ErrorCode::ValidatorMismatch:
        case ErrorCode::NotPermitted:
        case ErrorCode::JournalUnavailable:
        case ErrorCode::NotSupported:
        case ErrorCode::Stopped:
        case ErrorCode::Protocol:
        case ErrorCode::Unknown:
            return ExitCode::Refused;
    }
    return ExitCode::Refused;
}

ExitCode worst_of(ExitCode one, ExitCode other) {
    constexpr std::array kRising{ExitCode::Done,     ExitCode::CredentialsNeeded, ExitCode::TaskFailed,
                                 ExitCode::NotFound, ExitCode::Refused,           ExitCode::Unreachable,
                                 ExitCode::Usage,    ExitCode::Interrupted};
    const auto* const first = std::find(kRising.begin(), kRising.end(), one);
    return first > std::find(kRising.begin(), kRising.end(), other) ? one : other;
}

}  // namespace haul::cli
