#pragma once

#include <algorithm>
#include <cstdint>

#include "base/units.hpp"

namespace haul::model {

struct Backoff {
    Duration first;  ///< the upper end of the first delay
    Duration most;   ///< no delay is longer
};

inline constexpr Duration kShortestAskedDelay = std::chrono::seconds{1};
inline constexpr Duration kLongestAskedDelay = std::chrono::hours{24};

/// The delay after the n-th failure in a row (from 1): exponential with full jitter, that is, anything
/// between nothing and the exponential's value. `jitter` is a random number from 0 up to 1.
inline Duration retry_delay(const Backoff& backoff, std::uint32_t failures, double jitter) {
    auto doublings = std::min<std::uint32_t>(failures == 0 ? 0 : failures - 1, 32);
    auto ceiling = backoff.most;
    if (backoff.first.count() < (backoff.most.count() >> doublings))
        ceiling = Duration{backoff.first.count() << doublings};
    return Duration{static_cast<std::int64_t>(static_cast<double>(ceiling.count()) * jitter)};
}

/// The delay that a server asked for with Retry-After (RFC 9110, 10.2.3), within bounds.
inline Duration asked_delay(Duration asked) {
    return std::clamp(asked, kShortestAskedDelay, kLongestAskedDelay);
}

}  // namespace haul::model
