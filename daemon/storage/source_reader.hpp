#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <string>

#include "base/unique_fd.hpp"
#include "base/units.hpp"
#include "model/task.hpp"
#include "storage/trouble.hpp"

namespace haul::storage {

/// The file that an upload is read from, during one attempt. It has to stay what it was when the task was
/// made: whatever else is found is trouble with Reason::Changed. Of a copy in the spool size and inode count
/// alone. For one thread at a time.
class SourceReader {
public:
    /// Trouble: SourceMissing; Final with Reason::Changed, or with Reason::Source where it can't be read;
    /// Retry where this process is short of descriptors or memory.
    static Outcome<SourceReader> open(const model::SourceFile& source);

    /// Bytes from this offset on, as many as fit and the file has; 0 at its end alone.
    Outcome<std::size_t> read(Bytes at, char* to, std::size_t size) const;
    /// Whether what was read so far is from the file that was to be sent: it, and what its path leads to, are
    /// still in the recorded state. To be asked after the last byte.
    Outcome<> check() const;

    Bytes size() const { return source_.identity.size; }
    const std::string& path() const { return source_.path; }
    int fd() const { return fd_.get(); }

private:
    Outcome<> compare(const struct stat& found) const;

    model::SourceFile source_;
    UniqueFd fd_;
};

}  // namespace haul::storage
