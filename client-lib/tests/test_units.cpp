#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

#include "units.hpp"

namespace haul::cli {

namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

TEST(Units, BytesHaveThreeDigits) {
    EXPECT_EQ(format_bytes(0), "0 B");
    EXPECT_EQ(format_bytes(1023), "1023 B");
    EXPECT_EQ(format_bytes(1024), "1.0 KiB");
    EXPECT_EQ(format_bytes(1536), "1.5 KiB");
    EXPECT_EQ(format_bytes(102'400), "100 KiB");
    EXPECT_EQ(format_bytes(1'048'000), "1023 KiB");
    EXPECT_EQ(format_bytes(Bytes{1} << 30), "1.0 GiB");
    EXPECT_EQ(format_bytes(std::numeric_limits<Bytes>::max()), "16.0 EiB");
}

TEST(Units, BytesAreNeverRoundedUpToTheNextUnitsLimit) {
    EXPECT_EQ(format_bytes(1024 * 1024 - 1), "1.0 MiB");
}

TEST(Units, RatesArePerSecondAndNotNegative) {
    EXPECT_EQ(format_rate(2048), "2.0 KiB/s");
    EXPECT_EQ(format_rate(-5), "0 B/s");
}

TEST(Units, DurationsGrowFromMinutesToDays) {
    EXPECT_EQ(format_duration(seconds(7)), "0:07");
    EXPECT_EQ(format_duration(seconds(754)), "12:34");
    EXPECT_EQ(format_duration(seconds(3723)), "1:02:03");
    EXPECT_EQ(format_duration(seconds(3 * 86'400 + 4 * 3600 + 5 * 60)), "3 d 04:05");
    EXPECT_EQ(format_duration(seconds(-1)), "0:00");
}

TEST(Units, ElapsedTimesHaveThreeDigits) {
    EXPECT_EQ(format_elapsed(microseconds(0)), "0us");
    EXPECT_EQ(format_elapsed(microseconds(850)), "850us");
    EXPECT_EQ(format_elapsed(microseconds(1'234)), "1.23ms");
    EXPECT_EQ(format_elapsed(microseconds(12'345)), "12.3ms");
    EXPECT_EQ(format_elapsed(microseconds(999'499)), "999ms");
    EXPECT_EQ(format_elapsed(microseconds(999'999)), "1.00s");
    EXPECT_EQ(format_elapsed(seconds(62)), "62.0s");
    EXPECT_EQ(format_elapsed(seconds(599)), "599s");
    EXPECT_EQ(format_elapsed(seconds(600)), "10:00");
    EXPECT_EQ(format_elapsed(microseconds(-5)), "0us");
}

TEST(Units, SizesAreReadWithTheirUnit) {
    EXPECT_EQ(parse_bytes("0"), 0U);
    EXPECT_EQ(parse_bytes("1000"), 1000U);
    EXPECT_EQ(parse_bytes("64K"), 65'536U);
    EXPECT_EQ(parse_bytes("64 KiB"), 65'536U);
    EXPECT_EQ(parse_bytes("10MB"), 10'000'000U);
    EXPECT_EQ(parse_bytes("1.5G"), 1'610'612'736U);
}

TEST(Units, WhatIsNoSizeIsRefused) {
    for (const char* text : {"", "K", "-1", "10X", "1e3", "1 000", "0x10", "nan", "9999999T"}) {
        EXPECT_EQ(parse_bytes(text), std::nullopt) << text;
    }
}

TEST(Units, DurationsAreReadWithTheirUnit) {
    EXPECT_EQ(parse_duration("500ms"), microseconds(500'000));
    EXPECT_EQ(parse_duration("0s"), microseconds(0));
    EXPECT_EQ(parse_duration("5min"), microseconds(300'000'000));
    EXPECT_EQ(parse_duration("1.5h"), microseconds(5'400'000'000));
    EXPECT_EQ(parse_duration("7d"), microseconds(604'800'000'000));
}

TEST(Units, SettingsAreWrittenAsTheyAreRead) {
    for (const char* text : {"0s", "7us", "1500ms", "90s", "5min", "36h", "7d"}) {
        EXPECT_EQ(format_setting(parse_duration(text).value()), text);
    }
    EXPECT_EQ(format_setting(seconds(86'400)), "1d");
}

TEST(Units, WhatIsNoDurationIsRefused) {
    for (const char* text : {"", "5", "s", "-1s", "5m", "5 weeks", "inf s", "1e30d"}) {
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
    }
}

}  // namespace

}  // namespace haul::cli
