#include <gtest/gtest.h>

#include "unit/model/upload_talk.hpp"

namespace haul::model {
namespace {

UploadAnswer interim(Headers fields, std::string location = kResource) {
    return answer_of(104, std::move(fields), std::move(location));
}

TEST(UploadPlain, OneRequestIsAllThereIs) {
    auto plan = plan_of(10);
    plan.method = "PUT";
    plan.content_type = "text/plain";
    for (bool is_known : {true, false}) {
        auto ask = next_of(plan, state_of(UploadProtocol::Off, 0, ""), is_known);
        EXPECT_EQ(ask.kind, AskKind::Create);
        EXPECT_EQ(ask.method, "PUT");
        EXPECT_EQ(ask.url, plan.url);
        EXPECT_EQ(ask.body, (Span{0, 10}));
        EXPECT_TRUE(ask.is_last);
        ASSERT_EQ(ask.fields.size(), 1U);
        EXPECT_EQ(field_of(ask, "Content-Type"), "text/plain");
    }
}

TEST(UploadPlain, SuccessIsTheEnd) {
    auto state = state_of(UploadProtocol::Off, 0, "");
    EXPECT_EQ(word_of(talk(plan_of(10), state, answer_of(201))), "done");
    EXPECT_EQ(state.offset, 10U);
    EXPECT_EQ(word_of(talk(plan_of(10), state, answer_of(503))), "retry");
    EXPECT_EQ(word_of(talk(plan_of(10), state, answer_of(413))), "failed http-status");
    EXPECT_FALSE(strategy_of(UploadProtocol::Off).farewell(plan_of(10), state));
}

TEST(UploadPlain, OfferIsInTheWordsOfEachInteropVersion) {
    struct Row {
        std::uint32_t interop;
        std::string complete, incomplete, length;
    };
    for (const auto& row : {Row{3, "-", "?0", "-"}, Row{4, "?1", "-", "-"}, Row{5, "?1", "-", "-"},
                            Row{6, "?1", "-", "10"}, Row{8, "?1", "-", "10"}}) {
        auto plan = plan_of(10);
        plan.interop = row.interop;
        auto ask = next_of(plan, state_of(UploadProtocol::Auto, 0, ""));
        EXPECT_EQ(field_of(ask, "Upload-Draft-Interop-Version"), std::to_string(row.interop));
        EXPECT_EQ(field_of(ask, "Upload-Complete"), row.complete) << row.interop;
        EXPECT_EQ(field_of(ask, "Upload-Incomplete"), row.incomplete) << row.interop;
        EXPECT_EQ(field_of(ask, "Upload-Length"), row.length) << row.interop;
        EXPECT_EQ(ask.body, (Span{0, 10}));
    }
}

TEST(UploadPlain, ServerTakesTheOfferUpWithA104) {
    auto plan = plan_of(10);
    auto state = state_of(UploadProtocol::Auto, 0, "");
    auto ask = next_of(plan, state);
    const auto& strategy = strategy_of(UploadProtocol::Auto);
    auto answer =
        interim({{"Upload-Draft-Interop-Version", "8"}, {"Upload-Limit", "max-age=60, max-append-size=4"}});
    answer.now = to_wall_time(1'000'000);
    EXPECT_TRUE(strategy.on_interim(plan, ask, answer, state));
    EXPECT_EQ(state.protocol, UploadProtocol::Ietf);
    EXPECT_EQ(state.url, kResource);
    EXPECT_EQ(state.max_append, 4U);
    EXPECT_EQ(state.expires, to_wall_time(61'000'000));
    EXPECT_FALSE(strategy.on_interim(plan, ask, answer, state)) << "nothing new";
    answer.location = "http://h/u/2";
    EXPECT_FALSE(strategy.on_interim(plan, ask, answer, state)) << "the first Location counts";
    EXPECT_EQ(state.url, kResource);
    EXPECT_EQ(word_of(strategy.judge(plan, ask, answer_of(200), state)), "done");
}

TEST(UploadPlain, Other104sAreNotForUs) {
    auto plan = plan_of(10);
    auto state = state_of(UploadProtocol::Auto, 0, "");
    auto before = state;
    auto ask = next_of(plan, state);
    const auto& strategy = strategy_of(UploadProtocol::Auto);
    EXPECT_FALSE(strategy.on_interim(plan, ask, interim({}), state));
    for (auto version : {"6", "9", "", "08", "x"})
        EXPECT_FALSE(
            strategy.on_interim(plan, ask, interim({{"Upload-Draft-Interop-Version", version}}), state));
    EXPECT_FALSE(strategy.on_interim(plan, ask, interim({{"Upload-Draft-Interop-Version", "8"}}, ""), state));
    EXPECT_FALSE(strategy.on_interim(
        plan, ask, answer_of(103, {{"Upload-Draft-Interop-Version", "8"}}, kResource), state));
    EXPECT_EQ(state, before);
    EXPECT_FALSE(strategy_of(UploadProtocol::Off)
                     .on_interim(plan, ask, interim({{"Upload-Draft-Interop-Version", "8"}}), state));
}

}  // namespace
}  // namespace haul::model
