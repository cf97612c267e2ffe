#pragma once

#include <optional>
#include <string>

#include "model/task.hpp"

namespace haul::storage {

/// A file in the spool that shares the blocks of an open one (ioctl_ficlone(2)), durable under its name. No
/// value, and no file, where the file system can't do that, or the spool is on another one.
std::optional<model::SourceFile> clone_file(int from, const std::string& to);

/// Makes a file's name durable. Zero, or the errno value.
int sync_directory_of(const std::string& path);

}  // namespace haul::storage
