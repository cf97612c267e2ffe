#include "model/upload.hpp"

#include <gtest/gtest.h>

#include "unit/model/upload_talk.hpp"

namespace haul::model {
namespace {

TEST(Upload, FieldThatComesTwiceCountsWhereBothAreTheSame) {
    auto answer =
        answer_of(200, {{"Upload-Offset", "5"}, {"etag", "a"}, {"upload-offset", "5"}, {"ETag", "b"}});
    EXPECT_EQ(answer.field("UPLOAD-OFFSET"), "5");
    EXPECT_EQ(answer.field("ETag"), "");
    EXPECT_EQ(answer.field("Location"), "");
}

TEST(Upload, StatusesThatNoProtocolKnowsAreForNowOrForGood) {
    for (int status : {401, 407}) EXPECT_EQ(word_of(judge_status(answer_of(status))), "credentials");
    for (int status : {408, 425, 429, 500, 502, 503, 504}) {
        auto verdict = judge_status(answer_of(status));
        EXPECT_EQ(word_of(verdict), "retry") << status;
        EXPECT_EQ(verdict.reason, Reason::HttpStatus) << status;
    }
    for (int status : {300, 304, 400, 403, 404, 409, 413, 423, 501, 505, 507, 599, 999})
        EXPECT_EQ(word_of(judge_status(answer_of(status))), "failed http-status") << status;
}

TEST(Upload, TextHasTheProblemDocument) {
    auto answer = answer_of(413, {{"Content-Type", "application/problem+json"}});
    answer.body = R"({"title": "Too large", "detail": "1 MB is the limit"})";
    EXPECT_EQ(judge_status(answer).text, "the server answered with status 413: Too large: 1 MB is the limit");
    answer.fields.clear();
    EXPECT_EQ(judge_status(answer).text, "the server answered with status 413");
}

TEST(Upload, OnlyS3TakesSeveralConnections) {
    for (auto protocol : {UploadProtocol::Off, UploadProtocol::Auto, UploadProtocol::Ietf,
                          UploadProtocol::Tus, UploadProtocol::ContentRange})
        EXPECT_FALSE(strategy_of(protocol).is_parallel());
    EXPECT_TRUE(strategy_of(UploadProtocol::S3).is_parallel());
}

}  // namespace
}  // namespace haul::model
