#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/units.hpp"

namespace haul::model {

/// Whether windows are open, and until when that stays so.
struct Opening {
    bool is_open = true;
    WallTime until = WallTime::max();
};

/// Parts of the week, in the machine's own time (tzset(3)): "22:00-06:00", "Mon-Fri 20:00-24:00; Sat,Sun
/// 00:00-24:00". A window that ends before it begins ends on the next day, and counts for the day on which it
/// begins. Where the clocks go forward over the whole of a window, it does not open on that day.
class Windows {
public:
    /// Errors: InvalidArgument, with what is wrong with the text.
    static Result<Windows> parse(std::string_view text);

    Opening at(WallTime now) const;

private:
    struct Window {
        std::uint8_t days = 0;  ///< a bit for each, from Sunday on
        int begin = 0;          ///< minutes of the day
        int end = 0;            ///< likewise, and up to two days' on the next one
    };
    struct Interval {
        WallTime begin;
        WallTime end;
    };

    static Result<Window> parse_window(std::string_view text);
    std::vector<Interval> around(WallTime now) const;

    std::vector<Window> windows_;
};

}  // namespace haul::model
