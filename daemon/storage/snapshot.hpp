#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tl/expected.hpp>

#include "model/task.hpp"

namespace haul::storage {

/// A file in the spool that shares the blocks of an open one (ioctl_ficlone(2)), durable under its name. The
/// errno value, and no file, where the file system can't do that, or the spool is on another one.
tl::expected<model::SourceFile, int> clone_file(int from, const std::string& to);

/// Makes such files, and does not try again what a file system can't do.
class Cloner {
public:
    std::optional<model::SourceFile> clone(const model::SourceFile& source, const std::string& to);

private:
    std::set<std::uint64_t> unable_;  ///< device numbers of sources
};

/// Makes a file's name durable. Zero, or the errno value.
int sync_directory_of(const std::string& path);

}  // namespace haul::storage
