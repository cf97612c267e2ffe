#include <gtest/gtest.h>

#include "limit_values.hpp"

namespace haul::cli {

namespace {

std::optional<std::uint64_t> read(std::string_view name, std::string_view text) {
    return parse_limit(kind_of_limit(name), text);
}

std::string shown(std::string_view name, std::uint64_t value) {
    return format_limit(kind_of_limit(name), value);
}

TEST(LimitValues, RatesAreSizesForEachSecond) {
    EXPECT_EQ(read("max-rate", "5M"), 5U << 20U);
    EXPECT_EQ(read("max-rate@Mon-Fri 08:00-18:00", "500K/s"), 512'000U);
    EXPECT_EQ(read("max-rate", "0"), 0U);
    EXPECT_EQ(read("max-rate", "none"), 0U);
    EXPECT_EQ(read("max-rate", "quick"), std::nullopt);
    EXPECT_EQ(shown("max-rate", 5U << 20U), "5.0 MiB/s");
    EXPECT_EQ(shown("max-rate@22:00-06:00", 0), "none");
}

TEST(LimitValues, OthersAreNumbersOrSizes) {
    EXPECT_EQ(read("active-transfers", "32"), 32U);
    EXPECT_EQ(read("active-transfers", "32K"), std::nullopt);
    EXPECT_EQ(read("active-transfers", "-1"), std::nullopt);
    EXPECT_EQ(read("something-new", "7"), 7U);
    EXPECT_EQ(read("spool-bytes-per-owner", "1.5GiB"), 1'610'612'736U);
    EXPECT_EQ(shown("active-transfers", 32), "32");
    EXPECT_EQ(shown("spool-bytes-per-owner", 10ULL << 30U), "10.0 GiB");
}

TEST(LimitValues, TheHighestNumberIsNoValue) {
    EXPECT_EQ(read("active-transfers", "18446744073709551615"), std::nullopt);
    EXPECT_EQ(read("active-transfers", "18446744073709551614"), 18446744073709551614U);
}

TEST(LimitValues, TheDataSaverIsASwitch) {
    EXPECT_EQ(read("data-saver", "on"), 1U);
    EXPECT_EQ(read("data-saver", "off"), 0U);
    EXPECT_EQ(read("data-saver", "1"), 1U);
    EXPECT_EQ(read("data-saver", "2"), std::nullopt);
    EXPECT_EQ(shown("data-saver", 1), "on");
    EXPECT_EQ(shown("data-saver", 0), "off");
}

}  // namespace

}  // namespace haul::cli
