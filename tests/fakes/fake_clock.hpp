#pragma once

#include "ports/clock.hpp"

namespace haul::fakes {

/// Time that stands still until the test moves it.
class FakeClock final : public ports::Clock {
public:
    WallTime time = to_wall_time(1'700'000'000'000'000);
    std::optional<WallTime> alarm;  ///< as last asked for

    /// What the wall clock was set by since the machine was started.
    Duration set_by{};

    WallTime now() override { return time; }
    Duration since_boot() override { return time - to_wall_time(1'600'000'000'000'000) - set_by; }
    double jitter() override { return 0.5; }
    void set_alarm(std::optional<WallTime> asked) override { alarm = asked; }
};

}  // namespace haul::fakes
