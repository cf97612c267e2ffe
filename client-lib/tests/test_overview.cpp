#include <gtest/gtest.h>

#include <chrono>

#include "overview.hpp"
#include "task_details.hpp"

namespace haul::cli {

namespace {

using namespace std::chrono_literals;

TEST(Overview, EachReasonIsCountedWithItsEarliestAttempt) {
    Overview overview{};
    auto task = task_in(TaskState::Waiting);
    task.blocked_by = {"schedule", "network"};
    task.next_attempt = Time(20s);
    count_reasons(overview, task);
    task.blocked_by = {"schedule"};
    task.next_attempt = Time(10s);
    count_reasons(overview, task);
    task.blocked_by = {"queue"};
    task.next_attempt.reset();
    count_reasons(overview, task);

    EXPECT_EQ(overview.asked, 3U);
    ASSERT_EQ(overview.reasons.size(), 3U);
    EXPECT_EQ(overview.reasons.at("schedule").tasks, 2U);
    EXPECT_EQ(overview.reasons.at("schedule").next_attempt, Time(10s));
    EXPECT_EQ(overview.reasons.at("network").next_attempt, Time(20s));
    EXPECT_EQ(overview.reasons.at("queue").next_attempt, std::nullopt);
}

}  // namespace

}  // namespace haul::cli
