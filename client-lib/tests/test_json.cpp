#include <gtest/gtest.h>

#include "json.hpp"

namespace haul::cli {

namespace {

std::string of(std::vector<std::uint8_t> data) {
    return to_json(Value(std::move(data))).get<std::string>();
}

// The test vectors of RFC 4648, section 10.
TEST(Json, BytesAreBase64) {
    EXPECT_EQ(of({}), "");
    EXPECT_EQ(of({'f'}), "Zg==");
    EXPECT_EQ(of({'f', 'o'}), "Zm8=");
    EXPECT_EQ(of({'f', 'o', 'o'}), "Zm9v");
    EXPECT_EQ(of({'f', 'o', 'o', 'b'}), "Zm9vYg==");
    EXPECT_EQ(of({'f', 'o', 'o', 'b', 'a', 'r'}), "Zm9vYmFy");
    EXPECT_EQ(of({0xFF, 0xFE, 0xFD}), "//79");
}

TEST(Json, EachKindOfValueKeepsItsType) {
    const auto json = to_json(Values{{"b", true},
                                     {"n", std::uint64_t{7}},
                                     {"s", std::string("text")},
                                     {"as", std::vector<std::string>{"one", "two"}}});
    EXPECT_EQ(to_line(json), R"({"as":["one","two"],"b":true,"n":7,"s":"text"})");
}

TEST(Json, AnUploadHasTheKeysOfTheBus) {
    TaskDetails details{};
    EXPECT_FALSE(to_json(details).contains("reply-truncated"));
    details.kind = TaskKind::Upload;
    details.upload = UploadDetails{.file = "/a",
                                   .method = "PUT",
                                   .resumable = "auto",
                                   .protocol = "ietf",
                                   .content_type = "text/plain",
                                   .reply_headers = {{"ETag", "x"}},
                                   .reply_size = 3,
                                   .is_reply_truncated = false};
    const auto json = to_json(details);
    EXPECT_EQ(json.at("kind"), "upload");
    EXPECT_EQ(json.at("file"), "/a");
    EXPECT_EQ(json.at("method"), "PUT");
    EXPECT_EQ(json.at("resumable"), "auto");
    EXPECT_EQ(json.at("protocol"), "ietf");
    EXPECT_EQ(json.at("content-type"), "text/plain");
    EXPECT_EQ(json.at("reply-headers").at("ETag"), "x");
    EXPECT_EQ(json.at("reply-size"), 3);
    EXPECT_EQ(json.at("reply-truncated"), false);
}

}  // namespace

}  // namespace haul::cli
