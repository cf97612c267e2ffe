#pragma once

#include <chrono>
#include <optional>

#include "haul/types.hpp"

namespace haul::cli {

/// Tells how fast a transfer is from what it had done at several moments: an exponential average that forgets
/// with a time constant of five seconds. A count that goes back (the transfer began again) starts it anew.
class RateMeter {
public:
    using Clock = std::chrono::steady_clock;

    void add(Bytes done, Clock::time_point now);

    /// Absent until two moments are known.
    std::optional<double> bytes_per_second() const { return rate_; }

    /// Absent where the length or the rate is not known, or nothing moves.
    std::optional<std::chrono::seconds> time_left(Bytes done, std::optional<Bytes> total) const;

private:
    struct Sample {
        Bytes done;
        Clock::time_point time;
    };

    std::optional<Sample> last_;
    std::optional<double> rate_;
};

}  // namespace haul::cli
