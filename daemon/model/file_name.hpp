#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace haul::model {

inline constexpr std::size_t kMaxFileName = 200;  ///< bytes; leaves room for suffixes within NAME_MAX (255)

/// A file name made of one that a server or a URL gives (RFC 6266, 4.3). What comes out
/// - is the last component, behind any slash or backslash, and never "." or "..";
/// - is UTF-8, with "_" for each byte that was none;
/// - has no control characters, and none that can't be seen or turn the direction of writing;
/// - has no blanks at either end, no dots at its end, and "_" for a dot at its start: nothing is hidden;
/// - has at most kMaxFileName bytes, cut between characters, and keeps its extension;
/// - is "download" where nothing is left.
/// A safe name stays as it is. Names that other systems reserve (CON, NUL) are left alone.
std::string safe_file_name(std::string_view name);

/// The safe name of what a URL's path ends with, percent-decoded; "download" where it ends with a slash.
std::string name_from_url(std::string_view url);

}  // namespace haul::model
