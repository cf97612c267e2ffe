#include "moments.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <ctime>

#include "option_values.hpp"
#include "units.hpp"

namespace haul::cli {

namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::uint64_t kLatest = 253'402'300'800;  ///< seconds since 1970 at the beginning of the year 10000

Time to_time(std::time_t clock) {
    return Time(seconds(clock));
}

std::tm local_parts(Time time) {
    const auto clock = static_cast<std::time_t>(std::chrono::floor<seconds>(time).time_since_epoch().count());
    std::tm parts{};
    localtime_r(&clock, &parts);
    return parts;
}

/// Reads all of the text by a format of strptime(3) into `parts`.
bool read_all(const std::string& text, const char* format, std::tm& parts) {
    const char* end = ::strptime(text.c_str(), format, &parts);
    return end && *end == '\0';
}

/// The local time that the parts name; nothing where there is none such (February 30th, or an hour that the
/// clocks skip).
std::optional<Time> to_moment(std::tm parts) {
    const auto wanted = parts;
    parts.tm_isdst = -1;
    const auto clock = std::mktime(&parts);
    const bool is_kept =
        parts.tm_mday == wanted.tm_mday && parts.tm_hour == wanted.tm_hour && parts.tm_min == wanted.tm_min;
    return clock > 0 && is_kept ? std::optional(to_time(clock)) : std::nullopt;
}

/// The next such time of the day: today's, else tomorrow's.
std::optional<Time> next_time_of_day(const std::tm& time, Time now) {
    auto parts = local_parts(now);
    parts.tm_hour = time.tm_hour;
    parts.tm_min = time.tm_min;
    parts.tm_sec = time.tm_sec;
    parts.tm_isdst = -1;
    auto today = parts;
    if (const auto moment = to_time(std::mktime(&today)); moment > now) return moment;
    ++parts.tm_mday;
    return to_time(std::mktime(&parts));
}

std::string in_units(std::int64_t count, const char* unit, std::int64_t rest, const char* rest_unit) {
    const auto text = std::to_string(count) + " " + unit;
    return rest == 0 ? text : text + " " + std::to_string(rest) + " " + rest_unit;
}

}  // namespace

Time wall_now() {
    return std::chrono::floor<microseconds>(std::chrono::system_clock::now());
}

std::string format_span(microseconds time) {
    const auto total = std::chrono::ceil<seconds>(time).count();
    if (total < 60) return std::to_string(total) + " s";
    const auto minutes = (total + 30) / 60;
    if (minutes < 60) return std::to_string(minutes) + " min";
    if (minutes < 24 * 60) return in_units(minutes / 60, "h", minutes % 60, "min");
    const auto hours = (minutes + 30) / 60;
    return in_units(hours / 24, "d", hours % 24, "h");
}

std::string format_moment(Time time, Time now) {
    const auto text = format_time(time) + ", ";
    return time > now ? text + "in " + format_span(time - now) : text + format_span(now - time) + " ago";
}

std::optional<Time> parse_moment(std::string_view text, Time now) {
    const std::string words(text);
    if (text.starts_with('@')) {
        const auto count = parse_count(text.substr(1));
        if (!count || *count >= kLatest) return std::nullopt;
        return Time(seconds(static_cast<std::int64_t>(*count)));
    }
    for (const char* format : {"%H:%M", "%H:%M:%S"}) {
        std::tm parts{};
        if (read_all(words, format, parts)) return next_time_of_day(parts, now);
    }
    for (const char* format :
         {"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"}) {
        std::tm parts{};
        if (read_all(words, format, parts)) return to_moment(parts);
    }
    return std::nullopt;
}

}  // namespace haul::cli
