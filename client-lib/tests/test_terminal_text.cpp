#include <gtest/gtest.h>

#include "terminal_text.hpp"

namespace haul::cli {

namespace {

TEST(TerminalText, ControlCharactersCannotSteerTheTerminal) {
    EXPECT_EQ(printable("a\x1b[2Jb\r\n\x7f"), "a?[2Jb???");
    EXPECT_EQ(printable("\xC2\x9B"
                        "31m"),
              "?31m");  // C1's own CSI
}

TEST(TerminalText, WhatIsNotUtf8IsReplaced) {
    EXPECT_EQ(printable("a\xFFz"), "a?z");
    EXPECT_EQ(printable("\xC0\xAF"), "??");       // an overlong '/'
    EXPECT_EQ(printable("\xED\xA0\x80"), "???");  // half of a surrogate pair
    EXPECT_EQ(printable("caf\xC3"), "caf?");      // cut off
    EXPECT_EQ(printable("\xF8\x88\x80\x80\x80"), "?????");
}

TEST(TerminalText, OtherTextStays) {
    EXPECT_EQ(printable("grüße, 世界 🙂"), "grüße, 世界 🙂");
}

TEST(TerminalText, CutLeavesWhatFits) {
    EXPECT_EQ(cut("hello", 5), "hello");
    EXPECT_EQ(cut("hello", 4), "hel…");
    EXPECT_EQ(cut("hello", 1), "…");
    EXPECT_EQ(cut("hello", 0), "");
}

TEST(TerminalText, CutNeverSplitsACharacter) {
    EXPECT_EQ(cut("ééééé", 3), "éé…");
}

TEST(TerminalText, ColumnsCountCharacters) {
    EXPECT_EQ(columns("grüße"), 5U);
}

TEST(TerminalText, BytesAreUtf8OrNot) {
    EXPECT_TRUE(is_utf8(""));
    EXPECT_TRUE(is_utf8("grüße \xEF\xBF\xBD \x01"));
    EXPECT_FALSE(is_utf8("gr\xFC"));
    EXPECT_FALSE(is_utf8("\xED\xA0\x80")) << "a surrogate";
    EXPECT_FALSE(is_utf8("\xC3"));
}

}  // namespace

}  // namespace haul::cli
