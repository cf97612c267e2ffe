#include <gtest/gtest.h>

#include "unit/model/upload_talk.hpp"

namespace haul::model {
namespace {

constexpr Bytes kMiB = 1024 * 1024;

UploadState fresh() {
    return state_of(UploadProtocol::Tus, 0, "");
}
UploadState at(Bytes offset) {
    auto state = state_of(UploadProtocol::Tus, offset);
    state.is_discovered = true;
    return state;
}

TEST(UploadTus, ServerIsAskedFirstWhatItCanDo) {
    auto ask = next_of(plan_of(10), fresh());
    EXPECT_EQ(ask.kind, AskKind::Discover);
    EXPECT_EQ(ask.method, "OPTIONS");
    EXPECT_EQ(ask.url, "http://h/files");
    EXPECT_TRUE(ask.fields.empty());
}

TEST(UploadTus, ChecksumIsTheStrongestInTheNameOfTheServerAndOnlyWhereAdvertised) {
    struct Row {
        const char *extensions, *algorithms, *chosen;
    };
    for (const auto& row :
         {Row{"creation,checksum", "md5,sha1,sha256", "sha256"},
          Row{"creation, checksum", "sha-256 , sha-1", "sha-256"}, Row{"checksum", "SHA512,sha1", "SHA512"},
          Row{"checksum", "md5,crc32", ""}, Row{"checksum", "", ""},
          Row{"creation,checksum-trailer", "sha1", ""}, Row{"", "sha1", ""}}) {
        auto state = fresh();
        auto answer =
            answer_of(204, {{"Tus-Extension", row.extensions}, {"Tus-Checksum-Algorithm", row.algorithms}});
        EXPECT_EQ(word_of(talk(plan_of(10), state, answer)), "go on");
        EXPECT_EQ(state.checksum, row.chosen) << row.algorithms;
        EXPECT_EQ(next_of(plan_of(10), state).kind, AskKind::Create);
    }
}

TEST(UploadTus, ServerThatDoesNotSayWhatItCanDoIsTriedAllTheSame) {
    for (int status : {302, 404, 405, 500, 503}) {
        auto state = fresh();
        EXPECT_EQ(word_of(talk(plan_of(10), state, answer_of(status))), "go on") << status;
        EXPECT_TRUE(state.is_discovered);
    }
    auto state = fresh();
    EXPECT_EQ(word_of(talk(plan_of(10), state, answer_of(401))), "credentials");
    EXPECT_FALSE(state.is_discovered);
    EXPECT_EQ(word_of(talk(plan_of(10), state, answer_of(204, {{"Tus-Max-Size", "9"}}))), "failed limit");
}

TEST(UploadTus, CreationTellsLengthAndMetadata) {
    auto plan = plan_of(10);
    plan.filename = "a.txt";
    plan.content_type = "text/plain";
    plan.metadata = {{"empty", ""}, {"filetype", "x/y"}, {"no key", "z"}, {"who", "me"}};
    auto state = fresh();
    state.is_discovered = true;
    auto ask = next_of(plan, state);
    EXPECT_EQ(ask.kind, AskKind::Create);
    EXPECT_EQ(ask.method, "POST");
    EXPECT_EQ(ask.body, std::nullopt);
    EXPECT_EQ(field_of(ask, "Tus-Resumable"), "1.0.0");
    EXPECT_EQ(field_of(ask, "Upload-Length"), "10");
    EXPECT_EQ(field_of(ask, "Upload-Metadata"), "empty,filename YS50eHQ=,filetype eC95,who bWU=");
    EXPECT_EQ(field_of(next_of(plan_of(10), state), "Upload-Metadata"), "-");
}

TEST(UploadTus, CreationGivesTheUrl) {
    auto state = fresh();
    state.is_discovered = true;
    auto before = state;
    EXPECT_EQ(word_of(talk(plan_of(10), state, answer_of(201))), "failed protocol");
    EXPECT_EQ(word_of(talk(plan_of(10), state, answer_of(503))), "retry");
    EXPECT_EQ(word_of(talk(plan_of(10), state, answer_of(404))), "failed http-status");
    EXPECT_EQ(state, before);
    EXPECT_EQ(word_of(talk(plan_of(10), state,
                           answer_of(201, {{"Upload-Expires", "Thu, 01 Jan 1970 00:01:00 GMT"}}, kResource))),
              "go on");
    EXPECT_EQ(state.url, kResource);
    EXPECT_EQ(state.expires, to_wall_time(60'000'000));
    state = before;
    EXPECT_TRUE(next_of(plan_of(0), state).is_last);
    EXPECT_EQ(word_of(talk(plan_of(0), state, answer_of(201, {}, kResource))), "done") << "nothing to bring";
}

TEST(UploadTus, RestIsAppendedWithOffset) {
    auto ask = next_of(plan_of(10), at(4));
    EXPECT_EQ(ask.kind, AskKind::Append);
    EXPECT_EQ(ask.method, "PATCH");
    EXPECT_EQ(ask.body, (Span{4, 10}));
    EXPECT_TRUE(ask.is_last);
    EXPECT_EQ(field_of(ask, "Upload-Offset"), "4");
    EXPECT_EQ(field_of(ask, "Tus-Resumable"), "1.0.0");
    EXPECT_EQ(field_of(ask, "Content-Type"), "application/offset+octet-stream");
    EXPECT_EQ(ask.checksum, "");
    EXPECT_EQ(next_of(plan_of(10), at(4), false).method, "HEAD");
}

TEST(UploadTus, WhatHasAChecksumGoesInPieces) {
    auto state = at(0);
    state.checksum = "sha1";
    auto ask = next_of(plan_of(10 * kMiB), state);
    EXPECT_EQ(ask.body, (Span{0, 4 * kMiB}));
    EXPECT_EQ(ask.checksum, "sha1");
    EXPECT_FALSE(ask.is_last);
    state.offset = 8 * kMiB;
    ask = next_of(plan_of(10 * kMiB), state);
    EXPECT_EQ(ask.body, (Span{8 * kMiB, 10 * kMiB}));
    EXPECT_TRUE(ask.is_last);
}

UploadAnswer has(std::string offset, Headers more = {}) {
    more.push_back({"Upload-Offset", std::move(offset)});
    return answer_of(204, std::move(more));
}

class OffsetOfTus : public testing::TestWithParam<UploadCase> {};
INSTANTIATE_TEST_SUITE_P(
    UploadTus, OffsetOfTus,
    testing::Values(
        UploadCase{"all", has("10"), "done", 10}, UploadCase{"more", has("7"), "go on", 7},
        UploadCase{"back", has("2"), "go on", 2}, UploadCase{"beyond", has("11"), "failed protocol", 4},
        UploadCase{"garbage", has("x"), "failed protocol", 4},
        UploadCase{"negative", has("-4"), "failed protocol", 4},
        UploadCase{"missing", answer_of(204), "failed protocol", 4},
        UploadCase{"another length", has("7", {{"Upload-Length", "11"}}), "failed protocol", 4},
        UploadCase{"gone", answer_of(410), "anew", 0}, UploadCase{"unknown", answer_of(404), "anew", 0},
        UploadCase{"forbidden", answer_of(403), "failed http-status", 4},
        UploadCase{"locked", answer_of(423), "retry", 4}, UploadCase{"busy", answer_of(502), "retry", 4},
        UploadCase{"conflict", answer_of(409), "go on", 4},
        UploadCase{"other bytes", answer_of(460), "go on", 4},
        UploadCase{"who", answer_of(407), "credentials", 4}));

TEST_P(OffsetOfTus, IsTheWordOfTheServerWhetherAskedOrSent) {
    for (bool is_known : {true, false}) {
        auto state = at(4);
        EXPECT_EQ(word_of(talk(plan_of(10), state, GetParam().answer, is_known)), GetParam().verdict);
        EXPECT_EQ(state.offset, GetParam().offset);
    }
}

TEST(UploadTus, ServerHasNoMoreOfAPieceThanWasSent) {
    auto state = at(0);
    state.checksum = "sha1";
    EXPECT_EQ(word_of(talk(plan_of(10 * kMiB), state, has(std::to_string(5 * kMiB)))), "failed protocol");
    EXPECT_EQ(word_of(talk(plan_of(10 * kMiB), state, has(std::to_string(4 * kMiB)))), "go on");
}

TEST(UploadTus, ConflictsAndWrongChecksumsInARowAreBounded) {
    for (int status : {409, 460}) {
        auto state = at(4);
        for (std::uint32_t n = 1; n < kMaxUploadConflicts; ++n) {
            ASSERT_EQ(word_of(talk(plan_of(10), state, answer_of(status))), "go on");
            ASSERT_EQ(next_of(plan_of(10), state).kind, AskKind::Find);
            ASSERT_EQ(word_of(talk(plan_of(10), state, has("4"))), "go on");
        }
        EXPECT_EQ(word_of(talk(plan_of(10), state, answer_of(status))), "failed rejected");
    }
}

TEST(UploadTus, FarewellDeletesTheResourceWithTheVersionAlone) {
    auto farewell = strategy_of(UploadProtocol::Tus).farewell(plan_of(10), at(4));
    ASSERT_TRUE(farewell);
    EXPECT_EQ(farewell->method, "DELETE");
    EXPECT_EQ(farewell->url, kResource);
    ASSERT_EQ(farewell->fields.size(), 1U);
    EXPECT_EQ(field_of(*farewell, "Tus-Resumable"), "1.0.0");
    EXPECT_FALSE(strategy_of(UploadProtocol::Tus).farewell(plan_of(10), fresh()));
}

}  // namespace
}  // namespace haul::model
