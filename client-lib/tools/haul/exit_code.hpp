#pragma once

#include "haul/error.hpp"

namespace haul::cli {

/// What the program's end says to a script; documented in haul(1).
enum class ExitCode {
    Done = 0,
    TaskFailed = 1,     ///< a task failed or was cancelled
    Usage = 2,          ///< the command line was not understood
    Unreachable = 3,    ///< the daemon cannot be reached
    NotFound = 4,       ///< there is no such task or session
    Refused = 5,        ///< the daemon refused, or the answer could not be written
    Interrupted = 130,  ///< SIGINT or SIGTERM; a download goes on in the daemon
};

ExitCode to_exit_code(const Error& error);

/// The one to end with after two things were done: the first that is not Done.
ExitCode first_trouble(ExitCode first, ExitCode second);

}  // namespace haul::cli
