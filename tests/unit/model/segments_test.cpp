// Which connection brings what, and how many of them there are.

#include "model/segments.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace haul::model {
namespace {

constexpr Bytes kMiB = 1024 * 1024;

// --- find_free ---

TEST(Segments, FreeIsTheFirstSpanThatNobodyHasOrBrings) {
    Coverage done{10};
    done.add({40, 50});
    EXPECT_EQ(find_free(done, 100, {}), (Span{10, 40}));
    EXPECT_EQ(find_free(done, 100, {{.left = {10, 30}}}), (Span{30, 40}));
    EXPECT_EQ(find_free(done, 100, {{.left = {10, 40}}}), (Span{50, 100}));
    EXPECT_EQ(find_free(done, 100, {{.left = {10, 40}}, {.left = {50, 100}}}), std::nullopt);
    EXPECT_EQ(find_free(Coverage{100}, 100, {}), std::nullopt);
    EXPECT_EQ(find_free({}, 0, {}), std::nullopt) << "an empty file lacks nothing";
}

RC_GTEST_PROP(Segments, FreeSpansAreHandedOutUntilEveryByteIsSomeones, ()) {
    auto total = *rc::gen::inRange<Bytes>(1, 1000);
    Coverage done{*rc::gen::inRange<Bytes>(0, 500)};
    for (int i = 0; i < 3; ++i) {
        auto begin = *rc::gen::inRange<Bytes>(0, 1000);
        done.add({begin, begin + *rc::gen::inRange<Bytes>(0, 100)});
    }
    done.cut(total);
    std::vector<Runner> runners;
    auto held = done;
    while (auto free = find_free(done, total, runners)) {
        RC_ASSERT(free->begin < free->end && free->end <= total);
        auto before = held.bytes();
        held.add(*free);
        RC_ASSERT(held.bytes() == before + free->size());  // nobody had any of it
        runners.push_back({.left = *free});
    }
    RC_ASSERT(held.is_whole(total));
}

// --- find_split ---

TEST(Segments, SplitHalvesTheRunnerThatWouldBeReadyLast) {
    auto split =
        find_split({{.left = {0, 8 * kMiB}, .speed = 1e6}, {.left = {8 * kMiB, 72 * kMiB}, .speed = 1e6}});
    ASSERT_TRUE(split);
    EXPECT_EQ(split->runner, 1U);
    EXPECT_EQ(split->at, 40 * kMiB);
}

TEST(Segments, SlowRunnerIsHelpedBeforeTheOneWithMoreBytes) {
    auto split =
        find_split({{.left = {0, 8 * kMiB}, .speed = 1e4}, {.left = {8 * kMiB, 72 * kMiB}, .speed = 1e9}});
    ASSERT_TRUE(split);
    EXPECT_EQ(split->runner, 0U);
}

TEST(Segments, LittleIsNotSplit) {
    EXPECT_EQ(find_split({}), std::nullopt);
    EXPECT_EQ(find_split({{.left = {0, kMiB}}}), std::nullopt) << "of unknown speed";
    EXPECT_EQ(find_split({{.left = {0, kMiB}, .speed = 1e9}}), std::nullopt) << "done in a moment";
    EXPECT_TRUE(find_split({{.left = {0, kMiB}, .speed = 1e4}})) << "a long wait";
    EXPECT_EQ(find_split({{.left = {0, 64 * 1024}, .speed = 1}}), std::nullopt) << "less than two blocks";
    EXPECT_EQ(find_split({{.left = {5, 5}, .speed = 1}}), std::nullopt) << "nothing is left";
}

RC_GTEST_PROP(Segments, SplitLiesWithinItsRunnerAndOnABlock, ()) {
    std::vector<Runner> runners;
    for (auto count = *rc::gen::inRange(1, 17); count > 0; --count) {
        auto begin = *rc::gen::inRange<Bytes>(0, Bytes{1} << 40U);
        runners.push_back({.left = {begin, begin + *rc::gen::inRange<Bytes>(0, Bytes{1} << 32U)},
                           .speed = *rc::gen::element(0.0, 1.0, 1e5, 1e9)});
    }
    auto split = find_split(runners);
    if (!split) return;
    RC_ASSERT(split->runner < runners.size());
    RC_ASSERT(split->at > runners[split->runner].left.begin);
    RC_ASSERT(split->at < runners[split->runner].left.end);
    RC_ASSERT(split->at % (64 * 1024) == 0U);
}

// --- Ramp ---

TEST(Ramp, DoublesWhileItPays) {
    Ramp ramp{16};
    EXPECT_EQ(ramp.wanted(), 1U);
    ramp.measure(100);
    EXPECT_EQ(ramp.wanted(), 2U);
    ramp.measure(200);
    EXPECT_EQ(ramp.wanted(), 4U);
    ramp.measure(400);
    ramp.measure(800);
    EXPECT_EQ(ramp.wanted(), 16U);
}

TEST(Ramp, GoesBackOnceWhereTheLastDoublingDidNotPayAndStaysThere) {
    Ramp ramp{16};
    ramp.measure(100);
    ramp.measure(200);
    ramp.measure(210);
    EXPECT_EQ(ramp.wanted(), 2U);
    ramp.measure(1'000'000);
    ramp.measure(1);
    EXPECT_EQ(ramp.wanted(), 2U);
}

TEST(Ramp, NeverWantsMoreThanItMay) {
    Ramp one{1};
    one.measure(100);
    one.measure(1000);
    EXPECT_EQ(one.wanted(), 1U);
    Ramp three{3};
    for (double speed = 100; speed < 1e9; speed *= 10) three.measure(speed);
    EXPECT_EQ(three.wanted(), 3U);
}

}  // namespace
}  // namespace haul::model
