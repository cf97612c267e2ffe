#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "progress.hpp"

namespace haul::cli {

/// What one line of progress says, about one task or several.
struct Meter {
    std::string label = {};
    Bytes done = 0;
    std::optional<Bytes> total = {};
    std::optional<double> bytes_per_second = {};
    std::optional<std::chrono::seconds> time_left = {};
    std::string note = {};  ///< why nothing moves; takes the place of rate and time left
};

/// One task's own meter, or the sum of several; `pending` is not empty.
Meter meter_of(const std::vector<Progress>& pending, std::size_t ended, Time now);

/// Whole percent, rounded down; absent while the length is not known.
std::optional<int> percent_of(const Meter& meter);

/// The meter with a bar, fitted to a terminal's width: what matters least goes first.
std::string terminal_line(const Meter& meter, std::size_t width);

/// The meter as a line of a log.
std::string plain_line(const Meter& meter);

}  // namespace haul::cli
