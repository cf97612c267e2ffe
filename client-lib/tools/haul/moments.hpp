#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "haul/types.hpp"

namespace haul::cli {

/// The wall clock, to the microsecond.
Time wall_now();

/// A time that is to come or gone, as people say it: "12 s", "5 min", "3 h 20 min", "2 d 3 h".
std::string format_span(std::chrono::microseconds time);

/// Wall time in the local zone, and how far it is away: "2027-05-01 22:00:00, in 5 min", "…, 5 min ago".
std::string format_moment(Time time, Time now);

/// A time in the local zone: "2027-05-01 22:00", with seconds or without a time of the day (its beginning),
/// with a "T" for the space; "22:00" is the next such time after `now`; "@SECONDS" counts since 1970 (UTC).
/// Nothing for what is none of these.
std::optional<Time> parse_moment(std::string_view text, Time now);

}  // namespace haul::cli
