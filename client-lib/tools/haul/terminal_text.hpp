#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace haul::cli {

/// The text with control characters (C0, DEL and C1) and bytes that are not UTF-8 (RFC 3629) replaced by '?':
/// what others wrote must not steer the reader's terminal.
std::string printable(std::string_view text);

/// Whether all of it is UTF-8 (RFC 3629).
bool is_utf8(std::string_view text);

/// How many columns UTF-8 text takes on a terminal, as the locale's wcwidth(3) knows it.
std::size_t columns(std::string_view text);

/// The text cut to a width; where something was cut away it ends in "…".
std::string cut(std::string_view text, std::size_t width);

}  // namespace haul::cli
