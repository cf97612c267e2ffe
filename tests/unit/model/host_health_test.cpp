#include "model/host_health.hpp"

#include <gtest/gtest.h>

namespace haul::model {
namespace {

using namespace std::chrono_literals;

constexpr OwnersHost kHost{{1000}, 1};
constexpr OwnersHost kOther{{1000}, 2};
const WallTime kStart = to_wall_time(1'000'000'000);

HostFailure failure(WallTime now, std::uint32_t of_task, std::optional<Duration> delay = std::nullopt) {
    return {.now = now,
            .backoff = {.first = 1s, .most = 5min},
            .jitter = 0.99,
            .delay = delay,
            .failures = of_task};
}

fact::Interrupted end(fact::Ending ending, Reason reason, std::uint16_t status = 0) {
    fact::Interrupted fact{.ending = ending, .reason = reason};
    fact.entity.status = status;
    return fact;
}

TEST(HostHealth, HostIsHeldAndThenOnTrial) {
    HostHealth health;
    EXPECT_EQ(health.next(), std::nullopt);
    auto until = health.on_failure(kHost, failure(kStart, 1));
    ASSERT_TRUE(until);
    EXPECT_EQ(health.held_until(kHost), until);
    EXPECT_EQ(health.next(), until);
    EXPECT_EQ(health.take_due(*until - 1us), std::nullopt);
    EXPECT_EQ(health.take_due(*until), kHost);
    EXPECT_EQ(health.held_until(kHost), std::nullopt);
    EXPECT_EQ(health.next(), std::nullopt);
}

TEST(HostHealth, HoldsGrowWithEachTrialUpToTheirLimit) {
    HostHealth health;
    auto now = kStart;
    Duration last{};
    for (int trial = 1; trial <= 20; ++trial) {
        auto until = health.on_failure(kHost, failure(now, 1, 1s));
        if (trial < 9) {
            EXPECT_GT(*until - now, last) << trial;
        }
        EXPECT_LE(*until - now, 5min);
        last = *until - now;
        now = *until;
        EXPECT_EQ(health.take_due(now), kHost);
    }
    EXPECT_GT(last, 4min);
}

TEST(HostHealth, TaskAloneWaitsNoLongerThanByItself) {
    HostHealth health;
    auto now = kStart;
    for (std::uint32_t failures = 1; failures <= 20; ++failures) {
        auto until = health.on_failure(kHost, failure(now, failures, 10ms));
        EXPECT_LE(*until - now, 10ms);
        now += 10ms;
        EXPECT_EQ(health.take_due(now), kHost);
    }
}

TEST(HostHealth, WhatWasUnderWayFailsWithIt) {
    HostHealth health;
    auto until = health.on_failure(kHost, failure(kStart, 1));
    EXPECT_EQ(health.on_failure(kHost, failure(kStart + 1ms, 1)), until);
    EXPECT_EQ(health.take_due(*until), kHost);
    EXPECT_EQ(health.take_due(*until + 1h), std::nullopt);
}

TEST(HostHealth, AnswerEndsAll) {
    HostHealth health;
    EXPECT_FALSE(health.on_answer(kHost));
    health.on_failure(kHost, failure(kStart, 1));
    EXPECT_TRUE(health.on_answer(kHost));
    EXPECT_EQ(health.next(), std::nullopt);
    auto again = health.on_failure(kHost, failure(kStart, 1));
    EXPECT_LE(*again - kStart, 1s);
}

TEST(HostHealth, OwnersAndHostsAreTheirOwn) {
    HostHealth health;
    health.on_failure(kHost, failure(kStart, 1));
    EXPECT_EQ(health.held_until(kOther), std::nullopt);
    EXPECT_EQ(health.held_until({{1001}, 1}), std::nullopt);
    health.on_failure(kOther, failure(kStart, 1));
    EXPECT_EQ(health.forget().size(), 2U);
    EXPECT_EQ(health.next(), std::nullopt);
}

TEST(HostHealth, RemembersABoundedNumber) {
    HostHealth health;
    for (OriginKey origin = 0; origin < HostHealth::kMost; ++origin) {
        EXPECT_EQ(health.make_room(), std::nullopt);
        health.on_failure({{1}, origin}, failure(kStart + Duration{static_cast<std::int64_t>(origin)}, 1));
    }
    EXPECT_EQ(health.make_room(), (OwnersHost{{1}, 0}));
    EXPECT_EQ(health.make_room(), std::nullopt);
}

TEST(HostHealth, UnreachedAndSilentHostsFail) {
    using fact::Ending;
    EXPECT_EQ(sign_of(end(Ending::Unreachable, Reason::Connection), {}), HostSign::Fails);
    EXPECT_EQ(sign_of(end(Ending::Retry, Reason::Connection), {{.hop = 0}}), HostSign::Fails);
    EXPECT_EQ(sign_of(end(Ending::Retry, Reason::Timeout), {}), HostSign::Fails);
}

TEST(HostHealth, HostThatSaysNoAnswers) {
    using fact::Ending;
    EXPECT_EQ(sign_of(end(Ending::Final, Reason::HttpStatus, 404), {}), HostSign::Answers);
    EXPECT_EQ(sign_of(end(Ending::Retry, Reason::HttpStatus, 500), {}), HostSign::Answers);
    EXPECT_EQ(sign_of(end(Ending::Retry, Reason::Incomplete, 200), {}), HostSign::Answers);
    EXPECT_EQ(sign_of(fact::Began{}, {}), HostSign::Answers);
    EXPECT_EQ(sign_of(fact::Arrived{}, {}), HostSign::Answers);
    auto broken = end(Ending::Retry, Reason::Connection);
    EXPECT_EQ(sign_of(broken, {{.hop = 0, .status = 302}, {.hop = 1}}), HostSign::Answers)
        << "another one fails";
    broken.progressed = true;
    EXPECT_EQ(sign_of(broken, {}), HostSign::Answers);
}

TEST(HostHealth, BrokenConnectionTellsNothing) {
    auto broken = end(fact::Ending::Retry, Reason::Connection);
    EXPECT_EQ(sign_of(broken, {{.connect = 1ms}}), HostSign::None);
    EXPECT_EQ(sign_of(broken, {{.reused = true}}), HostSign::None);
}

TEST(HostHealth, OverloadMayBeOfOneUrlAlone) {
    for (auto status : {std::uint16_t{429}, std::uint16_t{503}})
        EXPECT_EQ(sign_of(end(fact::Ending::Retry, Reason::HttpStatus, status), {}), HostSign::None);
}

TEST(HostHealth, WhatHappensHereTellsNothing) {
    using fact::Ending;
    EXPECT_EQ(sign_of(end(Ending::Stopped, Reason::None), {}), HostSign::None);
    EXPECT_EQ(sign_of(end(Ending::DiskFull, Reason::Destination), {}), HostSign::None);
    EXPECT_EQ(sign_of(end(Ending::SourceMissing, Reason::Source), {}), HostSign::None);
    EXPECT_EQ(sign_of(fact::Progressed{}, {}), HostSign::None);
}

}  // namespace
}  // namespace haul::model
