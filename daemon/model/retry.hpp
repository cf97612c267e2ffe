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

/// The delay after the n-th time in a row (from 1): the first one, doubled with each, as far as the most.
inline Duration doubled_delay(const Backoff& backoff, std::uint32_t times) {
    auto doublings = std::min<std::uint32_t>(times == 0 ? 0 : times - 1, 32);
    bool is_most = backoff.first.count() >= (backoff.most.count() >> doublings);
    return is_most ? backoff.most : Duration{backoff.first.count() << doublings};
}

/// A part of the span, drawn at random: `jitter` is a random number from 0 up to 1.
inline Duration spread(Duration span, double jitter) {
    return Duration{static_cast<std::int64_t>(static_cast<double>(span.count()) * jitter)};
}

/// The delay after the n-th failure in a row (from 1): exponential with full jitter, that is, anything
/// between nothing and the exponential's value. `jitter` is a random number from 0 up to 1.
inline Duration retry_delay(const Backoff& backoff, std::uint32_t failures, double jitter) {
    return spread(doubled_delay(backoff, failures), jitter);
}

/// The delay that a server asked for with Retry-After (RFC 9110, 10.2.3), within bounds.
inline Duration asked_delay(Duration asked) {
    return std::clamp(asked, kShortestAskedDelay, kLongestAskedDelay);
}

}  // namespace haul::model
