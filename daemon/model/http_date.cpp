#include "model/http_date.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace haul::model {
namespace {

constexpr std::array<std::string_view, 7> kDays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::string_view kForm = "DDD, 00 MMM 0000 00:00:00 GMT";

/// Whether a text has digits where the form has a 0, anything where that has D or M, and else the same.
bool has_form(std::string_view text) {
    return text.size() == kForm.size() &&
           std::equal(text.begin(), text.end(), kForm.begin(), [](char c, char form) {
               if (form == '0') return c >= '0' && c <= '9';
               return form == c || ((form == 'D' || form == 'M') && c >= 'A' && c <= 'z');
           });
}

int digits(std::string_view text) {
    int number = 0;
    for (char c : text) number = number * 10 + (c - '0');
    return number;
}

}  // namespace

std::optional<WallTime> parse_http_date(std::string_view text) {
    // The form's D and M stand for letters, and so does the M of "GMT".
    if (!has_form(text) || !text.ends_with(" GMT")) return std::nullopt;
    const auto* month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
    if (std::find(kDays.begin(), kDays.end(), text.substr(0, 3)) == kDays.end() || month == kMonths.end())
        return std::nullopt;
    std::chrono::year_month_day date{std::chrono::year{digits(text.substr(12, 4))},
                                     std::chrono::month{static_cast<unsigned>(month - kMonths.begin()) + 1},
                                     std::chrono::day{static_cast<unsigned>(digits(text.substr(5, 2)))}};
    int hour = digits(text.substr(17, 2)), minute = digits(text.substr(20, 2));
    int second = digits(text.substr(23, 2));
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second};
}

}  // namespace haul::model
