#pragma once

#include <string>

namespace haul::storage {

/// Whether a file in that directory could share the blocks of this one: both are on one file system, of a
/// kind that has reflinks (ioctl_ficlone(2)).
bool may_reflink(const std::string& path, const std::string& directory);

/// Makes a file's name durable. Zero, or the errno value.
int sync_directory_of(const std::string& path);

}  // namespace haul::storage
