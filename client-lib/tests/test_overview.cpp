#include <gtest/gtest.h>

#include <chrono>

#include "overview.hpp"

namespace haul::cli {

namespace {

using namespace std::chrono_literals;

TEST(Overview, EachReasonIsCountedWithItsEarliestAttempt) {
    Overview overview{};
    count_waiting(overview, {.id = {1}, .blocked_by = {"schedule", "network"}, .next_attempt = Time(20s)});
    count_waiting(overview, {.id = {2}, .blocked_by = {"schedule"}, .next_attempt = Time(10s)});
    count_waiting(overview, {.id = {3}, .blocked_by = {"queue"}, .next_attempt = {}});

    EXPECT_EQ(overview.waiting, 3U);
    ASSERT_EQ(overview.reasons.size(), 3U);
    EXPECT_EQ(overview.reasons.at("schedule").tasks, 2U);
    EXPECT_EQ(overview.reasons.at("schedule").next_attempt, Time(10s));
    EXPECT_EQ(overview.reasons.at("network").next_attempt, Time(20s));
    EXPECT_EQ(overview.reasons.at("queue").next_attempt, std::nullopt);
}

}  // namespace

}  // namespace haul::cli
