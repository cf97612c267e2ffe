#include <gtest/gtest.h>

#include <chrono>

#include "progress_meter.hpp"
#include "task_details.hpp"
#include "terminal_text.hpp"

namespace haul::cli {

namespace {

using namespace std::chrono_literals;

constexpr Bytes kMiB = 1024 * 1024;

Meter usual_meter() {
    return {
        .label = "debian-12.iso",
        .done = 450 * kMiB,
        .total = 1000 * kMiB,
        .bytes_per_second = 12.5 * kMiB,
        .time_left = 44s,
    };
}

TEST(ProgressMeter, PercentIsRoundedDown) {
    EXPECT_EQ(percent_of({.done = 999, .total = 1000}), 99);
    EXPECT_EQ(percent_of({.done = 1000, .total = 1000}), 100);
    EXPECT_EQ(percent_of({.done = 2000, .total = 1000}), 100);
    EXPECT_EQ(percent_of({.done = 0, .total = 0}), 100);
    EXPECT_EQ(percent_of({.done = 5}), std::nullopt);
}

TEST(ProgressMeter, AWideTerminalShowsEverything) {
    EXPECT_EQ(terminal_line(usual_meter(), 99),
              "debian-12.iso   45%  [=============>                  ]  450 MiB of 1000 MiB  "
              "12.5 MiB/s  0:44 left");
}

TEST(ProgressMeter, ALineNeverExceedsItsWidth) {
    auto meter = usual_meter();
    meter.label = "a-very-long-name-that-does-not-fit-on-most-terminals-at-all.tar.gz";
    auto waiting = meter;
    waiting.note = "tries again in 0:12 (connection refused by a host with a long story to tell)";
    auto unknown = meter;
    unknown.total.reset();
    for (std::size_t width = 0; width <= 200; ++width) {
        EXPECT_LE(columns(terminal_line(meter, width)), width);
        EXPECT_LE(columns(terminal_line(waiting, width)), width);
        EXPECT_LE(columns(terminal_line(unknown, width)), width);
    }
}

TEST(ProgressMeter, ANarrowTerminalKeepsNameAndPercent) {
    const auto line = terminal_line(usual_meter(), 30);
    EXPECT_NE(line.find("debian"), std::string::npos) << line;
    EXPECT_NE(line.find("45%"), std::string::npos) << line;
}

TEST(ProgressMeter, WithoutALengthThereIsNoBar) {
    auto meter = usual_meter();
    meter.total.reset();
    meter.time_left.reset();
    EXPECT_EQ(terminal_line(meter, 99), "debian-12.iso  450 MiB  12.5 MiB/s");
    EXPECT_EQ(plain_line(meter), "debian-12.iso: 450 MiB, 12.5 MiB/s");
}

TEST(ProgressMeter, AStandstillIsExplainedInPlaceOfTheRate) {
    auto meter = usual_meter();
    meter.note = "tries again in 0:12";
    EXPECT_EQ(terminal_line(meter, 99), "debian-12.iso   45%  tries again in 0:12");
    EXPECT_EQ(plain_line(meter), "debian-12.iso: 45% of 1000 MiB, tries again in 0:12");
}

TEST(ProgressMeter, APlainLineSaysTheSame) {
    EXPECT_EQ(plain_line(usual_meter()), "debian-12.iso: 45% of 1000 MiB, 12.5 MiB/s, 0:44 left");
}

TEST(ProgressMeter, SeveralTasksAreSummedUp) {
    const Progress first{.details = task_in(TaskState::Running), .bytes_per_second = 100, .time_left = 5s};
    const Progress second{.details = task_in(TaskState::Running), .bytes_per_second = 50, .time_left = 9s};
    const auto meter = meter_of({first, second}, 1, {});
    EXPECT_EQ(meter.label, "1 of 3 tasks ended");
    EXPECT_EQ(meter.done, 1024U);
    EXPECT_EQ(meter.total, 2048U);
    EXPECT_EQ(meter.bytes_per_second, 150);
    EXPECT_EQ(meter.time_left, 9s);
}

TEST(ProgressMeter, ASumWithAnUnknownLengthHasNone) {
    Progress unknown{.details = task_in(TaskState::Running), .bytes_per_second = {}, .time_left = {}};
    unknown.details.bytes_total.reset();
    const Progress known{.details = task_in(TaskState::Running), .bytes_per_second = {}, .time_left = {}};
    EXPECT_EQ(meter_of({known, unknown, known}, 0, {}).total, std::nullopt);
}

TEST(ProgressMeter, WhatOthersWroteCannotSteerTheTerminal) {
    Progress task{.details = task_in(TaskState::Running), .bytes_per_second = {}, .time_left = {}};
    task.details.destination = "/tmp/\x1b[2J";
    EXPECT_EQ(meter_of({task}, 0, {}).label, "?[2J");
}

}  // namespace

}  // namespace haul::cli
