#include "base/error.hpp"

#include <system_error>

namespace haul {

std::string_view to_word(ErrorCode code) {
    switch (code) {
        case ErrorCode::InvalidArgument:
            return "InvalidArgument";
        case ErrorCode::NoSuchSession:
            return "NoSuchSession";
        case ErrorCode::NoSuchTask:
            return "NoSuchTask";
        case ErrorCode::InvalidState:
            return "InvalidState";
        case ErrorCode::LimitExceeded:
            return "LimitExceeded";
        case ErrorCode::DestinationDenied:
            return "DestinationDenied";
        case ErrorCode::DestinationExists:
            return "DestinationExists";
        case ErrorCode::SourceUnreadable:
            return "SourceUnreadable";
        case ErrorCode::ValidatorMismatch:
            return "ValidatorMismatch";
        case ErrorCode::NotPermitted:
            return "NotPermitted";
        case ErrorCode::NotSupported:
            return "NotSupported";
        case ErrorCode::JournalUnavailable:
            return "JournalUnavailable";
    }
    return "Failed";
}

std::string errno_text(int number) {
    return std::generic_category().message(number);
}

}  // namespace haul
