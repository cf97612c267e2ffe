#pragma once

#include <algorithm>
#include <chrono>

#include "base/units.hpp"

namespace haul::model {

/// Keeps a rate: tokens for bytes come in steadily, and what they paid for may pass. A little may be saved
/// up, and what has passed already may leave a debt.
class TokenBucket {
public:
    TokenBucket(Bytes per_second, std::chrono::steady_clock::time_point now)
        : rate_(static_cast<double>(per_second)), refilled_at_(now) {}

    void refill(std::chrono::steady_clock::time_point now) {
        std::chrono::duration<double> time = now - refilled_at_;
        refilled_at_ = now;
        tokens_ = std::min(tokens_ + rate_ * time.count(), rate_ * kSavedSeconds);
    }
    bool is_empty() const { return tokens_ <= 0; }
    void take(Bytes bytes) { tokens_ -= static_cast<double>(bytes); }

private:
    static constexpr double kSavedSeconds = 0.1;

    double rate_;
    double tokens_ = 0;
    std::chrono::steady_clock::time_point refilled_at_;
};

}  // namespace haul::model
