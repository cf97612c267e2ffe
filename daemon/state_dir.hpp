#pragma once

#include <string>

#include <tl/expected.hpp>

#include "base/unique_fd.hpp"

namespace haul {

/// What kept the daemon from starting: the exit status of sysexits(3), and a sentence.
struct StartError {
    int exit_status = 0;
    std::string message;
};

/// The daemon's own directory, made where it is missing, and held by one process alone.
class StateDir {
public:
    /// Errors: another process has it (EX_UNAVAILABLE), it can't be made or written (EX_IOERR). A holder that
    /// is about to exit is waited for, some seconds at most.
    static tl::expected<StateDir, StartError> take(const std::string& path);

    /// Whether there is anything at all in it.
    static bool has_journal(const std::string& path);

    std::string journal() const { return path_ + "/journal.sqlite"; }
    /// Tells the next process that this one is going to let go soon.
    void announce_exit() const;
    const std::string& path() const { return path_; }

private:
    std::string path_;
    UniqueFd lock_;
};

}  // namespace haul
