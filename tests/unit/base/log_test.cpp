#include "base/log.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace haul {
namespace {

// Each in a process of its own: there is one log, and its lines go to standard error.

TEST(LogDeathTest, LineHasTimeImportanceAndText) {
    EXPECT_EXIT(
        {
            unsetenv("JOURNAL_STREAM");
            log::open("info");
            log::warn("task={} of {}", 7, "somebody");
            std::exit(0);
        },
        testing::ExitedWithCode(0), "^[0-9-]+T[0-9:.]+ W task=7 of somebody\n$");
}

TEST(LogDeathTest, JournalReadsTheImportanceOffTheBeginning) {
    EXPECT_EXIT(
        {
            setenv("JOURNAL_STREAM", "8:1", 1);
            log::open("debug");
            log::critical("first");
            log::error("second");
            log::warn("third");
            log::info("fourth");
            log::debug("fifth");
            std::exit(0);
        },
        testing::ExitedWithCode(0), "^<2>first\n<3>second\n<4>third\n<6>fourth\n<7>fifth\n$");
}

TEST(LogDeathTest, WhatIsLessImportantIsLeftOut) {
    EXPECT_EXIT(
        {
            setenv("JOURNAL_STREAM", "8:1", 1);
            log::open("warn");
            log::info("not this");
            log::warn("this");
            std::exit(0);
        },
        testing::ExitedWithCode(0), "^<4>this\n$");
}

TEST(LogDeathTest, NameWithNewlinesBeginsNoLine) {
    EXPECT_EXIT(
        {
            setenv("JOURNAL_STREAM", "8:1", 1);
            log::open("info");
            log::warn("{} can't be removed", "a\n<0>forged\x1b[2J\x7f");
            std::exit(0);
        },
        testing::ExitedWithCode(0), "^<4>a\\?<0>forged\\?\\[2J\\? can't be removed\n$");
}

}  // namespace
}  // namespace haul
