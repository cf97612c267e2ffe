#include <gtest/gtest.h>

#include "model/s3_document.hpp"
#include "unit/model/upload_talk.hpp"

namespace haul::model {
namespace {

const auto& strategy() {
    return strategy_of(UploadProtocol::S3);
}

UploadPlan parts_of(Bytes size, Bytes part_size) {
    auto plan = plan_of(size);
    plan.part_size = part_size;
    for (Bytes begin = 0; begin < size; begin += part_size)
        plan.parts.push_back("http://h/part?n=" + std::to_string(plan.parts.size() + 1));
    return plan;
}

UploadState fresh() {
    return state_of(UploadProtocol::S3, 0, "");
}

UploadState with_etags(std::vector<std::string> etags) {
    auto state = fresh();
    state.etags = std::move(etags);
    return state;
}

UploadAnswer etag(std::string value) {
    return answer_of(200, {{"ETag", std::move(value)}});
}

UploadAnswer error(std::uint16_t status, const std::string& code) {
    auto answer = answer_of(status);
    answer.body = "<?xml version=\"1.0\"?>\n<Error><Code>" + code + "</Code><Message>m</Message></Error>";
    return answer;
}

TEST(UploadS3, PartsArePutInOrderAndSeveralAtTheSameTime) {
    auto plan = parts_of(25, 10);
    auto state = fresh();
    auto ask = next_of(plan, state);
    EXPECT_EQ(ask.kind, AskKind::Append);
    EXPECT_EQ(ask.method, "PUT");
    EXPECT_EQ(ask.url, "http://h/part?n=1");
    EXPECT_EQ(ask.body, (Span{0, 10}));
    EXPECT_FALSE(ask.is_last);
    ask = strategy().next(plan, state, true, {0, 1}).value();
    EXPECT_EQ(ask.part, 2U);
    EXPECT_EQ(ask.body, (Span{20, 25}));
    EXPECT_FALSE(strategy().next(plan, state, true, {0, 1, 2}));
    state = with_etags({"", "\"b\"", ""});
    EXPECT_EQ(strategy().next(plan, state, true, {0})->part, 2U);
    state = with_etags({"\"a\"", "", "\"c\""});
    EXPECT_FALSE(strategy().next(plan, state, true, {1}));
}

TEST(UploadS3, PartIsThereWithItsEntityTag) {
    auto plan = parts_of(25, 10);
    auto state = fresh();
    auto last = strategy().next(plan, state, true, {0, 1}).value();
    EXPECT_EQ(word_of(strategy().judge(plan, last, etag("\"c\""), state)), "go on");
    EXPECT_EQ(state.etags, (std::vector<std::string>{"", "", "\"c\""}));
    EXPECT_EQ(state.offset, 5U);
    EXPECT_EQ(state.url, plan.url);
    EXPECT_EQ(word_of(talk(plan, state, etag("\"a\""))), "go on");
    EXPECT_EQ(state.offset, 15U);
}

TEST(UploadS3, PartWithoutAUsableEntityTagFails) {
    auto plan = parts_of(25, 10);
    for (const auto& answer : {answer_of(200), etag("a b"), etag("\"\xff\""), etag(std::string(129, 'x')),
                               answer_of(200, {{"ETag", "a"}, {"ETag", "b"}})}) {
        auto state = fresh();
        EXPECT_EQ(word_of(talk(plan, state, answer)), "failed protocol");
        EXPECT_EQ(state, fresh());
    }
}

TEST(UploadS3, CompletionNamesAllParts) {
    auto plan = parts_of(20, 10);
    auto ask = next_of(plan, with_etags({"\"a\"", "<&>"}));
    EXPECT_EQ(ask.kind, AskKind::Finish);
    EXPECT_EQ(ask.method, "POST");
    EXPECT_EQ(ask.url, plan.url);
    EXPECT_TRUE(ask.is_last);
    EXPECT_EQ(ask.body, std::nullopt);
    EXPECT_EQ(field_of(ask, "Content-Type"), "application/xml");
    EXPECT_EQ(ask.content,
              "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
              "<Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;</ETag></Part>"
              "<Part><PartNumber>2</PartNumber><ETag>&lt;&amp;&gt;</ETag></Part></CompleteMultipartUpload>");
}

TEST(UploadS3, CompletionIsDoneUnlessItsBodyIsAnError) {
    auto plan = parts_of(20, 10);
    auto verdict = [&](const UploadAnswer& answer) {
        auto state = with_etags({"\"a\"", "\"b\""});
        return talk(plan, state, answer);
    };
    EXPECT_EQ(word_of(verdict(answer_of(200))), "done");
    auto result = answer_of(200);
    result.body = "  <?xml version=\"1.0\"?>\n<CompleteMultipartUploadResult/>";
    EXPECT_EQ(word_of(verdict(result)), "done");
    EXPECT_EQ(word_of(verdict(error(200, "InternalError"))), "retry");
    EXPECT_EQ(word_of(verdict(error(200, "SlowDown"))), "retry");
    EXPECT_EQ(word_of(verdict(error(200, "InvalidPart"))), "failed http-status");
    EXPECT_EQ(word_of(verdict(error(400, "RequestTimeout"))), "retry");
    EXPECT_EQ(word_of(verdict(error(503, "SlowDown"))), "retry");
    EXPECT_EQ(word_of(verdict(error(403, "AccessDenied"))), "failed http-status");
    EXPECT_NE(verdict(error(403, "AccessDenied")).text.find("AccessDenied"), std::string::npos);
}

TEST(UploadS3, UploadThatIsGoneMayHaveBeenCompleted) {
    auto plan = parts_of(20, 10);
    auto state = with_etags({"\"a\"", "\"b\""});
    auto verdict = talk(plan, state, error(404, "NoSuchUpload"));
    EXPECT_EQ(word_of(verdict), "failed http-status");
    EXPECT_NE(verdict.text.find("may have been done"), std::string::npos);
    state = fresh();
    EXPECT_EQ(word_of(talk(plan, state, error(404, "NoSuchUpload"))), "failed http-status");
}

TEST(UploadS3, ConflictsAreBounded) {
    auto plan = parts_of(20, 10);
    auto state = with_etags({"\"a\"", "\"b\""});
    for (std::uint32_t n = 1; n < kMaxUploadConflicts; ++n)
        ASSERT_EQ(word_of(talk(plan, state, error(409, "OperationAborted"))), "retry");
    EXPECT_EQ(word_of(talk(plan, state, error(409, "OperationAborted"))), "failed rejected");
}

TEST(UploadS3, FarewellAbortsWhereTheClientSaidHow) {
    auto plan = parts_of(20, 10);
    EXPECT_FALSE(strategy().farewell(plan, fresh()));
    plan.abort_url = "http://h/abort?x";
    auto farewell = strategy().farewell(plan, fresh());
    ASSERT_TRUE(farewell);
    EXPECT_EQ(farewell->method, "DELETE");
    EXPECT_EQ(farewell->url, plan.abort_url);
}

TEST(S3Document, ErrorIsKnownByItsRoot) {
    for (auto body :
         {"<Error/>", "<Error>", "\xef\xbb\xbf <!-- x --><?xml?><Error a='b'><Code>X</Code></Error>"})
        EXPECT_TRUE(is_s3_error(body)) << body;
    for (auto body : {"", "<Errors>", "Error", "<A><Error/></A>", "<!-- <Error>", "<?xml <Error>"})
        EXPECT_FALSE(is_s3_error(body)) << body;
    EXPECT_EQ(s3_error_code("<Error><Code>NoSuchUpload</Code></Error>"), "NoSuchUpload");
    for (auto body : {"<Error></Code><Code>", "<Error><Code>a b</Code>", "<A><Code>X</Code></A>"})
        EXPECT_EQ(s3_error_code(body), "") << body;
}

}  // namespace
}  // namespace haul::model
