#include "model/retry.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace haul::model {
namespace {

using namespace std::chrono_literals;

constexpr double kAlmostOne = 0x1.fffffffffffffp-1;

TEST(Retry, CeilingDoubles) {
    Backoff backoff{.first = 1s, .most = 300s};
    EXPECT_NEAR(static_cast<double>(retry_delay(backoff, 1, kAlmostOne).count()), 1e6, 1);
    EXPECT_NEAR(static_cast<double>(retry_delay(backoff, 2, kAlmostOne).count()), 2e6, 1);
    EXPECT_NEAR(static_cast<double>(retry_delay(backoff, 5, kAlmostOne).count()), 16e6, 1);
    EXPECT_NEAR(static_cast<double>(retry_delay(backoff, 99, kAlmostOne).count()), 300e6, 1);
}

TEST(Retry, AskedDelayIsClamped) {
    EXPECT_EQ(asked_delay(0s), 1s);
    EXPECT_EQ(asked_delay(-5s), 1s);
    EXPECT_EQ(asked_delay(30s), 30s);
    EXPECT_EQ(asked_delay(std::chrono::hours{48}), std::chrono::hours{24});
    EXPECT_EQ(asked_delay(Duration::max()), std::chrono::hours{24});
}

Backoff any_backoff() {
    return {.first = Duration{*rc::gen::inRange<std::int64_t>(1, INT64_MAX / 2)},
            .most = Duration{*rc::gen::inRange<std::int64_t>(1, INT64_MAX / 2)}};
}

double any_jitter() {
    return static_cast<double>(*rc::gen::inRange<std::uint64_t>(0, 1U << 30)) / (1U << 30);
}

RC_GTEST_PROP(Retry, DelayStaysBetweenNothingAndTheLongest, ()) {
    auto backoff = any_backoff();
    auto delay = retry_delay(backoff, *rc::gen::arbitrary<std::uint32_t>(), any_jitter());
    RC_ASSERT(delay >= Duration::zero());
    // A double has no exact form for the largest delays.
    RC_ASSERT(delay.count() <= backoff.most.count() + (backoff.most.count() >> 50));
}

RC_GTEST_PROP(Retry, FirstDelayIsAtMostTheFirst, ()) {
    auto backoff = any_backoff();
    RC_PRE(backoff.first < backoff.most);
    RC_ASSERT(retry_delay(backoff, 1, any_jitter()).count() <=
              backoff.first.count() + (backoff.first.count() >> 50));
}

RC_GTEST_PROP(Retry, CeilingNeverFalls, ()) {
    auto backoff = any_backoff();
    auto failures = *rc::gen::inRange<std::uint32_t>(0, 100);
    RC_ASSERT(retry_delay(backoff, failures + 1, kAlmostOne) >= retry_delay(backoff, failures, kAlmostOne));
}

RC_GTEST_PROP(Retry, AskedDelayHasItsBounds, ()) {
    auto delay = asked_delay(Duration{*rc::gen::arbitrary<std::int64_t>()});
    RC_ASSERT(delay >= kShortestAskedDelay);
    RC_ASSERT(delay <= kLongestAskedDelay);
}

}  // namespace
}  // namespace haul::model
