#pragma once

#include <string>

#include "journal/database.hpp"

namespace haul::journal {

/// Sets a damaged journal aside under a name of its own, makes a new one in its place and carries over every row that
/// can still be read. Returns a sentence that names the file and counts the rows. Nothing is deleted; ids that the
/// old journal may have given are not given again.
tl::expected<std::string, OpenError> salvage(const std::string& path, const std::string& damage);

}  // namespace haul::journal
