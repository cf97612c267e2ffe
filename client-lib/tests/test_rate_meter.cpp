#include <gtest/gtest.h>

#include "rate_meter.hpp"

namespace haul::cli {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr RateMeter::Clock::time_point kStart{std::chrono::hours(1)};

TEST(RateMeter, KnowsNothingFromOneMoment) {
    RateMeter meter;
    EXPECT_EQ(meter.bytes_per_second(), std::nullopt);
    meter.add(1000, kStart);
    EXPECT_EQ(meter.bytes_per_second(), std::nullopt);
    EXPECT_EQ(meter.time_left(1000, 2000), std::nullopt);
}

TEST(RateMeter, BytesThatWereThereAtTheStartDoNotCount) {
    RateMeter meter;
    meter.add(1'000'000, kStart);
    meter.add(1'001'000, kStart + seconds(1));
    EXPECT_DOUBLE_EQ(meter.bytes_per_second().value(), 1000);
}

TEST(RateMeter, FollowsASteadyTransferExactly) {
    RateMeter meter;
    for (int i = 0; i <= 20; ++i) meter.add(static_cast<Bytes>(500 * i), kStart + milliseconds(500) * i);
    EXPECT_NEAR(meter.bytes_per_second().value(), 1000, 1e-6);
    EXPECT_EQ(meter.time_left(10'000, 25'000), seconds(15));
}

TEST(RateMeter, ForgetsTheOldRateWithinSeconds) {
    RateMeter meter;
    meter.add(0, kStart);
    meter.add(100'000, kStart + seconds(1));
    for (int i = 2; i <= 21; ++i) meter.add(100'000 + static_cast<Bytes>(i), kStart + seconds(i));
    EXPECT_LT(meter.bytes_per_second().value(), 100'000 * 0.02);
}

TEST(RateMeter, BeginsAnewWhenTheTransferDoes) {
    RateMeter meter;
    meter.add(0, kStart);
    meter.add(100'000, kStart + seconds(1));
    meter.add(10, kStart + seconds(2));
    EXPECT_EQ(meter.bytes_per_second(), std::nullopt);
    meter.add(510, kStart + seconds(3));
    EXPECT_DOUBLE_EQ(meter.bytes_per_second().value(), 500);
}

TEST(RateMeter, IgnoresAMomentThatDoesNotAdvance) {
    RateMeter meter;
    meter.add(0, kStart);
    meter.add(500, kStart);
    EXPECT_EQ(meter.bytes_per_second(), std::nullopt);
}

TEST(RateMeter, HasNoTimeLeftWithoutALengthOrAMovement) {
    RateMeter meter;
    meter.add(0, kStart);
    meter.add(0, kStart + seconds(1));
    EXPECT_EQ(meter.time_left(0, 100), std::nullopt);
    meter.add(50, kStart + seconds(2));
    EXPECT_EQ(meter.time_left(50, std::nullopt), std::nullopt);
    EXPECT_EQ(meter.time_left(101, 100), std::nullopt);
}

}  // namespace

}  // namespace haul::cli
