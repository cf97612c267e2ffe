#include "model/response.hpp"

#include <gtest/gtest.h>

#include "model/limits.hpp"

namespace haul::model {
namespace {

ResponseHead head_of(std::initializer_list<std::string_view> lines) {
    ResponseHead head;
    for (auto line : lines) head.take(line);
    return head;
}

TEST(Response, HeadIsGatheredLineByLine) {
    auto head = head_of({"HTTP/1.1 206 Partial Content\r\n", "ETag: \"one\"\r\n",
                         "last-modified:  Mon, 01 Jan 2024 00:00:00 GMT \r\n", "CONTENT-LENGTH: 5\r\n",
                         "Content-Range: bytes 0-4/10\r\n", "Date: now\r\n", "Retry-After: 7\r\n",
                         "Location: /b\r\n"});
    EXPECT_FALSE(head.is_complete());
    head.take("\r\n");
    EXPECT_TRUE(head.is_complete());
    EXPECT_EQ(head.fault(), "");
    EXPECT_EQ(head.status(), 206);
    EXPECT_EQ(head.etag(), "\"one\"");
    EXPECT_EQ(head.last_modified(), "Mon, 01 Jan 2024 00:00:00 GMT");
    EXPECT_EQ(head.content_length(), 5U);
    EXPECT_EQ(head.content_range(), "bytes 0-4/10");
    EXPECT_EQ(head.date(), "now");
    EXPECT_EQ(head.retry_after(), "7");
    EXPECT_EQ(head.location(), "/b");
}

TEST(Response, InterimHeadsLeaveNothingBehind) {
    auto head = head_of({"HTTP/1.1 103 Early Hints", "ETag: \"early\"", "Content-Length: 1", "no field", "",
                         "HTTP/2 200", ""});
    EXPECT_EQ(head.status(), 200);
    EXPECT_EQ(head.etag(), "");
    EXPECT_EQ(head.content_length(), std::nullopt);
    EXPECT_EQ(head.fault(), "");
}

TEST(Response, TrailersChangeNothing) {
    auto head = head_of({"HTTP/1.1 200 OK", "ETag: \"one\"", "", "ETag: \"two\"", "Content-Length: 9"});
    EXPECT_EQ(head.etag(), "\"one\"");
    EXPECT_EQ(head.content_length(), std::nullopt);
}

TEST(Response, TransferCodingOverridesTheLength) {
    EXPECT_EQ(
        head_of({"HTTP/1.1 200 OK", "Content-Length: 9", "Transfer-Encoding: chunked", ""}).content_length(),
        std::nullopt);
}

TEST(Response, EqualLengthsAreOne) {
    auto head = head_of({"HTTP/1.1 200 OK", "Content-Length: 9, 9", "Content-Length: 9", ""});
    EXPECT_EQ(head.fault(), "");
    EXPECT_EQ(head.content_length(), 9U);
}

TEST(Response, FoldedLinesBelongToTheFieldBefore) {
    auto head =
        head_of({"HTTP/1.1 200 OK", "X-Long: a", " Content-Length: 3", "\tETag: \"x\"", "ETag: \"y\"", ""});
    EXPECT_EQ(head.fault(), "");
    EXPECT_EQ(head.content_length(), std::nullopt);
    EXPECT_EQ(head.etag(), "\"y\"");
}

class BrokenHead : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(BrokenHead, HasAFault) {
    auto head = head_of({"HTTP/1.1 200 OK", GetParam().second, "ETag: \"after\"", ""});
    EXPECT_NE(head.fault(), "");
    EXPECT_TRUE(head.is_complete());
}

INSTANTIATE_TEST_SUITE_P(Response, BrokenHead,
                         testing::Values(std::pair{"NegativeLength", "Content-Length: -1"},
                                         std::pair{"SignedLength", "Content-Length: +1"},
                                         std::pair{"EmptyLength", "Content-Length:"},
                                         std::pair{"LengthOfLetters", "Content-Length: ten"},
                                         std::pair{"HexLength", "Content-Length: 0x10"},
                                         std::pair{"LengthWithTail", "Content-Length: 10 bytes"},
                                         std::pair{"HugeLength", "Content-Length: 9223372036854775808"},
                                         std::pair{"DifferentLengthsInOneField", "Content-Length: 5, 6"},
                                         std::pair{"LengthAndNothing", "Content-Length: 5,"},
                                         std::pair{"NoColon", "this is no field"},
                                         std::pair{"NoName", ": value"},
                                         std::pair{"BlankBeforeColon", "Content-Length : 5"},
                                         std::pair{"ControlInName", "X\x01: v"}),
                         [](const auto& info) { return info.param.first; });

TEST(Response, DifferentLengthsAreAFault) {
    auto head = head_of({"HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 6", ""});
    EXPECT_NE(head.fault().find("5"), std::string::npos);
    EXPECT_NE(head.fault().find("6"), std::string::npos);
}

TEST(Response, StatusLineWithoutAStatusIsAFault) {
    for (const char* line :
         {"HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 abc", "HTTP/1.1 20", "HTTP/1.1 099 x", "HTTP/1.1 2 0"})
        EXPECT_NE(head_of({line, ""}).fault(), "") << line;
}

TEST(Response, LargeHeadIsOversize) {
    ResponseHead head;
    std::string field = "X: " + std::string(1019, 'x');
    for (std::size_t i = 0; i < kMaxResponseHeaders / 1024; ++i) head.take(field);
    EXPECT_FALSE(head.is_oversize());
    head.take("one: more");
    EXPECT_TRUE(head.is_oversize());
}

TEST(Response, InterimHeadsCountTogether) {
    ResponseHead head;
    std::string field = "X: " + std::string(1019, 'x');
    for (std::size_t i = 0; i <= kMaxResponseHeaders / 1024; ++i) {
        head.take("HTTP/1.1 103 Early Hints");
        head.take(field);
        head.take("");
    }
    EXPECT_TRUE(head.is_oversize());
}

using Lines = std::initializer_list<std::string_view>;
const Lines kAnswer{"HTTP/1.1 201 Created", "Location: /a ", "X-A: 1", "x-a:2", "ETag: \"one\"", ""};

std::string fields_of(const ResponseHead& head) {
    std::string text;
    for (const auto& field : head.fields()) text += field.name + "=" + field.value + ";";
    return text;
}

TEST(Response, AllFieldsAreKeptWhereTheyAreWanted) {
    ResponseHead head{ResponseHead::Keep::All};
    for (auto line : kAnswer) head.take(line);
    EXPECT_EQ(fields_of(head), "Location=/a;X-A=1;x-a=2;ETag=\"one\";") << "in their order";
    EXPECT_EQ(head.etag(), "\"one\"");
    head.take("X-Trailer: 1");
    EXPECT_EQ(head.fields().size(), 4U) << "trailers are no fields of the head";
    EXPECT_TRUE(head_of(kAnswer).fields().empty());
}

TEST(Response, EachInterimHeadHasItsOwnFields) {
    ResponseHead head{ResponseHead::Keep::All};
    for (auto line : {"HTTP/1.1 104 Upload Resumption Supported", "Location: /u/1", ""}) head.take(line);
    EXPECT_TRUE(head.is_complete());
    EXPECT_FALSE(head.is_final());
    EXPECT_EQ(head.status(), 104);
    EXPECT_EQ(head.location(), "/u/1");
    for (auto line : {"HTTP/1.1 104", "Upload-Offset: 7", ""}) head.take(line);
    EXPECT_EQ(fields_of(head), "Upload-Offset=7;");
    EXPECT_EQ(head.location(), "");
    for (auto line : {"HTTP/1.1 200 OK", ""}) head.take(line);
    EXPECT_EQ(fields_of(head), "");
    EXPECT_TRUE(head.is_final());
}

TEST(Response, SwitchingProtocolsIsFinalAndAFault) {
    auto head = head_of({"HTTP/1.1 101 Switching Protocols", "Upgrade: h2c", ""});
    EXPECT_TRUE(head.is_final());
    EXPECT_NE(head.fault(), "");
}

TEST(Response, ProgressOfAnUploadMayBeToldWithoutEnd) {
    ResponseHead head{ResponseHead::Keep::All};
    std::string field = "X: " + std::string(1019, 'x');
    for (std::size_t i = 0; i <= kMaxResponseHeaders / 1024; ++i) {
        head.take("HTTP/1.1 104 Upload Resumption Supported");
        head.take(field);
        head.take("");
    }
    EXPECT_FALSE(head.is_oversize());
    for (std::size_t i = 0; i <= kMaxResponseHeaders / 1024; ++i) head.take(field);
    EXPECT_TRUE(head.is_oversize()) << "but each head has an end";
}

TEST(Response, TrailersWithoutEndAreOversize) {
    ResponseHead head = head_of({"HTTP/1.1 200 OK", ""});
    for (std::size_t i = 0; i <= kMaxResponseHeaders / 1024; ++i) head.take("X: " + std::string(1019, 'x'));
    EXPECT_TRUE(head.is_oversize());
}

TEST(Response, FaultsAndFieldsArePrintableAndShort) {
    auto head = head_of({"HTTP/1.1 200 OK", std::string("\x1b]0;title\a") + std::string(5000, 'x')});
    EXPECT_LT(head.fault().size(), 200U);
    EXPECT_EQ(head.fault().find('\x1b'), std::string::npos);
    auto long_tag = head_of({"HTTP/1.1 200 OK", "ETag: \"" + std::string(5000, 'x') + "\"", ""});
    EXPECT_LE(long_tag.etag().size(), kMaxText);
}

TEST(ContentRange, IsRead) {
    auto range = parse_content_range("bytes 5-9/10");
    ASSERT_TRUE(range);
    EXPECT_EQ(range->first, 5U);
    EXPECT_EQ(range->last, 9U);
    EXPECT_EQ(range->total, 10U);
    EXPECT_TRUE(parse_content_range("BYTES 0-0/1"));
    EXPECT_EQ(parse_content_range("bytes 5-9/*")->total, std::nullopt);
}

TEST(ContentRange, NonsenseIsNone) {
    for (const char* text :
         {"", "bytes", "bytes ", "bytes */10", "bytes 5-/10", "bytes -5/10", "bytes 9-5/10", "bytes 5-9",
          "bytes 5-9/", "bytes 5-10/10", "bytes 5-9/9", "items 5-9/10", "bytes=5-9/10", "bytes 5-9/1x",
          "bytes 5 - 9/10", "bytes +5-9/10", "bytes 5-9/10, bytes 0-4/10", "bytes 0-9223372036854775808/*",
          "bytes 18446744073709551616-9/10"})
        EXPECT_FALSE(parse_content_range(text)) << text;
}

}  // namespace
}  // namespace haul::model
