#include "model/yielding.hpp"

#include <algorithm>
#include <utility>

namespace haul::model {
namespace {

constexpr auto kLinger = std::chrono::seconds{1};  // without a byte, and the foreground is at rest
constexpr auto kWindow = std::chrono::seconds{1};  // over which speed is measured
constexpr double kShare = 0.04;                    // of the foreground's speed
constexpr double kFloor = 16 * 1024;               // bytes a second: no server should lose its patience
constexpr double kRise = 1.5;
constexpr double kMostRate = 1e12;
constexpr double kUnharmed = 0.95;   // of the reference: the foreground is as fast as without us
constexpr int kFirstRestraint = 2;   // windows
constexpr int kFirstPatience = 4;    // likewise
constexpr int kMostPatience = 32;    // likewise
constexpr int kRisesThatProve = 10;  // that much more was moved, and nobody suffered
constexpr double kSmoothing = 0.1;

}  // namespace

void Yielding::turn(Instant now) {
    if (std::exchange(has_news_, false)) active_at_ = now;
    bool was_active = is_active_;
    is_active_ = now - active_at_ < kLinger && active_at_ != Instant{};
    if (!is_active_) {
        is_measuring_ = false;
        moved_ = 0;
        return;
    }
    if (!is_measuring_) {
        is_measuring_ = true;
        window_start_ = now;
        moved_ = 0;
        patience_ = kFirstPatience;
        restrain(was_active ? reference_ : 0, kFirstRestraint);
    }
    std::chrono::duration<double> time = now - window_start_;
    if (time < kWindow) return;
    auto speed = std::exchange(moved_, 0) / time.count();
    window_start_ = now;
    end_window(speed);
}

void Yielding::end_window(double speed) {
    if (restrained_ > 0) {
        --restrained_;
        reference_ = speed;
        rate_ = std::max(kFloor, kShare * speed);
    } else if (speed >= kUnharmed * reference_) {
        if (speed > reference_) reference_ += kSmoothing * (speed - reference_);
        rate_ = std::min(rate_ * kRise, kMostRate);
        if (++rises_ == kRisesThatProve) patience_ = kFirstPatience;
    } else {
        restrain(speed, patience_);
        patience_ = std::min(2 * patience_, kMostPatience);
    }
}

void Yielding::restrain(double speed, int windows) {
    rate_ = std::max(kFloor, kShare * speed);
    restrained_ = windows;
    rises_ = 0;
}

std::optional<Bytes> Yielding::rate() const {
    return is_active_ ? std::optional{static_cast<Bytes>(rate_)} : std::nullopt;
}

}  // namespace haul::model
