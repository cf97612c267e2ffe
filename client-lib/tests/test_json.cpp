#include <gtest/gtest.h>

#include "json.hpp"

namespace haul::cli {

namespace {

std::string of(std::vector<std::uint8_t> data) {
    return to_json(Value(std::move(data))).get<std::string>();
}

// The test vectors of RFC 4648, section 10.
TEST(Json, BytesAreBase64) {
    EXPECT_EQ(of({}), "");
    EXPECT_EQ(of({'f'}), "Zg==");
    EXPECT_EQ(of({'f', 'o'}), "Zm8=");
    EXPECT_EQ(of({'f', 'o', 'o'}), "Zm9v");
    EXPECT_EQ(of({'f', 'o', 'o', 'b'}), "Zm9vYg==");
    EXPECT_EQ(of({'f', 'o', 'o', 'b', 'a', 'r'}), "Zm9vYmFy");
    EXPECT_EQ(of({0xFF, 0xFE, 0xFD}), "//79");
}

TEST(Json, EachKindOfValueKeepsItsType) {
    const auto json = to_json(Values{{"b", true},
                                     {"n", std::uint64_t{7}},
                                     {"s", std::string("text")},
                                     {"as", std::vector<std::string>{"one", "two"}}});
    EXPECT_EQ(to_line(json), R"({"as":["one","two"],"b":true,"n":7,"s":"text"})");
}

}  // namespace

}  // namespace haul::cli
