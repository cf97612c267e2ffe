#include "model/ready_queue.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace haul::model {
namespace {

constexpr std::uint64_t kMany = 1'000'000;
constexpr AtOnce kNoLimits{.machine = kMany, .owner = kMany, .session = kMany, .host = kMany};

/// A task of an owner's only session.
ReadyEntry by(std::uint32_t owner, std::uint64_t task, double priority = 0.5, OriginKey origin = 1) {
    return {
        .task = {task}, .priority = priority, .owner = {owner}, .session = {owner * 100}, .origin = origin};
}

std::vector<std::uint64_t> take_all(ReadyQueue& queue) {
    std::vector<std::uint64_t> taken;
    while (auto task = queue.take()) taken.push_back(task->value);
    return taken;
}
using Tasks = std::vector<std::uint64_t>;

TEST(ReadyQueue, HigherPrioritiesGoFirstThenLongerWaits) {
    ReadyQueue queue{kNoLimits};
    queue.add(by(1, 3, 0.5));
    queue.add(by(1, 2, 0.5));
    queue.add(by(1, 4, 0.9));
    queue.add(by(1, 1, 0.1));
    EXPECT_EQ(take_all(queue), (Tasks{4, 3, 2, 1}));
}

TEST(ReadyQueue, ForegroundGoesBeforePriority) {
    ReadyQueue queue{kNoLimits};
    queue.add(by(1, 1, 1.0));
    queue.add(by(2, 2, 0.0));
    queue.set_ground({200}, ReadyQueue::Ground::Fore);
    queue.add(by(2, 3, 0.1));
    EXPECT_EQ(take_all(queue), (Tasks{3, 2, 1}));
    queue.set_ground({200}, ReadyQueue::Ground::Back);
    queue.add(by(2, 5, 0.0));
    queue.add(by(1, 4, 1.0));
    EXPECT_EQ(take_all(queue), (Tasks{4, 5}));
}

TEST(ReadyQueue, OwnersTakeTurns) {
    ReadyQueue queue{kNoLimits};
    for (std::uint64_t task = 1; task <= 4; ++task) queue.add(by(1, task));
    for (std::uint64_t task = 11; task <= 12; ++task) queue.add(by(2, task));
    queue.add(by(3, 21));
    EXPECT_EQ(take_all(queue), (Tasks{1, 11, 21, 2, 12, 3, 4}));
}

TEST(ReadyQueue, SessionsOfAnOwnerTakeTurns) {
    ReadyQueue queue{kNoLimits};
    for (std::uint64_t task = 1; task <= 3; ++task)
        queue.add({.task = {task}, .owner = {1}, .session = {1}, .origin = 1});
    for (std::uint64_t task = 11; task <= 12; ++task)
        queue.add({.task = {task}, .owner = {1}, .session = {2}, .origin = 1});
    EXPECT_EQ(take_all(queue), (Tasks{1, 11, 2, 12, 3}));
}

TEST(ReadyQueue, ThoseWhoHadNothingComeFirst) {
    ReadyQueue queue{{.machine = 1, .owner = 1, .session = 1, .host = 1}};
    for (std::uint64_t task = 1; task <= 100; ++task) queue.add(by(1, task));
    EXPECT_EQ(queue.take(), TaskId{1});
    queue.add(by(2, 101));
    queue.remove({1});
    EXPECT_EQ(queue.take(), TaskId{101});
}

TEST(ReadyQueue, OneOfEightAdmissionsIsTheLongestWaits) {
    ReadyQueue queue{kNoLimits};
    queue.add(by(1, 1, 0.0));
    queue.add(by(1, 2, 0.0));
    for (std::uint64_t task = 11; task <= 30; ++task) queue.add(by(2, task, 1.0));
    auto taken = take_all(queue);
    EXPECT_EQ(taken[7], 1U);
    EXPECT_EQ(taken[15], 2U);
}

TEST(ReadyQueue, FullHostIsPassedOver) {
    ReadyQueue queue{{.machine = kMany, .owner = kMany, .session = kMany, .host = 1}};
    queue.add(by(1, 1, 1.0, 7));
    queue.add(by(1, 2, 1.0, 7));
    queue.add(by(1, 3, 0.0, 8));
    EXPECT_EQ(take_all(queue), (Tasks{1, 3}));
    queue.remove({1});
    EXPECT_EQ(queue.take(), TaskId{2});
}

TEST(ReadyQueue, SlotOfAHostGoesToWhomItIsDue) {
    ReadyQueue queue{{.machine = kMany, .owner = kMany, .session = kMany, .host = 1}};
    queue.add(by(1, 1));
    EXPECT_EQ(queue.take(), TaskId{1});
    queue.add(by(1, 2));
    queue.add(by(2, 3, 0.4));
    queue.add(by(3, 4));
    EXPECT_EQ(queue.take(), std::nullopt);
    queue.remove({1});
    EXPECT_EQ(queue.take(), TaskId{4});
    queue.remove({4});
    EXPECT_EQ(queue.take(), TaskId{2});
    queue.remove({2});
    EXPECT_EQ(queue.take(), TaskId{3});
}

TEST(ReadyQueue, FullOwnersAndSessionsArePassedOver) {
    ReadyQueue queue{{.machine = kMany, .owner = 2, .session = 1, .host = kMany}};
    for (std::uint64_t session = 1; session <= 3; ++session)
        for (std::uint64_t task = 1; task <= 2; ++task)
            queue.add({.task = {session * 10 + task}, .owner = {1}, .session = {session}, .origin = task});
    queue.add(by(2, 99, 0.0));
    EXPECT_EQ(take_all(queue), (Tasks{11, 21, 99}));
    queue.remove({11});
    EXPECT_EQ(take_all(queue), (Tasks{31}));
}

TEST(ReadyQueue, StopsAtItsLimit) {
    ReadyQueue queue{{.machine = 1, .owner = 1, .session = 1, .host = 1}};
    queue.add(by(1, 1));
    queue.add(by(2, 2, 0.5, 2));
    EXPECT_EQ(queue.take(), TaskId{1});
    EXPECT_EQ(queue.take(), std::nullopt);
    EXPECT_EQ(queue.waiting(), 1U);
    EXPECT_EQ(queue.active(), 1U);
    queue.remove({1});
    EXPECT_EQ(queue.take(), TaskId{2});
}

TEST(ReadyQueue, LoweredLimitStopsNothing) {
    ReadyQueue queue{kNoLimits};
    for (std::uint64_t task = 1; task <= 4; ++task) queue.add(by(1, task, 0.5, task));
    EXPECT_EQ(queue.take(), TaskId{1});
    EXPECT_EQ(queue.take(), TaskId{2});
    queue.set_limits({.machine = 1, .owner = 1, .session = 1, .host = 1});
    EXPECT_EQ(queue.active(), 2U);
    queue.remove({1});
    EXPECT_EQ(queue.take(), std::nullopt);
    queue.remove({2});
    EXPECT_EQ(queue.take(), TaskId{3});
    EXPECT_EQ(queue.take(), std::nullopt);
    queue.set_limits(kNoLimits);
    EXPECT_EQ(queue.take(), TaskId{4});
}

TEST(ReadyQueue, ClosedGateHoldsBackWhatIsBehindIt) {
    ReadyQueue queue{kNoLimits};
    auto gated = by(1, 1, 1.0);
    gated.gate = Gate::Network | Gate::Inexpensive;
    queue.close(gated.gate);
    queue.add(gated);
    queue.add(by(1, 2));
    EXPECT_EQ(take_all(queue), (Tasks{2}));
    queue.open(gated.gate);
    EXPECT_EQ(take_all(queue), (Tasks{1}));
}

TEST(ReadyQueue, AddingAgainKeepsThePlace) {
    ReadyQueue queue{kNoLimits};
    queue.add(by(1, 1));
    queue.add(by(1, 2));
    queue.add(by(1, 1));
    EXPECT_EQ(queue.waiting(), 2U);
    EXPECT_EQ(take_all(queue), (Tasks{1, 2}));
}

TEST(ReadyQueue, AnotherPriorityIsAnotherPlace) {
    ReadyQueue queue{kNoLimits};
    queue.add(by(1, 1));
    queue.add(by(1, 2));
    queue.add(by(1, 2, 0.6));
    EXPECT_EQ(take_all(queue), (Tasks{2, 1}));
}

TEST(ReadyQueue, WhatWasTakenMayWaitAgain) {
    ReadyQueue queue{{.machine = 1, .owner = 1, .session = 1, .host = 1}};
    queue.add(by(1, 1));
    EXPECT_EQ(queue.take(), TaskId{1});
    queue.add(by(1, 1));
    EXPECT_EQ(queue.active(), 0U);
    EXPECT_EQ(queue.take(), TaskId{1});
}

TEST(ReadyQueue, RunningTaskCountsAlsoWhereItWasNotTaken) {
    ReadyQueue queue{{.machine = kMany, .owner = kMany, .session = kMany, .host = 1}};
    queue.run(by(1, 1));
    queue.run(by(1, 1));
    queue.add(by(2, 2));
    EXPECT_EQ(queue.take(), std::nullopt);
    EXPECT_EQ(queue.active(), 1U);
    queue.remove({1});
    EXPECT_EQ(queue.take(), TaskId{2});
}

TEST(ReadyQueue, HeldHostLetsNobodyOfItsOwnerGo) {
    ReadyQueue queue{kNoLimits};
    queue.hold({1}, 7);
    queue.add(by(1, 1, 0.5, 7));
    queue.add(by(1, 2, 0.5, 8));
    queue.add(by(2, 3, 0.5, 7));
    EXPECT_EQ(take_all(queue), (Tasks{2, 3}));
    queue.lift({1}, 7);
    EXPECT_EQ(take_all(queue), (Tasks{1}));
}

TEST(ReadyQueue, ProbeIsASingleTask) {
    ReadyQueue queue{kNoLimits};
    for (std::uint64_t task = 1; task <= 4; ++task) queue.add(by(1, task, 0.5, 7));
    queue.hold({1}, 7);
    EXPECT_EQ(queue.take(), std::nullopt);
    queue.probe({1}, 7);
    EXPECT_EQ(take_all(queue), (Tasks{1}));
    queue.remove({1});
    EXPECT_EQ(take_all(queue), (Tasks{2})) << "of the first one nobody knows how it went";
    queue.hold({1}, 7);
    queue.remove({2});
    EXPECT_EQ(queue.take(), std::nullopt) << "the hold is a new one";
    queue.lift({1}, 7);
    EXPECT_EQ(take_all(queue), (Tasks{3, 4}));
}

TEST(ReadyQueue, ForgetsWhatIsGone) {
    ReadyQueue queue{kNoLimits};
    queue.remove({1});
    queue.add(by(1, 1));
    queue.remove({1});
    EXPECT_FALSE(queue.contains({1}));
    EXPECT_EQ(queue.take(), std::nullopt);
    EXPECT_EQ(queue.waiting() + queue.active(), 0U);
}

}  // namespace
}  // namespace haul::model
