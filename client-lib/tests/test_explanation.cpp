#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <ctime>

#include "explanation.hpp"
#include "task_details.hpp"

namespace haul::cli {

namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

constexpr Time kNow{1'806'000'000s};

/// Sentences about tasks, in the time of UTC.
class Explanation : public testing::Test {
protected:
    void SetUp() override {
        ::setenv("TZ", "UTC0", 1);
        ::tzset();
    }
    void TearDown() override {
        ::unsetenv("TZ");
        ::tzset();
    }
};

TEST_F(Explanation, AWaitingTaskSaysForWhatAndUntilWhen) {
    auto task = task_in(TaskState::Waiting);
    task.blocked_by = {"schedule"};
    task.why = "its window is closed: it opens at the next attempt";
    task.next_attempt = kNow + 5min;
    EXPECT_EQ(explanation(task, {}, kNow),
              (Lines{"Task 12 waits.", "Its window is closed: it opens at the next attempt.",
                     "The next attempt is at 2027-03-25 18:45:00, in 5 min."}));
}

TEST_F(Explanation, ATimeIsNoPromiseWhereMoreThanTimeIsWaitedFor) {
    auto task = task_in(TaskState::Waiting);
    task.blocked_by = {"schedule", "constrained-network"};
    task.why = "the data saver is on; its window is closed";
    task.next_attempt = kNow + 5min;
    EXPECT_EQ(explanation(task, {}, kNow),
              (Lines{"Task 12 waits.", "The data saver is on.", "Its window is closed.",
                     "There is no attempt before 2027-03-25 18:45:00, in 5 min."}));
    task.next_attempt.reset();
    EXPECT_EQ(explanation(task, {}, kNow).back(), "There is no set time for its next attempt.");
    task.next_attempt = kNow - 1s;
    EXPECT_EQ(explanation(task, {}, kNow).back(), "Its next attempt is due now.");
}

TEST_F(Explanation, WhatNothingKeepsStarts) {
    EXPECT_EQ(explanation(task_in(TaskState::Waiting), {}, kNow),
              (Lines{"Task 12 waits.", "Nothing keeps it: it starts at once."}));
}

TEST_F(Explanation, ADaemonThatGivesNoReasonsIsUnderstood) {
    auto task = task_in(TaskState::Waiting);
    task.blocked_by = {"power"};
    EXPECT_EQ(explanation(task, {}, kNow).at(1), "It waits for mains power.");
}

TEST_F(Explanation, TheLastErrorIsTold) {
    auto task = task_in(TaskState::Waiting);
    task.blocked_by = {"retry-delay"};
    task.why = "the last attempt failed";
    task.error_text = "connection refused";
    task.next_attempt = kNow + 12s;
    EXPECT_EQ(explanation(task, {}, kNow),
              (Lines{"Task 12 waits.", "The last attempt failed.", "The last error: connection refused.",
                     "The next attempt is at 2027-03-25 18:40:12, in 12 s."}));
}

TEST_F(Explanation, ThoseThatComeBeforeAreNamed) {
    auto task = task_in(TaskState::Waiting);
    task.blocked_by = {"queue"};
    task.why = "other tasks have to finish first (after)";
    task.options["after"] = std::vector<std::uint64_t>{3, 4, 5, 6};
    EXPECT_EQ(predecessors_of(task), (std::vector<TaskId>{{3}, {4}, {5}, {6}}));
    const std::vector<Predecessor> before{{{3}, TaskState::Running},
                                          {{4}, TaskState::Finished},
                                          {{5}, TaskState::Suspended},
                                          {{6}, std::nullopt}};
    EXPECT_EQ(explanation(task, before, kNow).at(2),
              "Before it come task 3 (running) and task 5 (suspended); where one of them does not finish, it "
              "is cancelled.");
    EXPECT_EQ(explanation(task, {before.front()}, kNow).at(2),
              "Before it comes task 3 (running); where that does not finish, it is cancelled.");
    task.options["after-failure"] = std::string("continue");
    EXPECT_EQ(explanation(task, {before.front()}, kNow).at(2),
              "Before it comes task 3 (running), whatever becomes of it.");
}

TEST_F(Explanation, OtherStatesSayWhatIsSo) {
    EXPECT_EQ(explanation(task_in(TaskState::Suspended), {}, kNow),
              (Lines{"Task 12 is suspended.", "\"haul resume 12\" lets it go on."}));
    EXPECT_EQ(explanation(task_in(TaskState::Running), {}, kNow),
              (Lines{"Task 12 is running: 512 B of 1.0 KiB so far."}));
    EXPECT_EQ(explanation(task_in(TaskState::Publishing), {}, kNow).size(), 1U);
    auto socket = task_in(TaskState::Running);
    socket.kind = TaskKind::WebSocket;
    socket.web_socket.emplace();
    EXPECT_EQ(explanation(socket, {}, kNow), (Lines{"Task 12 is connecting."}));
    socket.web_socket->is_open = true;
    EXPECT_EQ(explanation(socket, {}, kNow), (Lines{"Task 12 is connected."}));
}

TEST_F(Explanation, EndsSayHowAndWhen) {
    auto task = task_in(TaskState::Finished);
    task.path = "/home/me/file.iso";
    task.ended = kNow - 2h;
    EXPECT_EQ(explanation(task, {}, kNow), (Lines{"Task 12 has finished: saved /home/me/file.iso (512 B).",
                                                  "That was at 2027-03-25 16:40:00, 2 h ago."}));
    task.state = TaskState::Failed;
    task.error_text = "the server answered 404";
    EXPECT_EQ(explanation(task, {}, kNow).front(), "Task 12 failed: the server answered 404.");
    task.state = TaskState::Cancelled;
    task.error = "predecessor";
    EXPECT_EQ(explanation(task, {}, kNow).front(),
              "Task 12 was cancelled: a task that had to finish before it did not.");
    task.error = "moonlight";
    EXPECT_EQ(explanation(task, {}, kNow).front(), "Task 12 was cancelled: moonlight.");
}

TEST(Reasons, AreSentencesOfTheirOwn) {
    EXPECT_EQ(sentences_of(""), (Lines{}));
    EXPECT_EQ(sentences_of("one"), (Lines{"one"}));
    EXPECT_EQ(sentences_of("one: two; three"), (Lines{"one: two", "three"}));
    EXPECT_EQ(sentences_of("one; "), (Lines{"one"}));
}

}  // namespace

}  // namespace haul::cli
