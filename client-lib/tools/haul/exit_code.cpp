#include "exit_code.hpp"

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
        case ErrorCode::Protocol:
        case ErrorCode::Unknown:
            return ExitCode::Refused;
    }
    return ExitCode::Refused;
}

ExitCode first_trouble(ExitCode first, ExitCode second) {
    return first == ExitCode::Done ? second : first;
}

}  // namespace haul::cli
