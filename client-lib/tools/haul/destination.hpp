#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "haul/error.hpp"

namespace haul::cli {

/// What to call a download whose file has no name yet: the last segment of its path, decoded, made safe. It
/// has no directory, no control character, no leading dot or dash, is UTF-8 and at most 200 bytes long; where
/// nothing is left of the segment it is "index.html".
std::string name_from_url(std::string_view url);

/// Whether `output`, which belongs to `directory` unless it is absolute, is a directory, or is written like
/// one.
bool is_directory(const std::filesystem::path& output, const std::filesystem::path& directory);

/// Where a download goes: `output` as the user wrote it (empty: in `directory`), made absolute. A directory
/// ends with '/', which leaves the file's name to the daemon.
std::filesystem::path destination_of(const std::filesystem::path& output,
                                     const std::filesystem::path& directory);

}  // namespace haul::cli
