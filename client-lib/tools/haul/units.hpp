#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "haul/types.hpp"

namespace haul::cli {

/// "512 B", "1.0 KiB", "12.3 MiB", "345 GiB": three digits in IEC units.
std::string format_bytes(Bytes bytes);

/// "12.3 MiB/s".
std::string format_rate(double bytes_per_second);

/// "0:07", "12:34", "1:02:03", "3 d 04:05".
std::string format_duration(std::chrono::seconds time);

/// Three digits of a time that somebody waited: "850us", "12.3ms", "4.56s"; from ten minutes on as
/// format_duration.
std::string format_elapsed(std::chrono::microseconds time);

/// As parse_duration reads it, in the largest unit that takes it whole: "1500ms", "90s", "7d".
std::string format_setting(std::chrono::microseconds time);

/// Wall time in the local zone, to the second: "2024-05-01 13:04:05".
std::string format_time(Time time);

/// "1000", "64K", "64KiB", "1.5G", "10MB" (all units are powers of 1024 but KB, MB, GB, TB); nothing for what
/// is no size.
std::optional<Bytes> parse_bytes(std::string_view text);

/// A number with a unit out of us, ms, s, min, h, d: "500ms", "1.5h"; nothing for what is no duration.
std::optional<std::chrono::microseconds> parse_duration(std::string_view text);

}  // namespace haul::cli
