#include "rate_meter.hpp"

#include <cmath>

namespace haul::cli {

namespace {
constexpr std::chrono::duration<double> kMemory{5.0};
/// Nobody waits longer than a hundred days for a number to come true.
constexpr double kLongestSeconds = 8'640'000;
}  // namespace

void RateMeter::add(Bytes done, Clock::time_point now) {
    if (!last_ || done < last_->done) {
        last_ = {.done = done, .time = now};
        rate_.reset();
        return;
    }
    const std::chrono::duration<double> elapsed = now - last_->time;
    if (elapsed.count() <= 0) return;
    const double current = static_cast<double>(done - last_->done) / elapsed.count();
    const double weight = 1 - std::exp(-elapsed / kMemory);
    rate_ = rate_ ? *rate_ + weight * (current - *rate_) : current;
    last_ = {.done = done, .time = now};
}

std::optional<std::chrono::seconds> RateMeter::time_left(Bytes done, std::optional<Bytes> total) const {
    if (!total || !rate_ || *rate_ < 1 || *total < done) return std::nullopt;
    const double seconds = static_cast<double>(*total - done) / *rate_;
    if (seconds > kLongestSeconds) return std::nullopt;
    return std::chrono::seconds(std::llround(std::ceil(seconds)));
}

}  // namespace haul::cli
