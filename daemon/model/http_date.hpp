#pragma once

#include <optional>
#include <string_view>

#include "base/units.hpp"

namespace haul::model {

/// A date in the form that servers have to send, "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7:
/// IMF-fixdate). No value where it is anything else; the day of the week is not compared with the date.
std::optional<WallTime> parse_http_date(std::string_view text);

}  // namespace haul::model
