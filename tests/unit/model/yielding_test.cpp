// Background transfers beside foreground ones, on lines that are their common bottleneck or not.

#include "model/yielding.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace haul::model {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A line over which both go. The foreground's server has a speed of its own; the background takes what it is
/// allowed, and the line takes off both alike what is too much for it.
class Line {
public:
    double capacity = 10e6;
    double server = 1e12;
    double foreground = 0;
    double background = 0;

    void run(std::chrono::milliseconds time, Yielding& yielding) {
        for (auto end = now + time; now < end; now += kStep) {
            yielding.turn(now);
            auto wanted = yielding.rate() ? static_cast<double>(*yielding.rate()) : capacity;
            auto part = kStep.count() / 1000.0;
            auto background_speed = std::min(wanted, capacity);
            auto foreground_speed = std::min(server, capacity - std::min(background_speed, capacity / 2));
            background_speed = std::min(background_speed, capacity - foreground_speed);
            foreground += foreground_speed * part;
            background += background_speed * part;
            if (foreground_speed > 0) yielding.count(static_cast<Bytes>(foreground_speed * part));
        }
    }

    Yielding::Instant now{std::chrono::hours{1}};

private:
    static constexpr milliseconds kStep{20};
};

TEST(Yielding, ThereIsNoLimitWithoutForeground) {
    Yielding yielding;
    Line line;
    line.server = 0;
    line.run(seconds{5}, yielding);
    EXPECT_EQ(yielding.rate(), std::nullopt);
}

TEST(Yielding, TheForegroundKeepsItsSpeedOnASharedLine) {
    Yielding yielding;
    Line line;
    line.run(seconds{120}, yielding);
    EXPECT_GT(line.foreground / 120, 0.92 * line.capacity);
    EXPECT_GT(line.background / 120, 0.02 * line.capacity) << "nor does the background starve";
}

TEST(Yielding, WhatASlowForegroundLeavesTheBackgroundGets) {
    Yielding yielding;
    Line line;
    line.server = 200'000;
    line.run(seconds{60}, yielding);
    EXPECT_GT(line.foreground / 60, 0.95 * line.server);
    EXPECT_GT(line.background / 60, 0.5 * line.capacity);
}

TEST(Yielding, TheShareIsSmallAgainWhenAnotherForegroundTransferBegins) {
    Yielding yielding;
    Line line;
    line.server = 200'000;
    line.run(seconds{60}, yielding);
    yielding.begin_anew();
    line.run(milliseconds{100}, yielding);
    EXPECT_LE(yielding.rate().value(), 16 * 1024U);
}

TEST(Yielding, TheLimitGoesASecondAfterTheForeground) {
    Yielding yielding;
    Line line;
    line.run(seconds{5}, yielding);
    line.server = 0;
    line.run(milliseconds{900}, yielding);
    EXPECT_TRUE(yielding.rate().has_value());
    line.run(milliseconds{200}, yielding);
    EXPECT_EQ(yielding.rate(), std::nullopt);
}

}  // namespace
}  // namespace haul::model
