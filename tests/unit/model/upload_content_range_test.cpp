#include <gtest/gtest.h>

#include "unit/model/upload_talk.hpp"

namespace haul::model {
namespace {

UploadState at(Bytes offset) {
    return state_of(UploadProtocol::ContentRange, offset);
}

UploadAnswer incomplete(std::string range) {
    return answer_of(308, {{"Range", std::move(range)}});
}

TEST(UploadContentRange, SessionBeginsWithAPostWithoutBytes) {
    auto plan = plan_of(10);
    plan.content_type = "text/plain";
    auto state = state_of(UploadProtocol::ContentRange, 0, "");
    auto ask = next_of(plan, state, false);
    EXPECT_EQ(ask.kind, AskKind::Create);
    EXPECT_EQ(ask.method, "POST");
    EXPECT_EQ(ask.body, std::nullopt);
    EXPECT_EQ(field_of(ask, "X-Upload-Content-Length"), "10");
    EXPECT_EQ(field_of(ask, "X-Upload-Content-Type"), "text/plain");
    EXPECT_EQ(word_of(talk(plan, state, answer_of(200))), "failed protocol") << "no Location";
    EXPECT_EQ(word_of(talk(plan, state, answer_of(404))), "failed http-status");
    EXPECT_EQ(word_of(talk(plan, state, answer_of(200, {}, kResource))), "go on");
    EXPECT_EQ(state.url, kResource);
}

TEST(UploadContentRange, RestIsPutWithItsRange) {
    auto ask = next_of(plan_of(10), at(4));
    EXPECT_EQ(ask.kind, AskKind::Append);
    EXPECT_EQ(ask.method, "PUT");
    EXPECT_EQ(ask.url, kResource);
    EXPECT_EQ(ask.body, (Span{4, 10}));
    EXPECT_EQ(field_of(ask, "Content-Range"), "bytes 4-9/10");
    EXPECT_TRUE(ask.is_last);
    EXPECT_TRUE(ask.is_direct);
}

TEST(UploadContentRange, ServerIsAskedWithoutBytes) {
    for (const auto& ask : {next_of(plan_of(10), at(4), false), next_of(plan_of(10), at(10))}) {
        EXPECT_EQ(ask.kind, AskKind::Find);
        EXPECT_EQ(ask.method, "PUT");
        EXPECT_EQ(ask.body, std::nullopt);
        EXPECT_EQ(field_of(ask, "Content-Range"), "bytes */10");
        EXPECT_FALSE(ask.is_last);
        EXPECT_TRUE(ask.is_direct);
    }
}

TEST(UploadContentRange, EmptySourceIsBroughtByTheQuestion) {
    for (bool is_known : {true, false}) {
        auto ask = next_of(plan_of(0), at(0), is_known);
        EXPECT_EQ(ask.kind, AskKind::Append);
        EXPECT_EQ(field_of(ask, "Content-Range"), "bytes */0");
        EXPECT_TRUE(ask.is_last);
    }
    auto state = at(0);
    EXPECT_EQ(word_of(talk(plan_of(0), state, answer_of(200))), "done");
}

class RangeOfSession : public testing::TestWithParam<UploadCase> {};
INSTANTIATE_TEST_SUITE_P(
    UploadContentRange, RangeOfSession,
    testing::Values(
        UploadCase{"done", answer_of(200), "done", 10}, UploadCase{"made", answer_of(201), "done", 10},
        UploadCase{"more", incomplete("bytes=0-6"), "go on", 7},
        UploadCase{"without unit", incomplete("0-6"), "go on", 7},
        UploadCase{"nothing", answer_of(308), "go on", 0},
        UploadCase{"all", incomplete("bytes=0-9"), "go on", 10},
        UploadCase{"beyond", incomplete("bytes=0-10"), "failed protocol", 4},
        UploadCase{"not from the start", incomplete("bytes=2-6"), "failed protocol", 4},
        UploadCase{"garbage", incomplete("bytes=0-"), "failed protocol", 4},
        UploadCase{"several", incomplete("bytes=0-1,3-6"), "failed protocol", 4},
        UploadCase{"gone", answer_of(410), "anew", 0}, UploadCase{"unknown", answer_of(404), "anew", 0},
        UploadCase{"busy", answer_of(503), "retry", 4}, UploadCase{"locked", answer_of(423), "retry", 4},
        UploadCase{"moved", answer_of(307), "failed http-status", 4},
        UploadCase{"refused", answer_of(400), "failed http-status", 4}));

TEST_P(RangeOfSession, IsTheWordOfTheServerWhetherAskedOrSent) {
    for (bool is_known : {true, false}) {
        auto state = at(4);
        EXPECT_EQ(word_of(talk(plan_of(10), state, GetParam().answer, is_known)), GetParam().verdict);
        EXPECT_EQ(state.offset, GetParam().offset);
    }
}

TEST(UploadContentRange, ServerThatNeverHasEnoughIsLeft) {
    for (auto range : {"bytes=0-9", "bytes=0-3"}) {
        auto state = at(4);
        state.furthest = 10;
        for (std::uint32_t n = 1; n < kMaxUploadConflicts; ++n) {
            ASSERT_EQ(word_of(talk(plan_of(10), state, incomplete(range))), "go on") << n << range;
        }
        EXPECT_EQ(word_of(talk(plan_of(10), state, incomplete(range))), "failed rejected");
    }
}

TEST(UploadContentRange, ServerThatTakesALittleEachTimeIsNot) {
    auto state = at(0);
    for (Bytes last = 0; last + 1 < 50; ++last)
        ASSERT_EQ(word_of(talk(plan_of(50), state, incomplete("bytes=0-" + std::to_string(last)))), "go on");
    EXPECT_EQ(state.conflicts, 0U);
}

TEST(UploadContentRange, SessionIsLeftWithoutAFarewell) {
    EXPECT_FALSE(strategy_of(UploadProtocol::ContentRange).farewell(plan_of(10), at(4)));
}

}  // namespace
}  // namespace haul::model
