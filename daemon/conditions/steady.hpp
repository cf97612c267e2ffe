#pragma once

#include <optional>

#include "base/units.hpp"

namespace haul::conditions {

/// A value that gets worse at once, but better only when it has not got worse for a moment: while it flaps,
/// the worst counts. Times are since any moment that stays the same.
template <class T>
class Steady {
public:
    static constexpr Duration kCalm = std::chrono::seconds{1};

    /// `badness`: 0 is the best.
    void note(T value, int badness, Duration now) {
        if (badness > badness_) worsened_ = now;
        value_ = value;
        badness_ = badness;
        if (badness_ >= shown_badness_) show();
        settle(now);
    }
    /// When the better value shows; nothing where it does, or is no better.
    std::optional<Duration> due() const {
        if (badness_ >= shown_badness_) return std::nullopt;
        return worsened_ + kCalm;
    }
    void settle(Duration now) {
        if (auto time = due(); time && *time <= now) show();
    }
    const T& shown() const { return shown_; }

private:
    void show() {
        shown_ = value_;
        shown_badness_ = badness_;
    }

    T value_{};
    T shown_{};
    int badness_ = 0;
    int shown_badness_ = 0;
    Duration worsened_{};  ///< the last time
};

}  // namespace haul::conditions
