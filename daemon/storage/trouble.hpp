#pragma once

#include <cerrno>
#include <string>

#include <tl/expected.hpp>

#include "base/error.hpp"
#include "model/fact.hpp"

namespace haul::storage {

/// What kept a file operation from working, as far as a task is concerned. Outcomes of a task, not errors of
/// ours.
struct Trouble {
    model::fact::Ending ending{};  ///< DiskFull, DiskFailed, SourceMissing, Retry or Final
    std::string text;              ///< for people; names the path
    model::Reason reason = model::Reason::Destination;
};

/// What a file operation came to.
template <class T = void>
using Outcome = tl::expected<T, Trouble>;

/// The trouble that an errno value tells of.
inline Trouble to_trouble(int error_number, const std::string& doing, const std::string& path) {
    using model::fact::Ending;
    auto text = "can't " + doing + " " + path + ": " + errno_text(error_number);
    switch (error_number) {
        case ENOSPC:
        case EDQUOT:
            return {Ending::DiskFull, std::move(text)};
        case EIO:
            return {Ending::DiskFailed, std::move(text)};
        case EMFILE:
        case ENFILE:
        case ENOMEM:
            return {Ending::Retry, std::move(text)};
        default:
            return {Ending::Final, std::move(text)};
    }
}

}  // namespace haul::storage
