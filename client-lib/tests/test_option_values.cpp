#include <gtest/gtest.h>

#include <string>

#include "option_values.hpp"

namespace haul::cli {

namespace {

const std::string kDigits64(64, 'a');
const std::string kDigits128(128, 'F');

TEST(OptionValues, AChecksumIsNamedAsItsUsersDo) {
    for (const auto& text :
         {"sha-256=" + kDigits64, "sha256=" + kDigits64, "sha256:" + kDigits64, kDigits64}) {
        const auto checksum = parse_checksum(text);
        ASSERT_TRUE(checksum) << text;
        EXPECT_EQ(checksum->algorithm, DigestAlgorithm::Sha256);
        EXPECT_EQ(checksum->hex, kDigits64);
    }
    for (const auto& text : {"sha-512=" + kDigits128, "sha512:" + kDigits128, kDigits128}) {
        const auto checksum = parse_checksum(text);
        ASSERT_TRUE(checksum) << text;
        EXPECT_EQ(checksum->algorithm, DigestAlgorithm::Sha512);
        EXPECT_EQ(checksum->hex, kDigits128);
    }
}

TEST(OptionValues, AChecksumHasAsManyDigitsAsItsAlgorithm) {
    for (const auto& text : {std::string(), std::string("sha-256="), "sha-512=" + kDigits64,
                             "sha-256=" + kDigits128, "md5=" + kDigits64, "=" + kDigits64, kDigits64 + "a",
                             "sha-256=" + std::string(64, 'g'), "sha-256= " + kDigits64}) {
        EXPECT_FALSE(parse_checksum(text)) << text;
    }
}

TEST(OptionValues, ARangeMayLackItsEnd) {
    const auto open = parse_range("1000-");
    ASSERT_TRUE(open);
    EXPECT_EQ(open->first, 1000U);
    EXPECT_EQ(open->last, std::nullopt);
    const auto closed = parse_range("0-0");
    ASSERT_TRUE(closed);
    EXPECT_EQ(closed->last, 0U);
}

TEST(OptionValues, WhatIsNoRangeIsRefused) {
    for (const char* text :
         {"", "-", "-5", "5", "5-4", "1-2,4-5", "a-b", "0x1-", "1-99999999999999999999", " 1-"}) {
        EXPECT_FALSE(parse_range(text)) << text;
    }
}

TEST(OptionValues, ConnectionsAreOneToSixteenOrAuto) {
    EXPECT_EQ(parse_connections("1"), 1U);
    EXPECT_EQ(parse_connections("16"), 16U);
    EXPECT_EQ(parse_connections("auto"), kAutoConnections);
    for (const char* text : {"", "0", "17", "-1", "4x", "Auto"})
        EXPECT_FALSE(parse_connections(text)) << text;
}

TEST(OptionValues, EntityTagsHaveQuotes) {
    for (const char* text : {R"("a")", R"(W/"a")", R"("a", "b")", R"("a,b" , W/"c")", R"("")", "*"})
        EXPECT_EQ(parse_entity_tags(text), text);
    for (const char* text : {"", "a", R"("a)", R"("a" "b")", R"("a",)", R"(w/"a")", R"("a", b)", "*, *"})
        EXPECT_FALSE(parse_entity_tags(text)) << text;
}

TEST(OptionValues, TasksAreNumbersWithCommas) {
    EXPECT_EQ(parse_tasks("3"), (std::vector<TaskId>{{3}}));
    EXPECT_EQ(parse_tasks("3,4,10"), (std::vector<TaskId>{{3}, {4}, {10}}));
    for (const char* text : {"", ",", "3,", ",3", "3;4", "3, 4", "-1", "x"})
        EXPECT_FALSE(parse_tasks(text)) << text;
}

TEST(OptionValues, ARateIsASizeForEachSecond) {
    EXPECT_EQ(parse_rate("500K"), 512'000U);
    EXPECT_EQ(parse_rate("2MiB/s"), 2'097'152U);
    EXPECT_EQ(parse_rate("1"), 1U);
    for (const char* text : {"", "0", "/s", "fast", "5K/min"}) EXPECT_FALSE(parse_rate(text)) << text;
}

}  // namespace

}  // namespace haul::cli
