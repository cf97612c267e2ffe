#include "model/problem.hpp"

#include <gtest/gtest.h>

namespace haul::model {
namespace {

constexpr std::string_view kJson = "application/problem+json";

TEST(Problem, TitleAndDetailAreForPeople) {
    EXPECT_EQ(problem_text(kJson, R"({"title": "No room", "detail": "80 GB more needed"})"),
              "No room: 80 GB more needed");
    EXPECT_EQ(problem_text("Application/Problem+JSON; charset=utf-8", R"({"title": "No room"})"), "No room");
    EXPECT_EQ(problem_text(kJson, R"({"detail": "Zu groß"})"), "Zu groß");
}

TEST(Problem, WhatIsNoProblemDocumentSaysNothing) {
    EXPECT_EQ(problem_text("application/json", R"({"title": "No room"})"), "");
    EXPECT_EQ(problem_text("", R"({"title": "No room"})"), "");
    for (auto body : {"", "{", "[]", "7", "null", R"({"title": 7, "detail": null})", R"(["title"])",
                      "{\"title\": \"\xff\"}"})
        EXPECT_EQ(problem_text(kJson, body), "") << body;
}

TEST(Problem, TextIsOneLineOfBoundedLength) {
    EXPECT_EQ(problem_text(kJson, R"({"title": "a\nb\u001b[31m\u009bc\u202ed"})"), "a b [31m c d");
    auto longest = problem_text(kJson, R"({"title": ")" + std::string(5000, 'x') + R"(", "detail": ")" +
                                           std::string(5000, 'y') + R"("})");
    EXPECT_LE(longest.size(), 512U);
    EXPECT_EQ(problem_text(kJson, R"({"title": ")" + std::string(kMaxProblem, 'x') + R"("})"), "");
}

TEST(Problem, DeepNestsAreHarmless) {
    EXPECT_EQ(problem_text(kJson, std::string(60'000, '[')), "");
    EXPECT_EQ(problem_text(kJson, std::string(30'000, '[') + std::string(30'000, ']')), "");
}

}  // namespace
}  // namespace haul::model
