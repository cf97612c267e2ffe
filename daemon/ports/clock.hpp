#pragma once

#include <optional>

#include "base/units.hpp"

namespace haul::ports {

/// The time, and a call at a time.
class Clock {
public:
    virtual ~Clock() = default;

    virtual WallTime now() = 0;
    /// Since the machine was started, also asleep (CLOCK_BOOTTIME).
    virtual Duration since_boot() = 0;
    /// A random number from 0 up to 1.
    virtual double jitter() = 0;
    /// Asks for one call of the control's `on_alarm` at this time, in place of any that was asked for before;
    /// without a time, for none.
    virtual void set_alarm(std::optional<WallTime> time) = 0;
};

}  // namespace haul::ports
