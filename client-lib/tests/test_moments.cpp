#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <ctime>

#include "moments.hpp"
#include "units.hpp"

namespace haul::cli {

namespace {

using namespace std::chrono_literals;

/// Times in the zone of Berlin, whose clocks go forward on 2027-03-28 at 02:00.
class Moments : public testing::Test {
protected:
    void SetUp() override {
        ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
        ::tzset();
    }
    void TearDown() override {
        ::unsetenv("TZ");
        ::tzset();
    }

    static std::string read(std::string_view text) {
        const auto moment = parse_moment(text, kNow);
        return moment ? format_time(*moment) : "none";
    }

    static constexpr Time kNow{1'806'000'000s};  ///< 2027-03-25 19:40:00 there
};

TEST(Spans, HaveTwoUnitsAtMost) {
    EXPECT_EQ(format_span(0s), "0 s");
    EXPECT_EQ(format_span(100ms), "1 s");
    EXPECT_EQ(format_span(59s), "59 s");
    EXPECT_EQ(format_span(60s), "1 min");
    EXPECT_EQ(format_span(5min), "5 min");
    EXPECT_EQ(format_span(59min + 31s), "1 h");
    EXPECT_EQ(format_span(3h + 20min), "3 h 20 min");
    EXPECT_EQ(format_span(24h), "1 d");
    EXPECT_EQ(format_span(51h), "2 d 3 h");
}

TEST_F(Moments, SayHowFarTheyAreAway) {
    EXPECT_EQ(format_moment(kNow + 5min, kNow), "2027-03-25 19:45:00, in 5 min");
    EXPECT_EQ(format_moment(kNow - 51h, kNow), "2027-03-23 16:40:00, 2 d 3 h ago");
}

TEST_F(Moments, TimesOfTheDayAreTheNextOnes) {
    EXPECT_EQ(read("22:00"), "2027-03-25 22:00:00");
    EXPECT_EQ(read("22:00:30"), "2027-03-25 22:00:30");
    EXPECT_EQ(read("19:40"), "2027-03-26 19:40:00");
    EXPECT_EQ(read("06:00"), "2027-03-26 06:00:00");
}

TEST_F(Moments, DaysMayHaveATime) {
    EXPECT_EQ(read("2027-05-01"), "2027-05-01 00:00:00");
    EXPECT_EQ(read("2027-05-01 22:00"), "2027-05-01 22:00:00");
    EXPECT_EQ(read("2027-05-01 22:00:07"), "2027-05-01 22:00:07");
    EXPECT_EQ(read("2027-05-01T22:00"), "2027-05-01 22:00:00");
    EXPECT_EQ(read("2020-01-01"), "2020-01-01 00:00:00");
}

TEST_F(Moments, SecondsSince1970AreUtc) {
    EXPECT_EQ(parse_moment("@1806000001", kNow), kNow + 1s);
    EXPECT_EQ(read("@253402300800"), "none");
    EXPECT_EQ(read("@18446744073709551616"), "none");
}

TEST_F(Moments, WhatIsNoTimeIsNone) {
    for (const auto* text : {"", "tomorrow", "25:00", "22", "22:60", "22:00x", "2027-02-30", "2027-13-01",
                             "2027-03-28 02:30", "2027-05-01 22", "-1", "@", "@-1"})
        EXPECT_EQ(read(text), "none") << text;
}

}  // namespace

}  // namespace haul::cli
