#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace haul::storage {

/// A file in memory that holds this text, and nothing else ever (memfd_create(2), sealed).
Result<UniqueFd> text_file(std::string_view text);

/// The paths of a directory's entries that end so.
std::vector<std::string> list_files(const std::string& directory, std::string_view suffix);

}  // namespace haul::storage
