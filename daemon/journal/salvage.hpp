#pragma once

#include <string>

#include "journal/database.hpp"

namespace haul::journal {

/// Keeps a damaged journal under a name of its own, makes a new one in its place and carries over every row
/// that can still be read. Returns a sentence that names the file and counts the rows. Nothing is deleted;
/// ids that the old journal may have given are not given again. After a crash in between, the next start does
/// it again, or `finish_salvage` does the rest.
tl::expected<std::string, OpenError> salvage(const std::string& path, const std::string& damage);

/// Puts a journal that was recovered completely, but not yet put in its place, there. Harmless where there is
/// none.
tl::expected<void, OpenError> finish_salvage(const std::string& path);

}  // namespace haul::journal
