#include "model/text.hpp"

#include <gtest/gtest.h>

namespace haul::model {
namespace {

TEST(Text, IsCutBetweenCharacters) {
    EXPECT_EQ(shorten("abc", 3), "abc");
    EXPECT_EQ(shorten("abcd", 3), "abc…");
    EXPECT_EQ(shorten("a\xc3\xa9z", 2), "a…") << "an é is two bytes";
    EXPECT_EQ(shorten("a\xc3\xa9z", 3), "a\xc3\xa9…");
    EXPECT_EQ(shorten("\xf0\x9f\x8c\x8dz", 3), "…");
    EXPECT_EQ(shorten("", 0), "");
}

TEST(Text, OfAServerIsMadePrintable) {
    EXPECT_EQ(printable("a\r\n\x1b[31m\xff", 16), "a???[31m?");
    EXPECT_EQ(printable("abcdef", 3), "abc");
}

TEST(Text, ControlCharactersAreSeen) {
    for (std::string_view text :
         {std::string_view("a\0b", 3), std::string_view("\n"), std::string_view("\x1b"),
          std::string_view("\x7f"), std::string_view("a\xc2\x85"), std::string_view("\xc2\x9f")})
        EXPECT_TRUE(has_control_character(text)) << printable(text, 16);
    for (std::string_view text : {"", "a b", "\xc2\xa0", "\xc3\x85", "\xc2"})
        EXPECT_FALSE(has_control_character(text)) << text;
}

TEST(Text, DurationsAreInSeconds) {
    using namespace std::chrono_literals;
    EXPECT_EQ(to_seconds(60s), "60 s");
    EXPECT_EQ(to_seconds(250ms), "0.25 s");
    EXPECT_EQ(to_seconds(1us), "0.000001 s");
    EXPECT_EQ(to_seconds(90'500ms), "90.5 s");
    EXPECT_EQ(to_seconds(0s), "0 s");
}

}  // namespace
}  // namespace haul::model
