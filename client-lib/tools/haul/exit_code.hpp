#pragma once

#include "haul/error.hpp"

namespace haul::cli {

/// What the program's end says to a script; documented in haul(1).
enum class ExitCode {
    Done = 0,
    TaskFailed = 1,         ///< a task failed or was cancelled
    Usage = 2,              ///< the command line was not understood
    Unreachable = 3,        ///< the daemon cannot be reached
    NotFound = 4,           ///< there is no such task or session
    Refused = 5,            ///< the daemon refused, or the answer could not be written
    CredentialsNeeded = 6,  ///< a task waits for credentials, and there was nobody to ask
    Interrupted = 130,      ///< SIGINT or SIGTERM; a task goes on in the daemon
};

ExitCode to_exit_code(const Error& error);

/// The one to end with after several things were done: what keeps a file from being moved at all is worse
/// than what may still be put right.
ExitCode worst_of(ExitCode one, ExitCode other);

}  // namespace haul::cli
