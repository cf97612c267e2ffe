#pragma once

#include <chrono>
#include <optional>

#include "base/units.hpp"

namespace haul::model {

/// How much background transfers may move together while foreground ones are at work: a small share of what
/// those move, and more, step by step, for as long as the foreground does not get slower for it. When it
/// does, the share is small again for a while, which gets longer each time.
///
/// So a bottleneck that both share is the foreground's, and a background transfer beside a slow server's
/// foreground one is not held up for nothing.
class Yielding {
public:
    using Instant = std::chrono::steady_clock::time_point;

    /// A foreground transfer has moved bytes.
    void count(Bytes bytes) {
        moved_ += static_cast<double>(bytes);
        has_news_ = true;
    }
    /// One began or ended: what the foreground moved before says nothing any more.
    void begin_anew() {
        is_measuring_ = false;
        has_news_ = true;
    }
    /// Goes by what has been counted. To be called often while there are background transfers.
    void turn(Instant now);
    /// Bytes a second; no value: no foreground transfer has moved anything for a second.
    std::optional<Bytes> rate() const;

private:
    void end_window(double speed);
    void restrain(double speed, int windows);

    double rate_ = 0;
    double reference_ = 0;  ///< what the foreground moves in a second when the share is small
    double moved_ = 0;      ///< in this window
    Instant window_start_;
    Instant active_at_;
    int restrained_ = 0;  ///< windows for which the share stays small
    int patience_ = 0;    ///< and for which it will next time
    int rises_ = 0;       ///< in a row
    bool has_news_ = false;
    bool is_active_ = false;
    bool is_measuring_ = false;
};

}  // namespace haul::model
