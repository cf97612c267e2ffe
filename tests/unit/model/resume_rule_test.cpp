#include "model/resume_rule.hpp"

#include <gtest/gtest.h>

namespace haul::model {
namespace {

const Validator kStrong{.etag = "\"one\"", .last_modified = {}};
const Validator kWeak{.etag = "W/\"one\"", .last_modified = {}};
const Validator kDated{.etag = {}, .last_modified = "Mon, 01 Jan 2024 00:00:00 GMT"};

const PartState kHalf{.size = 5, .total = 10, .validator = kStrong};

ResponseHead answer_head(std::uint16_t status, std::initializer_list<std::string> lines = {}) {
    ResponseHead head;
    head.take("HTTP/1.1 " + std::to_string(status) + " x");
    for (const auto& line : lines) head.take(line);
    head.take("");
    return head;
}

// --- what is asked for ---

TEST(ResumeRule, AsksForTheRestWithAStrongEntityTag) {
    auto asked = plan_request({.size = 5, .total = 10, .validator = kStrong}, {});
    EXPECT_EQ(asked.first, 5U);
    EXPECT_EQ(asked.if_range, "\"one\"");
}

TEST(ResumeRule, AsksForTheRestWithALastModified) {
    auto validator = kWeak;
    validator.last_modified = kDated.last_modified;
    EXPECT_EQ(plan_request({.size = 5, .total = {}, .validator = kDated}, {}).if_range, kDated.last_modified);
    EXPECT_EQ(plan_request({.size = 5, .total = 10, .validator = validator}, {}).if_range,
              kDated.last_modified)
        << "a weak entity tag can't go into If-Range";
}

TEST(ResumeRule, AsksForEverythingWithoutProof) {
    for (const auto& validator : {Validator{}, kWeak, Validator{.etag = "one", .last_modified = {}},
                                  Validator{.etag = "\"", .last_modified = {}}}) {
        EXPECT_FALSE(can_continue(validator)) << validator.etag;
        auto asked = plan_request({.size = 5, .total = 10, .validator = validator}, {});
        EXPECT_EQ(asked.first, 0U) << validator.etag;
        EXPECT_EQ(asked.if_range, "");
    }
    EXPECT_EQ(plan_request({.size = 0, .total = 10, .validator = kStrong}, {}).first, 0U) << "no bytes";
    EXPECT_EQ(plan_request({.size = 10, .total = 10, .validator = kStrong}, {}).first, 0U) << "no rest";
    EXPECT_EQ(plan_request({.size = 11, .total = 10, .validator = kStrong}, {}).first, 0U)
        << "too many bytes";
}

TEST(ResumeRule, LastModifiedIsStrongFromOneSecondOn) {
    auto head = answer_head(200, {"Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT", "ETag: \"one\""});
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
    auto whole = judge({}, {}, {}, answer_head(answer.status), kStrong);
    EXPECT_EQ(whole.verdict, answer.without_range);
    auto part = judge(kHalf, {}, plan_request(kHalf, {}),
                      answer_head(answer.status, {"Content-Range: bytes 5-9/10"}), kStrong);
    EXPECT_EQ(part.verdict, answer.with_range);
    for (const auto& judgement : {whole, part})
        if (judgement.verdict == Verdict::Retry || judgement.verdict == Verdict::Fail ||
            judgement.verdict == Verdict::Credentials) {
            EXPECT_EQ(judgement.reason, answer.reason);
            EXPECT_NE(judgement.text, "");
        }
}

constexpr auto kFail = Verdict::Fail;
constexpr auto kRetry = Verdict::Retry;
constexpr auto kRedirect = Verdict::Redirect;
constexpr auto kRefetch = Verdict::Refetch;
constexpr auto kLook = Verdict::Look;
constexpr auto kCredentials = Verdict::Credentials;
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
        Answer{"BadRequest", 400, kFail, kFail, kHttp},
        Answer{"Unauthorized", 401, kCredentials, kCredentials, Reason::Credentials},
        Answer{"Forbidden", 403, kFail, kFail, kHttp}, Answer{"NotFound", 404, kFail, kFail, kHttp},
        Answer{"ProxyAuthenticationRequired", 407, kCredentials, kCredentials, Reason::Credentials},
        Answer{"RequestTimeout", 408, kRetry, kRetry, kHttp}, Answer{"Gone", 410, kFail, kFail, kHttp},
        Answer{"PreconditionFailed", 412, kFail, kLook, kHttp},
        Answer{"RangeNotSatisfiable", 416, kFail, kLook, kHttp},
        Answer{"TooEarly", 425, kRetry, kRetry, kHttp}, Answer{"TooManyRequests", 429, kRetry, kRetry, kHttp},
        Answer{"ServerError", 500, kRetry, kRetry, kHttp}, Answer{"NotImplemented", 501, kFail, kFail, kHttp},
        Answer{"BadGateway", 502, kRetry, kRetry, kHttp}, Answer{"Unavailable", 503, kRetry, kRetry, kHttp},
        Answer{"GatewayTimeout", 504, kRetry, kRetry, kHttp},
        Answer{"VersionNotSupported", 505, kFail, kFail, kHttp}),
    [](const auto& info) { return info.param.what; });

TEST(ResumeRule, FaultFailsTheTaskWhateverItsStatus) {
    for (auto status : std::initializer_list<std::uint16_t>{200, 206, 302, 404, 503}) {
        auto judgement = judge({}, {}, {}, answer_head(status, {"Content-Length: x"}), {});
        EXPECT_EQ(judgement.verdict, Verdict::Fail) << status;
        EXPECT_EQ(judgement.reason, Reason::Protocol) << status;
    }
}

TEST(ResumeRule, WholeAnswerBringsItsLengthAndValidator) {
    auto judgement = judge({}, {}, {}, answer_head(200, {"Content-Length: 10"}), kDated);
    EXPECT_EQ(judgement.total, 10U);
    EXPECT_EQ(judgement.validator, kDated);
    EXPECT_EQ(
        judge({}, {}, {}, answer_head(200, {"Content-Length: 10", "Transfer-Encoding: chunked"}), kDated)
            .total,
        std::nullopt);
}

TEST(ResumeRule, KnownEntityIsGivenUpBeforeTheBytesOfAnother) {
    // Also without bytes: the journal holds the validator of others.
    PartState part{.size = 0, .total = 10, .validator = kStrong};
    EXPECT_EQ(judge(part, {}, {}, answer_head(200), kStrong).verdict, Verdict::Restart);
    part.validator = kWeak;
    EXPECT_EQ(judge(part, {}, {}, answer_head(200), kStrong).verdict, Verdict::FromStart);
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
    auto judgement = judge(known, {}, plan_request(known, {}), head, usable_validator(head, std::nullopt));
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

// --- a part of the object, and a span of the file ---

const Wish kSliced{.slice = Slice{.first = 100, .last = 109}, .accept_status = {}};
const Wish kSlicedToTheEnd{.slice = Slice{.first = 100, .last = {}}, .accept_status = {}};

TEST(ResumeRule, SliceIsAskedForByTheObjectsOffsets) {
    auto whole = plan_request({}, kSliced);
    EXPECT_TRUE(whole.is_range);
    EXPECT_FALSE(whole.continues);
    EXPECT_EQ(whole.first, 100U);
    EXPECT_EQ(whole.last, 109U);
    EXPECT_EQ(whole.if_range, "");
    auto rest = plan_request(kHalf, kSliced);
    EXPECT_TRUE(rest.continues);
    EXPECT_EQ(rest.first, 105U);
    EXPECT_EQ(rest.last, 109U);
    EXPECT_EQ(rest.if_range, "\"one\"");
    EXPECT_EQ(plan_request(kHalf, kSlicedToTheEnd).last, std::nullopt);
}

TEST(ResumeRule, RestOfTheWholeHasNoLastByte) {
    EXPECT_EQ(plan_request(kHalf, {}).last, std::nullopt);
}

TEST(ResumeRule, SpanIsAskedForWithItsLastByte) {
    auto asked = plan_span(kStrong, {}, {3, 7});
    EXPECT_TRUE(asked.is_range && asked.continues);
    EXPECT_EQ(asked.first, 3U);
    EXPECT_EQ(asked.last, 6U);
    EXPECT_EQ(asked.if_range, "\"one\"");
    asked = plan_span(kDated, kSliced, {3, 7});
    EXPECT_EQ(asked.first, 103U);
    EXPECT_EQ(asked.last, 106U);
    EXPECT_EQ(asked.if_range, kDated.last_modified);
}

TEST(ResumeRule, LookIsAPlainRequestForTheSameThing) {
    EXPECT_FALSE(plan_look({}).is_range);
    auto look = plan_look(kSliced);
    EXPECT_TRUE(look.is_range);
    EXPECT_FALSE(look.continues);
    EXPECT_EQ(look.first, 100U);
    EXPECT_EQ(look.last, 109U);
    EXPECT_EQ(look.if_range, "");
}

Judgement judge_slice(const PartState& part, const Wish& wish, const std::string& range) {
    auto head = answer_head(206, {"Content-Range: bytes " + range, kTag});
    return judge(part, wish, plan_request(part, wish), head, usable_validator(head, std::nullopt));
}

TEST(ResumeRule, SliceCountsFromItsOwnBeginning) {
    auto begun = judge_slice({}, kSliced, "100-109/500");
    EXPECT_EQ(begun.verdict, Verdict::FromStart) << begun.text;
    EXPECT_EQ(begun.total, 10U);
    EXPECT_EQ(begun.end, 10U);
    EXPECT_EQ(begun.validator, kStrong);
    auto rest = judge_slice(kHalf, kSliced, "105-109/500");
    EXPECT_EQ(rest.verdict, Verdict::Continue) << rest.text;
    EXPECT_EQ(rest.total, 10U);
    EXPECT_EQ(rest.end, 10U);
}

TEST(ResumeRule, SliceEndsWhereTheObjectDoes) {
    EXPECT_EQ(judge_slice({}, kSliced, "100-104/105").total, 5U);
    EXPECT_EQ(judge_slice({}, kSlicedToTheEnd, "100-499/500").total, 400U);
}

TEST(ResumeRule, SliceIsNothingElse) {
    EXPECT_EQ(judge_slice({}, kSliced, "0-9/500").verdict, Verdict::Fail);
    EXPECT_EQ(judge_slice({}, kSliced, "100-110/500").verdict, Verdict::Fail) << "more than was asked for";
    EXPECT_EQ(judge_slice(kHalf, kSliced, "105-110/500").verdict, Verdict::Refetch);
    EXPECT_EQ(judge_slice(kHalf, kSliced, "105-108/109").verdict, Verdict::Refetch) << "another length";
    auto whole = judge({}, kSliced, plan_look(kSliced), answer_head(200), kStrong);
    EXPECT_EQ(whole.verdict, Verdict::Fail) << "the whole is not the part";
    EXPECT_EQ(whole.reason, Reason::Protocol);
    EXPECT_EQ(judge({}, kSliced, plan_look(kSliced), answer_head(416), kStrong).verdict, Verdict::Fail)
        << "there are no bytes that a look could save";
}

TEST(ResumeRule, SpanHasNoByteBehindIt) {
    auto asked = plan_span(kStrong, {}, {5, 8});
    auto within = judge(kHalf, {}, asked, answer_head(206, {"Content-Range: bytes 5-7/10", kTag}), kStrong);
    EXPECT_EQ(within.verdict, Verdict::Continue) << within.text;
    EXPECT_EQ(within.end, 8U);
    auto beyond = judge(kHalf, {}, asked, answer_head(206, {kRest, kTag}), kStrong);
    EXPECT_EQ(beyond.verdict, Verdict::Refetch);
}

TEST(ResumeRule, EncodedPartIsNotContinued) {
    auto head = answer_head(206, {kRest, kTag, "Content-Encoding: gzip"});
    EXPECT_EQ(judge(kHalf, {}, plan_request(kHalf, {}), head, kStrong).verdict, Verdict::Refetch);
}

// --- what else may be wanted ---

TEST(ResumeRule, AcceptedStatusHasTheFile) {
    Wish wish{.slice = {}, .accept_status = StatusSet::parse("200,404,500")};
    for (auto status : std::initializer_list<std::uint16_t>{404, 500}) {
        auto judgement = judge({}, wish, {}, answer_head(status, {"Content-Length: 10"}), kStrong);
        EXPECT_EQ(judgement.verdict, Verdict::FromStart) << status;
        EXPECT_EQ(judgement.total, 10U);
        EXPECT_FALSE(can_continue(judgement.validator)) << "an error page is nothing to continue";
    }
    EXPECT_EQ(judge({}, wish, {}, answer_head(203), kStrong).verdict, Verdict::Fail);
    wish.accept_status = StatusSet::parse("any");
    EXPECT_EQ(judge({}, wish, {}, answer_head(401), kStrong).verdict, Verdict::FromStart);
    EXPECT_EQ(judge({}, wish, {}, answer_head(302, {"Location: /b"}), kStrong).verdict, Verdict::Redirect);
    EXPECT_EQ(judge({}, wish, {}, answer_head(302), kStrong).verdict, Verdict::FromStart)
        << "it leads nowhere";
}

TEST(ResumeRule, NotModifiedIsAnAnswerToAConditionAlone) {
    Wish wish{.slice = {}, .accept_status = {}, .is_conditional = true};
    EXPECT_EQ(judge({}, wish, {}, answer_head(304), {}).verdict, Verdict::NotModified);
    EXPECT_EQ(judge({}, {}, {}, answer_head(304), {}).verdict, Verdict::Fail);
}

// --- the look after a refused range ---

struct Look {
    const char* what;
    Verdict verdict;
    PartState known;
    std::uint16_t status;
    std::vector<std::string> lines;
};

class AnswerToLook : public testing::TestWithParam<Look> {};

TEST_P(AnswerToLook, TellsWhetherItIsTheSameEntity) {
    const auto& look = GetParam();
    ResponseHead head;
    head.take("HTTP/1.1 " + std::to_string(look.status) + " x");
    for (const auto& line : look.lines) head.take(line);
    head.take("");
    auto judgement = judge_look(look.known, {}, head, usable_validator(head, std::chrono::seconds{1}));
    EXPECT_EQ(judgement.verdict, look.verdict) << judgement.text;
    if (look.verdict == Verdict::Restart) {
        EXPECT_NE(judgement.text, "");
    }
}

const PartState kAll{.size = 10, .total = 10, .validator = kStrong};
const PartState kAllOfUnknown{.size = 10, .total = {}, .validator = kStrong};
const PartState kTooMuch{.size = 11, .total = {}, .validator = kStrong};
const std::string kTen = "Content-Length: 10";
INSTANTIATE_TEST_SUITE_P(
    ResumeRule, AnswerToLook,
    testing::Values(Look{"SameAndWhole", Verdict::Whole, kAll, 200, {kTag, kTen}},
                    Look{"SameAndWholeAsNowKnown", Verdict::Whole, kAllOfUnknown, 200, {kTag, kTen}},
                    Look{"SameAndHalf", Verdict::Refused, kHalf, 200, {kTag, kTen}},
                    Look{"SameByDate", Verdict::Refused, kHalfDated, 200, {kDate, kTen}},
                    Look{"SameOfUnknownLength", Verdict::Refused, kHalf, 200, {kTag}},
                    Look{"AnotherTag", Verdict::Restart, kHalf, 200, {"ETag: \"two\"", kTen}},
                    Look{"AnotherLength", Verdict::Restart, kHalf, 200, {kTag, "Content-Length: 11"}},
                    Look{"NoProof", Verdict::Restart, kHalf, 200, {kTen}},
                    Look{"WeakProof", Verdict::Restart, kHalf, 200, {"ETag: W/\"one\"", kTen}},
                    Look{"Gone", Verdict::Fail, kHalf, 404, {}}, Look{"Busy", Verdict::Retry, kHalf, 503, {}},
                    Look{"Elsewhere", Verdict::Redirect, kHalf, 302, {"Location: /b"}},
                    Look{"RefusedAgain", Verdict::Fail, kHalf, 416, {}}),
    [](const auto& info) { return info.param.what; });

}  // namespace
}  // namespace haul::model
