#include <gtest/gtest.h>

#include "haul/event_details.hpp"

namespace haul {
namespace {

Event make_event(const std::string& type, Values details) {
    return {.number = {1}, .task = {2}, .type = type, .time = {}, .details = std::move(details)};
}

TEST(EventDetails, AFinishedFileSaysWhereItIs) {
    const auto event = make_event("finished-downloading", {{"path", std::string("/home/me/file")},
                                                           {"url", std::string("http://a/file")},
                                                           {"token", std::string("t")},
                                                           {"bytes-done", std::uint64_t{10}}});
    const auto file = to_downloaded_file(event);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->path, "/home/me/file");
    EXPECT_EQ(file->url, "http://a/file");
    EXPECT_EQ(file->token, "t");
    EXPECT_EQ(file->size, 10U);
    EXPECT_FALSE(to_ending(event)) << "it is not the task's end";
}

TEST(EventDetails, EachEndHasItsStateAndReason) {
    const auto finished = to_ending(make_event("completed", {{"reason", std::string("not-modified")}}));
    ASSERT_TRUE(finished);
    EXPECT_EQ(finished->state, TaskState::Finished);
    EXPECT_EQ(finished->reason, "not-modified");
    EXPECT_TRUE(finished->is_success());
    const auto failed = to_ending(make_event("failed", {{"error", std::string("http-status")},
                                                        {"error-text", std::string("a sentence")},
                                                        {"status", std::uint64_t{404}},
                                                        {"resume-data", std::vector<std::uint8_t>{1, 2}}}));
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->state, TaskState::Failed);
    EXPECT_EQ(failed->reason, "http-status");
    EXPECT_EQ(failed->error_text, "a sentence");
    EXPECT_EQ(failed->status, 404U);
    EXPECT_EQ(failed->resume_data, (std::vector<std::uint8_t>{1, 2}));
    EXPECT_FALSE(failed->is_success());
    EXPECT_EQ(to_ending(make_event("cancelled", {}))->state, TaskState::Cancelled);
}

TEST(EventDetails, ATaskThatHasNotEndedHasNoEnding) {
    TaskDetails details{};
    details.state = TaskState::Running;
    EXPECT_FALSE(to_ending(details));
    details.state = TaskState::Failed;
    details.error = "tls";
    EXPECT_EQ(to_ending(details)->reason, "tls");
}

TEST(EventDetails, AHindranceSaysWhatAndUntilWhen) {
    const auto hindrance =
        to_hindrance(make_event("waiting", {{"blocked-by", std::vector<std::string>{"network"}},
                                            {"next-attempt", std::uint64_t{7}}}));
    ASSERT_TRUE(hindrance);
    EXPECT_EQ(hindrance->blocked_by, std::vector<std::string>{"network"});
    EXPECT_EQ(hindrance->next_attempt, Time(std::chrono::microseconds(7)));
    EXPECT_FALSE(to_hindrance(make_event("waiting", {}))->next_attempt);
}

TEST(EventDetails, QuestionsAndRestartsAreRead) {
    const auto question =
        to_start_question(make_event("about-to-start", {{"url", std::string("http://a/")}}));
    ASSERT_TRUE(question);
    EXPECT_EQ(question->url, "http://a/");
    EXPECT_FALSE(question->not_before);
    EXPECT_EQ(to_restart(make_event("resumed-from-zero", {{"bytes-done", std::uint64_t{5}}}))->bytes_lost,
              5U);
}

TEST(EventDetails, WhatIsMissingOrOfAnotherTypeIsEmpty) {
    const auto ending =
        to_ending(make_event("failed", {{"error", std::uint64_t{1}}, {"status", std::string("x")}}));
    ASSERT_TRUE(ending);
    EXPECT_EQ(ending->reason, "");
    EXPECT_FALSE(ending->status);
    EXPECT_FALSE(to_restart(make_event("levitated", {})));
}

}  // namespace
}  // namespace haul
