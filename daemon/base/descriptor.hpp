#pragma once

#include <string>

#include "base/unique_fd.hpp"

namespace haul {

/// Whether bytes can be read through the descriptor: not one that is open for writing only, or for its path
/// only (open(2), O_PATH).
bool is_readable(int fd);

/// An absolute path under which this process finds the very file that the descriptor stands for; "" where
/// there is none: deleted, never linked, or out of reach.
std::string path_of(int fd);

/// Another descriptor of the same open file, closed on exec; an empty one where there are too many.
UniqueFd duplicate(int fd);

}  // namespace haul
