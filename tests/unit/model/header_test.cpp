#include "model/header.hpp"

#include <gtest/gtest.h>

#include "model/limits.hpp"

namespace haul::model {
namespace {

TEST(Header, NamesAreTheSameInAnyCase) {
    EXPECT_TRUE(same_name("Content-Length", "content-LENGTH"));
    EXPECT_FALSE(same_name("Content-Length", "Content-Lengt"));
    EXPECT_FALSE(same_name("a_", "a?"));
}

TEST(Header, MayBeAnyTokenWithAnyText) {
    EXPECT_TRUE(check_header("X-Token", "a b\tc; d=\"\xc3\xa9\""));
    EXPECT_TRUE(check_header("!#$%&'*+-.^_`|~9", ""));
    EXPECT_TRUE(check_header("Authorization", "Bearer abc"));
}

TEST(Header, NameThatIsNoTokenIsRefused) {
    for (const char* name : {"", "a b", "a:", "a\r\nb", "caf\xc3\xa9", "(a)", "a\t", "a/b"}) {
        auto checked = check_header(name, "v");
        ASSERT_FALSE(checked) << name;
        EXPECT_EQ(checked.error().code, ErrorCode::InvalidArgument);
    }
}

TEST(Header, ValueCannotSmuggleAnotherLine) {
    for (const char* value : {"a\r\nHost: b", "a\nb", "a\rb", "\x01", "\x7f"})
        EXPECT_FALSE(check_header("X", value)) << value;
    auto refused = check_header("X", "secret\n");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message.find("secret"), std::string::npos) << "values are secrets";
    EXPECT_FALSE(check_header("X", std::string_view("a\0b", 3)));
}

TEST(Header, OursAreRefusedInAnyCase) {
    for (const char* name :
         {"Range", "if-range", "If-None-Match", "If-Modified-Since", "Host", "Connection", "TE",
          "Content-Length", "Upgrade", "Transfer-Encoding", "Accept-Encoding", "Expect"}) {
        auto checked = check_header(name, "v");
        ASSERT_FALSE(checked) << name;
        EXPECT_NE(checked.error().message.find(name), std::string::npos) << checked.error().message;
    }
}

TEST(Header, ConditionsOfUploadsAreTheirClients) {
    for (const char* name : {"If-Match", "IF-UNMODIFIED-SINCE"}) {
        EXPECT_TRUE(is_condition(name)) << name;
        EXPECT_TRUE(check_header(name, "v")) << name;
    }
    for (const char* name : {"If-None-Match", "If-Modified-Since", "If-Range", "If", ""})
        EXPECT_FALSE(is_condition(name)) << name;
}

TEST(Header, ManyAreALimit) {
    Headers most(kMaxHeaders, Header{"a", "b"});
    EXPECT_TRUE(check_headers(most));
    most.push_back({"a", "b"});
    ASSERT_FALSE(check_headers(most));
    EXPECT_EQ(check_headers(most).error().code, ErrorCode::LimitExceeded);
}

TEST(Header, BytesAreALimit) {
    EXPECT_TRUE(check_headers({{"a", std::string(kMaxHeaderBytes - 1, 'v')}}));
    EXPECT_FALSE(check_headers({{"a", std::string(kMaxHeaderBytes, 'v')}}));
}

}  // namespace
}  // namespace haul::model
