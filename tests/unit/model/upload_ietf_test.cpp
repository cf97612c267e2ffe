#include <gtest/gtest.h>

#include "unit/model/upload_talk.hpp"

namespace haul::model {
namespace {

const auto& strategy() {
    return strategy_of(UploadProtocol::Ietf);
}

UploadState at(Bytes offset) {
    return state_of(UploadProtocol::Ietf, offset);
}

UploadAnswer found(std::string offset, std::string complete = "?0", Headers more = {}) {
    more.push_back({"Upload-Offset", std::move(offset)});
    more.push_back({"Upload-Complete", std::move(complete)});
    return answer_of(204, std::move(more));
}

TEST(UploadIetf, FirstCreationBringsEverything) {
    auto ask = next_of(plan_of(10), state_of(UploadProtocol::Ietf, 0, ""));
    EXPECT_EQ(ask.kind, AskKind::Create);
    EXPECT_EQ(ask.body, (Span{0, 10}));
    EXPECT_EQ(field_of(ask, "Upload-Complete"), "?1");
    EXPECT_TRUE(ask.is_last);
}

TEST(UploadIetf, CreationAfterOneThatWasCutOffBringsNothingAndWaitsForTheUrl) {
    auto plan = plan_of(10);
    auto state = state_of(UploadProtocol::Ietf, 0, "");
    auto ask = next_of(plan, state, false);
    EXPECT_EQ(ask.kind, AskKind::Create);
    EXPECT_EQ(ask.body, std::nullopt);
    EXPECT_EQ(ask.method, "POST");
    EXPECT_EQ(field_of(ask, "Upload-Complete"), "?0");
    EXPECT_EQ(field_of(ask, "Upload-Length"), "10");
    EXPECT_FALSE(ask.is_last);
    EXPECT_EQ(word_of(strategy().judge(plan, ask, answer_of(201), state)), "failed protocol")
        << "no Location";
    EXPECT_EQ(word_of(strategy().judge(plan, ask, answer_of(201, {}, kResource), state)), "go on");
    EXPECT_EQ(next_of(plan, state).kind, AskKind::Append);
}

TEST(UploadIetf, ServerIsAskedHowFarItIs) {
    auto ask = next_of(plan_of(10), at(4), false);
    EXPECT_EQ(ask.kind, AskKind::Find);
    EXPECT_EQ(ask.method, "HEAD");
    EXPECT_EQ(ask.url, kResource);
    EXPECT_EQ(field_of(ask, "Upload-Draft-Interop-Version"), "8");
    EXPECT_EQ(ask.fields.size(), 1U) << "an offset in a HEAD is not allowed";
}

TEST(UploadIetf, RestIsAppendedInPiecesThatTheServerTakes) {
    auto plan = plan_of(10);
    auto state = at(4);
    auto ask = next_of(plan, state);
    EXPECT_EQ(ask.kind, AskKind::Append);
    EXPECT_EQ(ask.method, "PATCH");
    EXPECT_EQ(ask.body, (Span{4, 10}));
    EXPECT_EQ(field_of(ask, "Upload-Offset"), "4");
    EXPECT_EQ(field_of(ask, "Upload-Complete"), "?1");
    EXPECT_EQ(field_of(ask, "Content-Type"), "application/partial-upload");
    EXPECT_TRUE(ask.is_last);

    state.max_append = 5;
    ask = next_of(plan, state);
    EXPECT_EQ(ask.body, (Span{4, 9}));
    EXPECT_EQ(field_of(ask, "Upload-Complete"), "?0");
    EXPECT_FALSE(ask.is_last);
    plan.interop = 5;
    EXPECT_EQ(field_of(next_of(plan, state), "Content-Type"), "-");
    plan.interop = 3;
    EXPECT_EQ(field_of(next_of(plan, state), "Upload-Incomplete"), "?1");
}

TEST(UploadIetf, ServerThatHasAllBytesIsToldSo) {
    auto ask = next_of(plan_of(10), at(10));
    EXPECT_EQ(ask.kind, AskKind::Finish);
    EXPECT_EQ(ask.method, "PATCH");
    EXPECT_EQ(ask.body, std::nullopt);
    EXPECT_EQ(field_of(ask, "Upload-Offset"), "10");
    EXPECT_EQ(field_of(ask, "Upload-Complete"), "?1");
    EXPECT_TRUE(ask.is_last);
}

class FoundByIetf : public testing::TestWithParam<UploadCase> {};
INSTANTIATE_TEST_SUITE_P(
    UploadIetf, FoundByIetf,
    testing::Values(
        UploadCase{"further", found("7"), "go on", 7}, UploadCase{"same", found("4"), "go on", 4},
        UploadCase{"all but the word", found("10"), "go on", 10},
        UploadCase{"complete", found("10", "?1", {{"Upload-Length", "10"}}), "done", 10},
        UploadCase{"cut off and complete", found("7", "?1"), "failed incomplete", 4},
        UploadCase{"complete with another length", found("10", "?1", {{"Upload-Length", "12"}}),
                   "failed incomplete", 4},
        UploadCase{"complete beyond the end", found("12", "?1"), "failed incomplete", 4},
        UploadCase{"another length", found("7", "?0", {{"Upload-Length", "12"}}), "failed protocol", 4},
        UploadCase{"garbage length", found("10", "?1", {{"Upload-Length", "ten"}}), "failed protocol", 4},
        UploadCase{"beyond the end", found("11"), "failed protocol", 4},
        UploadCase{"negative", found("-1"), "failed protocol", 4},
        UploadCase{"garbage", found("7x"), "failed protocol", 4},
        UploadCase{"huge", found("99999999999999999999"), "failed protocol", 4},
        UploadCase{"missing", answer_of(204, {{"Upload-Complete", "?0"}}), "failed protocol", 4},
        UploadCase{"two", found("7", "?0", {{"Upload-Offset", "8"}}), "failed protocol", 4},
        UploadCase{"parameters", found("7;a=b", "?0;x"), "go on", 7},
        UploadCase{"too large", found("7", "?0", {{"Upload-Limit", "max-size=9"}}), "failed limit", 4},
        UploadCase{"gone", answer_of(410), "anew", 0}, UploadCase{"unknown", answer_of(404), "anew", 0},
        UploadCase{"locked", answer_of(423), "retry", 4}, UploadCase{"busy", answer_of(503), "retry", 4},
        UploadCase{"too many", answer_of(429), "retry", 4},
        UploadCase{"forbidden", answer_of(403), "failed http-status", 4},
        UploadCase{"who", answer_of(401), "credentials", 4}));

TEST_P(FoundByIetf, IsJudged) {
    auto state = at(4);
    EXPECT_EQ(word_of(talk(plan_of(10), state, GetParam().answer, false)), GetParam().verdict);
    EXPECT_EQ(state.offset, GetParam().offset);
}

class AppendedByIetf : public testing::TestWithParam<UploadCase> {};
INSTANTIATE_TEST_SUITE_P(
    UploadIetf, AppendedByIetf,
    testing::Values(
        UploadCase{"done", answer_of(200, {{"Upload-Complete", "?1"}}), "done", 10},
        UploadCase{"done without a word", answer_of(201), "done", 10},
        UploadCase{"not done", answer_of(204, {{"Upload-Complete", "?0"}}), "go on", 4},
        UploadCase{"less", answer_of(204, {{"Upload-Offset", "7"}}), "go on", 4},
        UploadCase{"less and done", found("7", "?1"), "failed incomplete", 4},
        UploadCase{"final failure", answer_of(500, {{"Upload-Complete", "?1"}}), "failed http-status", 4},
        UploadCase{"failure", answer_of(500), "retry", 4}, UploadCase{"conflict", answer_of(409), "go on", 4},
        UploadCase{"gone", answer_of(404), "anew", 0}, UploadCase{"locked", answer_of(423), "retry", 4},
        UploadCase{"too large", answer_of(413), "failed http-status", 4},
        UploadCase{"too much at once", answer_of(413, {{"Upload-Limit", "max-append-size=3"}}), "go on", 4},
        UploadCase{"too large at all", answer_of(413, {{"Upload-Limit", "max-size=9"}}), "failed limit", 4},
        UploadCase{"refused", answer_of(400), "failed http-status", 4}));

TEST_P(AppendedByIetf, IsJudged) {
    auto state = at(4);
    EXPECT_EQ(word_of(talk(plan_of(10), state, GetParam().answer)), GetParam().verdict);
    EXPECT_EQ(state.offset, GetParam().offset);
    if (GetParam().verdict != "go on") return;
    EXPECT_EQ(next_of(plan_of(10), state).kind, AskKind::Find);
}

TEST(UploadIetf, PieceMovesTheOffsetByTheWordOfTheServerAlone) {
    auto plan = plan_of(10);
    auto state = at(4);
    state.max_append = 3;
    EXPECT_EQ(word_of(talk(plan, state, answer_of(204, {{"Upload-Offset", "7"}}))), "go on");
    EXPECT_EQ(next_of(plan, state).body, (Span{7, 10}));
    state = at(4);
    state.max_append = 3;
    EXPECT_EQ(word_of(talk(plan, state, answer_of(204, {{"Upload-Complete", "?0"}}))), "go on");
    EXPECT_EQ(next_of(plan, state).body, (Span{7, 10})) << "it took the piece";
    state = at(4);
    state.max_append = 3;
    EXPECT_EQ(word_of(talk(plan, state, answer_of(204))), "go on");
    EXPECT_EQ(next_of(plan, state).kind, AskKind::Find) << "it does not say anything of the draft";
    EXPECT_EQ(word_of(talk(plan, state, found("4"))), "go on");
    EXPECT_EQ(state.conflicts, 1U);
    state.offset = 4;
    EXPECT_EQ(word_of(talk(plan, state, answer_of(204, {{"Upload-Offset", "8"}}))), "failed protocol");
    EXPECT_EQ(word_of(talk(plan, state, found("7", "?1"))), "failed incomplete");
}

TEST(UploadIetf, ConflictsInARowAreBounded) {
    auto plan = plan_of(10);
    auto state = at(4);
    for (std::uint32_t n = 1; n < kMaxUploadConflicts; ++n) {
        ASSERT_EQ(word_of(talk(plan, state, answer_of(409))), "go on") << n;
        ASSERT_EQ(word_of(talk(plan, state, found("4"))), "go on") << n;
    }
    EXPECT_EQ(word_of(talk(plan, state, answer_of(409))), "failed rejected");
}

TEST(UploadIetf, OffsetThatStandsStillOrFallsBackIsAConflictAndNewBytesEndTheRow) {
    auto plan = plan_of(100);
    auto state = at(40);
    state.max_append = 10;
    talk(plan, state, answer_of(204, {{"Upload-Offset", "40"}}));
    EXPECT_EQ(state.conflicts, 1U);
    talk(plan, state, answer_of(204, {{"Upload-Offset", "30"}}));
    EXPECT_EQ(state.conflicts, 2U);
    EXPECT_EQ(state.offset, 30U);
    talk(plan, state, found("20"), false);
    EXPECT_EQ(state.conflicts, 3U);
    talk(plan, state, answer_of(204, {{"Upload-Offset", "30"}}));
    EXPECT_EQ(state.conflicts, 3U) << "it had these before";
    talk(plan, state, answer_of(204, {{"Upload-Offset", "40"}}));
    talk(plan, state, answer_of(204, {{"Upload-Offset", "50"}}));
    EXPECT_EQ(state.conflicts, 0U);
}

TEST(UploadIetf, ServerThatGoesForwardsAndBackDoesNotDoSoForEver) {
    auto plan = plan_of(100);
    auto state = at(0);
    state.max_append = 10;
    std::string verdict;
    for (int turns = 0; turns < 100 && verdict != "failed rejected"; ++turns) {
        talk(plan, state, answer_of(204, {{"Upload-Offset", "10"}}));
        verdict = word_of(talk(plan, state, found("0"), false));
    }
    EXPECT_EQ(verdict, "failed rejected");
}

TEST(UploadIetf, UploadThatIsGoneBeginsAnewUnlessItMayHaveBeenDone) {
    auto plan = plan_of(10);
    auto state = at(4);
    state.max_append = 3;
    EXPECT_EQ(word_of(talk(plan, state, answer_of(404), false)), "anew");
    EXPECT_EQ(state.url, "");
    EXPECT_EQ(state.max_append, std::nullopt);
    EXPECT_EQ(field_of(next_of(plan, state), "Upload-Complete"), "?0");
    state = at(4);
    state.may_be_there = true;
    EXPECT_EQ(word_of(talk(plan, state, answer_of(404), false)), "failed http-status");
    plan.may_repeat = true;
    EXPECT_EQ(word_of(talk(plan, state, answer_of(404), false)), "anew");
}

TEST(UploadIetf, ServerThatLacksBytesHasNotActedOnThem) {
    auto state = at(4);
    state.may_be_there = true;
    talk(plan_of(10), state, found("7"), false);
    EXPECT_FALSE(state.may_be_there);
}

TEST(UploadIetf, InterimAnswersOfAnAppendTellOfProgress) {
    auto plan = plan_of(10);
    auto state = at(4);
    auto ask = next_of(plan, state);
    auto at_offset = [](std::string offset) {
        return answer_of(104, {{"Upload-Draft-Interop-Version", "8"}, {"Upload-Offset", std::move(offset)}},
                         "http://h/other");
    };
    EXPECT_TRUE(strategy().on_interim(plan, ask, at_offset("6"), state));
    EXPECT_EQ(state.offset, 6U);
    EXPECT_EQ(state.url, kResource);
    for (auto offset : {"11", "5", "x", ""})
        EXPECT_FALSE(strategy().on_interim(plan, ask, at_offset(offset), state)) << offset;
    EXPECT_EQ(state.offset, 6U);
}

TEST(UploadIetf, InterruptedFirstCreationGoesOnByTheUrlOfA104) {
    auto plan = plan_of(10);
    auto state = state_of(UploadProtocol::Ietf, 0, "");
    auto ask = next_of(plan, state);
    EXPECT_TRUE(strategy().on_interim(
        plan, ask, answer_of(104, {{"Upload-Draft-Interop-Version", "8"}}, kResource), state));
    EXPECT_EQ(next_of(plan, state, false).kind, AskKind::Find);
}

TEST(UploadIetf, OldestVersionSaysItTheOtherWayRound) {
    auto plan = plan_of(10);
    plan.interop = 3;
    auto state = at(4);
    auto answer = answer_of(204, {{"Upload-Offset", "7"}, {"Upload-Incomplete", "?1"}});
    EXPECT_EQ(word_of(talk(plan, state, answer, false)), "go on");
    answer = answer_of(204, {{"Upload-Offset", "10"}, {"Upload-Incomplete", "?0"}});
    EXPECT_EQ(word_of(talk(plan, state, answer, false)), "done");
}

TEST(UploadIetf, LimitsOfAnyAnswerAreRemembered) {
    auto state = at(4);
    auto answer =
        found("4", "?0", {{"Upload-Limit", "min-size=1, max-append-size=3;x=y, max-age=99999999999999"}});
    talk(plan_of(10), state, answer, false);
    EXPECT_EQ(state.max_append, 3U);
    EXPECT_EQ(state.expires, to_wall_time(3'153'600'000'000'000)) << "a hundred years at most";
}

TEST(UploadIetf, FarewellDeletesTheResource) {
    auto farewell = strategy().farewell(plan_of(10), at(4));
    ASSERT_TRUE(farewell);
    EXPECT_EQ(farewell->method, "DELETE");
    EXPECT_EQ(farewell->url, kResource);
    EXPECT_FALSE(strategy().farewell(plan_of(10), state_of(UploadProtocol::Ietf, 0, "")));
}

}  // namespace
}  // namespace haul::model
