#include "base/log.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace haul {
namespace {

/// Ends the process: there is one log in each, and its lines go to standard error.
template <typename Lines>
[[noreturn]] void write_to(const char* journal_stream, const char* least, const Lines& lines) {
    if (journal_stream)
        setenv("JOURNAL_STREAM", journal_stream, 1);
    else
        unsetenv("JOURNAL_STREAM");
    log::open(least);
    lines();
    std::exit(0);
}

TEST(LogDeathTest, LineHasTimeImportanceAndText) {
    EXPECT_EXIT(write_to(nullptr, "info", [] { log::warn("task={} of {}", 7, "somebody"); }),
                testing::ExitedWithCode(0), "^[0-9-]+T[0-9:.]+ W task=7 of somebody\n$");
}

TEST(LogDeathTest, JournalReadsTheImportanceOffTheBeginning) {
    auto lines = [] {
        log::critical("first");
        log::error("second");
        log::warn("third");
        log::info("fourth");
        log::debug("fifth");
    };
    EXPECT_EXIT(write_to("8:1", "debug", lines), testing::ExitedWithCode(0),
                "^<2>first\n<3>second\n<4>third\n<6>fourth\n<7>fifth\n$");
}

TEST(LogDeathTest, WhatIsLessImportantIsLeftOut) {
    auto lines = [] {
        log::info("not this");
        log::warn("this");
    };
    EXPECT_EXIT(write_to("8:1", "warn", lines), testing::ExitedWithCode(0), "^<4>this\n$");
}

TEST(LogDeathTest, NameWithNewlinesBeginsNoLine) {
    auto lines = [] { log::warn("{} can't be removed", "a\n<0>forged\x1b[2J\x7f"); };
    EXPECT_EXIT(write_to("8:1", "info", lines), testing::ExitedWithCode(0),
                "^<4>a\\?<0>forged\\?\\[2J\\? can't be removed\n$");
}

}  // namespace
}  // namespace haul
