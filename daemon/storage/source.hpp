#pragma once

#include <sys/stat.h>

#include <string>

#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "model/task.hpp"
#include "storage/trouble.hpp"

namespace haul::storage {

/// The file of this path, which an upload is to be read from. Never waits for the other end of a pipe, and
/// wakes no device. Errors: InvalidArgument where it is no absolute path; SourceUnreadable where it is not
/// there, can't be read, or is no regular file.
Result<model::SourceFile> look_at_source(const std::string& path);
/// The file behind a descriptor that a client passed. Its path is "" where there is none by which it could be
/// opened again. Errors: SourceUnreadable where it is not open for reading or is no regular file.
Result<model::SourceFile> look_at_source(int fd);

/// Whether a file is the one that it was, in the same state.
bool same_file(const model::FileIdentity& wanted, const model::FileIdentity& found);

// For the room's own use.

model::FileIdentity identity_of(const struct stat& info);
/// What differs, to follow a path: "was replaced by another file". Only where same_file says no.
std::string what_changed(const model::FileIdentity& wanted, const model::FileIdentity& found);
/// The sentence's end for a file that is not regular: "is a directory".
std::string kind_of(const struct stat& info);

/// A regular file that is open for reading.
struct OpenSource {
    UniqueFd fd;
    struct stat info {};
};
/// Why there is none: an errno value, or 0 where the file is not regular; `info` tells what it is then.
struct SourceRefusal {
    int error_number = 0;
    struct stat info {};
};
tl::expected<OpenSource, SourceRefusal> open_source(const std::string& path);

}  // namespace haul::storage
