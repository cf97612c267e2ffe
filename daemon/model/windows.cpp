#include "model/windows.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <optional>
#include <string>

#include "model/header_scanner.hpp"
#include "model/text.hpp"

namespace haul::model {
namespace {

constexpr int kMinutesOfDay = 24 * 60;
constexpr std::size_t kMostWindows = 32;
constexpr int kDaysAhead = 15;  // one week may lose its window to the clocks that go forward
constexpr std::array<std::string_view, 7> kWeekdays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

tl::unexpected<Error> refuse_window(std::string_view what) {
    return fail(ErrorCode::InvalidArgument,
                std::string{what} +
                    ": write windows as 22:00-06:00 or Mon-Fri 20:00-24:00, several with ; between them");
}

std::optional<int> parse_two_digits(std::string_view digits) {
    int number = 0;
    bool is_number = digits.size() == 2 && digits.find_first_not_of("0123456789") == digits.npos;
    if (is_number) std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return is_number ? std::optional{number} : std::nullopt;
}

/// Minutes of the day; 24:00 is its end.
std::optional<int> parse_time(std::string_view text) {
    auto colon = text.find(':');
    if (colon == text.npos) return std::nullopt;
    auto hours = parse_two_digits(text.substr(0, colon));
    auto minutes = parse_two_digits(text.substr(colon + 1));
    if (!hours || !minutes || *minutes > 59) return std::nullopt;
    auto time = *hours * 60 + *minutes;
    return time <= kMinutesOfDay ? std::optional{time} : std::nullopt;
}

std::optional<std::size_t> parse_day(std::string_view text) {
    auto lower = to_lower(std::string{text});
    const auto* found = std::find(kWeekdays.begin(), kWeekdays.end(), lower);
    if (found == kWeekdays.end()) return std::nullopt;
    return static_cast<std::size_t>(found - kWeekdays.begin());
}

/// "Mon-Fri,Sun" as bits.
std::optional<std::uint8_t> parse_days(std::string_view text) {
    std::uint32_t days = 0;
    for (const auto& range : split(text, ',')) {
        std::string_view view{range};
        auto dash = view.find('-');
        auto first = parse_day(view.substr(0, dash));
        auto last = dash == view.npos ? first : parse_day(view.substr(dash + 1));
        if (!first || !last) return std::nullopt;
        for (auto day = *first;; day = (day + 1) % kWeekdays.size()) {
            days |= 1U << day;
            if (day == *last) break;
        }
    }
    return static_cast<std::uint8_t>(days);
}

WallTime to_time(std::tm day, int days_on, int minutes) {
    day.tm_mday += days_on + minutes / kMinutesOfDay;
    day.tm_hour = minutes % kMinutesOfDay / 60;
    day.tm_min = minutes % 60;
    day.tm_sec = 0;
    day.tm_isdst = -1;
    return WallTime{std::chrono::seconds{std::mktime(&day)}};
}

}  // namespace

Result<Windows> Windows::parse(std::string_view text) {
    Windows windows;
    for (const auto& part : split(text, ';')) windows.windows_.push_back(TRY(parse_window(trim(part))));
    if (windows.windows_.empty()) return refuse_window("there is no window in it");
    if (windows.windows_.size() > kMostWindows)
        return refuse_window("there are more than " + std::to_string(kMostWindows) + " windows in it");
    return windows;
}

Result<Windows::Window> Windows::parse_window(std::string_view text) {
    Window window;
    window.days = 0x7f;
    if (auto space = text.find(' '); space != text.npos) {
        auto days = parse_days(text.substr(0, space));
        if (!days) return refuse_window("\"" + shorten(text, 64) + "\" does not begin with days");
        window.days = *days;
        text = trim(text.substr(space + 1));
    }
    auto dash = text.find('-');
    auto begin = parse_time(text.substr(0, dash));
    auto end = dash == text.npos ? std::nullopt : parse_time(text.substr(dash + 1));
    if (!begin || !end || *begin == kMinutesOfDay)
        return refuse_window("\"" + shorten(text, 64) + "\" is no window");
    if (*begin == *end) return refuse_window("\"" + std::string{text} + "\" never opens");
    window.begin = *begin;
    window.end = *end < *begin ? *end + kMinutesOfDay : *end;
    return window;
}

/// Yesterday's and those of the days to come, by their beginning.
std::vector<Windows::Interval> Windows::around(WallTime now) const {
    auto seconds = static_cast<std::time_t>(to_usec(now) / 1'000'000);
    std::tm today{};
    localtime_r(&seconds, &today);
    std::vector<Interval> intervals;
    for (int day = -1; day <= kDaysAhead; ++day) {
        auto weekday = (today.tm_wday + day + 7) % 7;
        for (const auto& window : windows_) {
            if (((window.days >> weekday) & 1) == 0) continue;
            Interval interval{to_time(today, day, window.begin), to_time(today, day, window.end)};
            if (interval.begin < interval.end) intervals.push_back(interval);
        }
    }
    std::sort(intervals.begin(), intervals.end(),
              [](const auto& a, const auto& b) { return a.begin < b.begin; });
    return intervals;
}

Opening Windows::at(WallTime now) const {
    Opening opening{.is_open = false, .until = now + std::chrono::days{kDaysAhead}};
    for (const auto& interval : around(now)) {
        if (interval.end <= now) continue;
        if (!opening.is_open && interval.begin > now) {
            opening.until = interval.begin;
            break;
        }
        if (opening.is_open && interval.begin > opening.until) break;
        opening.until = opening.is_open ? std::max(opening.until, interval.end) : interval.end;
        opening.is_open = true;
    }
    return opening;
}

}  // namespace haul::model
