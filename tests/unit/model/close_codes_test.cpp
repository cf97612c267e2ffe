#include "model/close_codes.hpp"

#include <gtest/gtest.h>

namespace haul::model {
namespace {

TEST(CloseCodes, UsualOnesAreThoseThatConnectingAgainWouldNotMend) {
    CloseCodes codes;
    for (auto code :
         std::initializer_list<std::uint16_t>{1000, 1002, 1003, 1007, 1008, 1009, 1010, 3000, 4000, 4999})
        EXPECT_TRUE(codes.contains(code)) << code;
    for (auto code : std::initializer_list<std::uint16_t>{1001, 1004, 1005, 1006, 1011, 1012, 1013, 1014,
                                                          1015, 2999, 5000})
        EXPECT_FALSE(codes.contains(code)) << code;
    EXPECT_EQ(codes.to_text(), "1000,1002-1003,1007-1010,3000-4999");
}

TEST(CloseCodes, TextIsTheSameAfterParsing) {
    for (const char* text : {"", "1000", "1000,3000-4999", "4999"}) {
        auto codes = CloseCodes::parse(text);
        ASSERT_TRUE(codes) << text;
        EXPECT_EQ(codes->to_text(), text);
    }
}

TEST(CloseCodes, WhatIsNoSetIsRefused) {
    for (const char* text : {"999", "5000", "1000-", "-1000", "2000-1000", "x", "1000;1001", "1000 "})
        EXPECT_FALSE(CloseCodes::parse(text)) << text;
}

TEST(CloseCodes, ReservedOnesAreNeverSent) {
    for (auto code :
         std::initializer_list<std::uint16_t>{0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535})
        EXPECT_FALSE(may_be_sent(code)) << code;
    for (auto code :
         std::initializer_list<std::uint16_t>{1000, 1001, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 4999})
        EXPECT_TRUE(may_be_sent(code)) << code;
}

TEST(CloseCodes, EachIsAReasonToFail) {
    EXPECT_EQ(reason_of(1002), Reason::Protocol);
    EXPECT_EQ(reason_of(1007), Reason::Protocol);
    EXPECT_EQ(reason_of(1009), Reason::Limit);
    EXPECT_EQ(reason_of(1006), Reason::Connection);
    EXPECT_EQ(reason_of(1008), Reason::Rejected);
    EXPECT_EQ(reason_of(4000), Reason::Rejected);
}

}  // namespace
}  // namespace haul::model
