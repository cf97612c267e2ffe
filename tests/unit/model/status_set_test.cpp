#include "model/status_set.hpp"

#include <gtest/gtest.h>

#include <string>

namespace haul::model {
namespace {

TEST(StatusSet, SuccessByDefault) {
    StatusSet set;
    EXPECT_FALSE(set.contains(199));
    EXPECT_TRUE(set.contains(200));
    EXPECT_TRUE(set.contains(299));
    EXPECT_FALSE(set.contains(300));
    EXPECT_FALSE(set.contains(0));
    EXPECT_FALSE(set.contains(65535));
    EXPECT_EQ(StatusSet::parse("200-299"), set);
}

TEST(StatusSet, HasWhatTheListSays) {
    auto set = StatusSet::parse(" 200 - 299 , 404,500-500\t,100,599");
    ASSERT_TRUE(set);
    for (auto status : std::initializer_list<std::uint16_t>{100, 200, 250, 299, 404, 500, 599})
        EXPECT_TRUE(set->contains(status)) << status;
    for (auto status : std::initializer_list<std::uint16_t>{101, 199, 300, 403, 405, 499, 501, 598})
        EXPECT_FALSE(set->contains(status)) << status;
}

TEST(StatusSet, AnyIsWhateverAServerAnswers) {
    auto set = StatusSet::parse("any");
    ASSERT_TRUE(set);
    for (auto status : std::initializer_list<std::uint16_t>{100, 204, 404, 599, 999})
        EXPECT_TRUE(set->contains(status)) << status;
}

TEST(StatusSet, WhatIsNoListIsRefused) {
    for (const auto* text :
         {"",     " ",   ",",    "200,", ",200",    "200,,404", "2",           "20",      "2000",
          "0200", "099", "600",  "200-", "-200",    "300-200",  "200-299-404", "200 404", "200;404",
          "2 00", "-1",  "+200", "abc",  "any,200", "200,any",  "ANY",         "20x"})
        EXPECT_FALSE(StatusSet::parse(text)) << '"' << text << '"';
    EXPECT_FALSE(StatusSet::parse(std::string_view{"200\0", 4}));
}

}  // namespace
}  // namespace haul::model
