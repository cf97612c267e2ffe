#include "model/resume_rule.hpp"

#include <gtest/gtest.h>

namespace haul::model {
namespace {

const Validator kStrong{.etag = "\"one\"", .last_modified = {}};
const Validator kWeak{.etag = "W/\"one\"", .last_modified = {}};
const Validator kDated{.etag = {}, .last_modified = "Mon, 01 Jan 2024 00:00:00 GMT"};

ResponseHead head_of(std::uint16_t status, std::initializer_list<std::string> lines = {}) {
    ResponseHead head;
    head.take("HTTP/1.1 " + std::to_string(status) + " x");
    for (const auto& line : lines) head.take(line);
    head.take("");
    return head;
}

// --- what is asked for ---

TEST(ResumeRule, AsksForTheRestWithAStrongEntityTag) {
    auto asked = plan_request({.size = 5, .total = 10, .validator = kStrong});
    EXPECT_EQ(asked.offset, 5U);
    EXPECT_EQ(asked.if_range, "\"one\"");
}

TEST(ResumeRule, AsksForTheRestWithALastModified) {
    auto validator = kWeak;
    validator.last_modified = kDated.last_modified;
    EXPECT_EQ(plan_request({.size = 5, .total = {}, .validator = kDated}).if_range, kDated.last_modified);
    EXPECT_EQ(plan_request({.size = 5, .total = 10, .validator = validator}).if_range, kDated.last_modified)
        << "a weak entity tag can't go into If-Range";
}

TEST(ResumeRule, AsksForEverythingWithoutProof) {
    for (const auto& validator : {Validator{}, kWeak, Validator{.etag = "one", .last_modified = {}},
                                  Validator{.etag = "\"", .last_modified = {}}}) {
        EXPECT_FALSE(can_continue(validator)) << validator.etag;
        auto asked = plan_request({.size = 5, .total = 10, .validator = validator});
        EXPECT_EQ(asked.offset, 0U) << validator.etag;
        EXPECT_EQ(asked.if_range, "");
    }
    EXPECT_EQ(plan_request({.size = 0, .total = 10, .validator = kStrong}).offset, 0U) << "no bytes";
    EXPECT_EQ(plan_request({.size = 10, .total = 10, .validator = kStrong}).offset, 0U) << "no rest";
    EXPECT_EQ(plan_request({.size = 11, .total = 10, .validator = kStrong}).offset, 0U) << "too many bytes";
}

TEST(ResumeRule, LastModifiedIsStrongFromOneSecondOn) {
    auto head = head_of(200, {"Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT", "ETag: \"one\""});
    EXPECT_EQ(usable_validator(head, std::chrono::seconds{1}).last_modified, kDated.last_modified);
    EXPECT_EQ(usable_validator(head, std::chrono::seconds{0}).last_modified, "");
    EXPECT_EQ(usable_validator(head, std::chrono::seconds{-5}).last_modified, "");
    EXPECT_EQ(usable_validator(head, std::nullopt).last_modified, "");
    EXPECT_EQ(usable_validator(head, std::nullopt).etag, "\"one\"");
}

// --- what becomes of the answer: statuses ---

struct Answer {
    const char* what;
    std::uint16_t status;
    Verdict without_range;
    Verdict with_range;
    Reason reason;  ///< of Retry and Fail
};

class AnswerStatus : public testing::TestWithParam<Answer> {};

TEST_P(AnswerStatus, IsJudged) {
    const auto& answer = GetParam();
    auto whole = judge({}, {}, head_of(answer.status), kStrong);
    EXPECT_EQ(whole.verdict, answer.without_range);
    auto part = judge({.size = 5, .total = 10, .validator = kStrong}, {.offset = 5, .if_range = "\"one\""},
                      head_of(answer.status, {"Content-Range: bytes 5-9/10"}), kStrong);
    EXPECT_EQ(part.verdict, answer.with_range);
    for (const auto& judgement : {whole, part})
        if (judgement.verdict == Verdict::Retry || judgement.verdict == Verdict::Fail) {
            EXPECT_EQ(judgement.reason, answer.reason);
            EXPECT_NE(judgement.text, "");
        }
}

constexpr auto kFail = Verdict::Fail;
constexpr auto kRetry = Verdict::Retry;
constexpr auto kRedirect = Verdict::Redirect;
constexpr auto kRefetch = Verdict::Refetch;
constexpr auto kHttp = Reason::HttpStatus;
INSTANTIATE_TEST_SUITE_P(
    ResumeRule, AnswerStatus,
    testing::Values(
        Answer{"Ok", 200, Verdict::FromStart, Verdict::Restart, Reason::None},
        Answer{"NonAuthoritative", 203, Verdict::FromStart, Verdict::Restart, Reason::None},
        Answer{"NoContent", 204, kFail, kFail, kHttp}, Answer{"ResetContent", 205, kFail, kFail, kHttp},
        Answer{"PartialContent", 206, kFail, Verdict::Continue, Reason::Protocol},
        Answer{"MultipleChoices", 300, kFail, kFail, kHttp},
        Answer{"MovedPermanently", 301, kRedirect, kRedirect, Reason::None},
        Answer{"Found", 302, kRedirect, kRedirect, Reason::None},
        Answer{"SeeOther", 303, kRedirect, kRedirect, Reason::None},
        Answer{"NotModified", 304, kFail, kFail, kHttp},
        Answer{"TemporaryRedirect", 307, kRedirect, kRedirect, Reason::None},
        Answer{"PermanentRedirect", 308, kRedirect, kRedirect, Reason::None},
        Answer{"BadRequest", 400, kFail, kFail, kHttp}, Answer{"Unauthorized", 401, kFail, kFail, kHttp},
        Answer{"Forbidden", 403, kFail, kFail, kHttp}, Answer{"NotFound", 404, kFail, kFail, kHttp},
        Answer{"RequestTimeout", 408, kRetry, kRetry, kHttp}, Answer{"Gone", 410, kFail, kFail, kHttp},
        Answer{"PreconditionFailed", 412, kFail, kRefetch, kHttp},
        Answer{"RangeNotSatisfiable", 416, kFail, kRefetch, kHttp},
        Answer{"TooEarly", 425, kRetry, kRetry, kHttp}, Answer{"TooManyRequests", 429, kRetry, kRetry, kHttp},
        Answer{"ServerError", 500, kRetry, kRetry, kHttp}, Answer{"NotImplemented", 501, kFail, kFail, kHttp},
        Answer{"BadGateway", 502, kRetry, kRetry, kHttp}, Answer{"Unavailable", 503, kRetry, kRetry, kHttp},
        Answer{"GatewayTimeout", 504, kRetry, kRetry, kHttp},
        Answer{"VersionNotSupported", 505, kFail, kFail, kHttp}),
    [](const auto& info) { return info.param.what; });

TEST(ResumeRule, FaultFailsTheTaskWhateverItsStatus) {
    for (auto status : std::initializer_list<std::uint16_t>{200, 206, 302, 404, 503}) {
        auto judgement = judge({}, {}, head_of(status, {"Content-Length: x"}), {});
        EXPECT_EQ(judgement.verdict, Verdict::Fail) << status;
        EXPECT_EQ(judgement.reason, Reason::Protocol) << status;
    }
}

TEST(ResumeRule, WholeAnswerBringsItsLengthAndValidator) {
    auto judgement = judge({}, {}, head_of(200, {"Content-Length: 10"}), kDated);
    EXPECT_EQ(judgement.total, 10U);
    EXPECT_EQ(judgement.validator, kDated);
    EXPECT_EQ(judge({}, {}, head_of(200, {"Content-Length: 10", "Transfer-Encoding: chunked"}), kDated).total,
              std::nullopt);
}

TEST(ResumeRule, KnownEntityIsGivenUpBeforeTheBytesOfAnother) {
    // Also without bytes: the journal holds the validator of others.
    PartState part{.size = 0, .total = 10, .validator = kStrong};
    EXPECT_EQ(judge(part, {}, head_of(200), kStrong).verdict, Verdict::Restart);
    part.validator = kWeak;
    EXPECT_EQ(judge(part, {}, head_of(200), kStrong).verdict, Verdict::FromStart);
}

// --- what becomes of the answer: ranges and validators ---

struct Part {
    const char* what;
    Verdict verdict;
    PartState known;
    std::vector<std::string> lines;
};

class AnswerPart : public testing::TestWithParam<Part> {};

TEST_P(AnswerPart, IsContinuedOnlyWhereAllFits) {
    ResponseHead head;
    head.take("HTTP/1.1 206 Partial Content");
    for (const auto& line : GetParam().lines) head.take(line);
    head.take("");
    const auto& known = GetParam().known;
    auto judgement = judge(known, plan_request(known), head, usable_validator(head, std::nullopt));
    EXPECT_EQ(judgement.verdict, GetParam().verdict) << judgement.text;
    if (judgement.verdict == Verdict::Continue) {
        EXPECT_EQ(judgement.total, 10U);
        EXPECT_EQ(judgement.validator, known.validator);
        EXPECT_GT(judgement.end, known.size);
        EXPECT_LE(judgement.end, 10U);
    } else {
        EXPECT_NE(judgement.text, "");
    }
}

const PartState kHalf{.size = 5, .total = 10, .validator = kStrong};
const PartState kHalfOfUnknown{.size = 5, .total = {}, .validator = kStrong};
const PartState kHalfDated{.size = 5, .total = 10, .validator = kDated};
const std::string kTag = "ETag: \"one\"";
const std::string kRest = "Content-Range: bytes 5-9/10";
const std::string kDate = "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT";
constexpr auto kContinue = Verdict::Continue;
INSTANTIATE_TEST_SUITE_P(
    ResumeRule, AnswerPart,
    testing::Values(
        Part{"TheRest", kContinue, kHalf, {kRest, kTag}},
        Part{"TheRestWithoutTag", kContinue, kHalf, {kRest}},
        Part{"SomeOfTheRest", kContinue, kHalf, {"Content-Range: bytes 5-7/10", kTag, "Content-Length: 3"}},
        Part{"TheRestOfUnknownLength", kContinue, kHalfOfUnknown, {kRest, kTag}},
        Part{"TheRestByDate", kContinue, kHalfDated, {kRest, kDate}},
        Part{"NoRange", kRefetch, kHalf, {kTag}},
        Part{"UnreadableRange", kRefetch, kHalf, {"Content-Range: bytes five", kTag}},
        Part{"TooEarly", kRefetch, kHalf, {"Content-Range: bytes 4-9/10", kTag}},
        Part{"TooLate", kRefetch, kHalf, {"Content-Range: bytes 6-9/10", kTag}},
        Part{"FromZero", kRefetch, kHalf, {"Content-Range: bytes 0-9/10", kTag}},
        Part{"UnknownLength", kRefetch, kHalf, {"Content-Range: bytes 5-9/*", kTag}},
        Part{"AnotherLength", kRefetch, kHalf, {"Content-Range: bytes 5-9/11", kTag}},
        Part{"BodyTooLong", kRefetch, kHalf, {kRest, kTag, "Content-Length: 6"}},
        Part{"BodyTooShort", kRefetch, kHalf, {kRest, kTag, "Content-Length: 4"}},
        Part{"AnotherTag", kRefetch, kHalf, {kRest, "ETag: \"two\""}},
        Part{"SameTagWeak", kRefetch, kHalf, {kRest, "ETag: W/\"one\""}},
        Part{"AnotherDate", kRefetch, kHalfDated, {kRest, "Last-Modified: Tue, 02 Jan 2024 00:00:00 GMT"}}),
    [](const auto& info) { return info.param.what; });

}  // namespace
}  // namespace haul::model
