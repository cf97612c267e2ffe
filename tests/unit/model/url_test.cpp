#include "model/url.hpp"

#include <gtest/gtest.h>

#include "model/limits.hpp"

namespace haul::model {
namespace {

struct Refused {
    const char* what;
    std::string url;
    const char* says;  ///< a word of the message
};

class RefusedUrl : public testing::TestWithParam<Refused> {};

TEST_P(RefusedUrl, IsAnErrorThatSaysWhy) {
    auto url = parse_url(GetParam().url);
    ASSERT_FALSE(url) << GetParam().url;
    EXPECT_EQ(url.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(url.error().message.find(GetParam().says), std::string::npos) << url.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Url, RefusedUrl,
    testing::Values(
        Refused{"Empty", "", "empty"}, Refused{"NoScheme", "example.org/a", "scheme"},
        Refused{"OnlyPath", "/etc/passwd", "scheme"}, Refused{"File", "file:///etc/passwd", "\"file\""},
        Refused{"Ftp", "ftp://example.org/a", "\"ftp\""}, Refused{"NoSlashes", "http:example.org", "no host"},
        Refused{"NoHost", "http:///a", "no host"}, Refused{"OnlyPort", "http://:80/", "no host"},
        Refused{"OnlyUser", "http://user@/", "no host"}, Refused{"PortZero", "http://h:0/", "port"},
        Refused{"PortTooLarge", "http://h:65536/", "port"}, Refused{"PortWithSign", "http://h:-1/", "port"},
        Refused{"PortOfLetters", "http://h:http/", "port"}, Refused{"Blank", "http://h/a b", "blank"},
        Refused{"Newline", "http://h/a\nHost: x", "control"}, Refused{"Tab", "http://h/\t", "control"},
        Refused{"Delete", "http://h/\x7f", "control"},
        Refused{"Nul", std::string("http://h/\0", 10), "control"},
        Refused{"BackslashHost", "http://a\\b/", "host"}, Refused{"BracesHost", "http://{h}/", "host"},
        Refused{"OpenBracket", "http://[::1/", "host"}, Refused{"NamesInBrackets", "http://[host]/", "host"},
        Refused{"LongHost", "http://" + std::string(254, 'h') + "/", "host"},
        Refused{"TooLong", "http://h/" + std::string(kMaxUrl, 'a'), "longer"}),
    [](const auto& info) { return info.param.what; });

TEST(Url, IsTakenApart) {
    auto url = parse_url("HTTPS://user:secret@Example.ORG:8443/a/b?q=1&r#fragment");
    ASSERT_TRUE(url) << url.error().message;
    EXPECT_EQ(url->scheme, "https");
    EXPECT_EQ(url->user_info, "user:secret");
    EXPECT_EQ(url->host, "example.org");
    EXPECT_EQ(url->port, "8443");
    EXPECT_EQ(url->path, "/a/b");
    EXPECT_EQ(url->query, "q=1&r");
    EXPECT_EQ(url->origin(), "https://example.org:8443");
    EXPECT_TRUE(url->has_secrets());
}

TEST(Url, HasTheSchemesPortWhereNoneIsGiven) {
    EXPECT_EQ(parse_url("http://h")->port, "80");
    EXPECT_EQ(parse_url("https://h")->port, "443");
    EXPECT_EQ(parse_url("http://h:/a")->port, "80");
    EXPECT_EQ(parse_url("http://h:80/")->origin(), parse_url("http://H/")->origin());
}

TEST(Url, HasARootPathWhereNoneIsGiven) {
    EXPECT_EQ(parse_url("http://h")->path, "/");
    EXPECT_EQ(parse_url("http://h?q")->path, "/");
    EXPECT_EQ(parse_url("http://h?q")->query, "q");
}

TEST(Url, KeepsTheBracketsOfAnAddress) {
    auto url = parse_url("http://[2001:db8::1]:8080/a");
    ASSERT_TRUE(url) << url.error().message;
    EXPECT_EQ(url->host, "[2001:db8::1]");
    EXPECT_EQ(url->port, "8080");
    EXPECT_EQ(parse_url("http://[::1]/")->port, "80");
}

TEST(Url, HasNoSecretsWithoutUserAndQuery) {
    EXPECT_FALSE(parse_url("http://h/a#fragment")->has_secrets());
    EXPECT_TRUE(parse_url("http://h/a?")->has_secrets());
    EXPECT_TRUE(parse_url("http://u@h/a")->has_secrets());
}

TEST(Url, MayBeAsLongAsTheLimit) {
    std::string url = "http://h/";
    url += std::string(kMaxUrl - url.size(), 'a');
    EXPECT_TRUE(parse_url(url));
}

TEST(Url, ErrorsDoNotRepeatItsSecrets) {
    for (const char* url :
         {"ftp://user:secret@h/a?token=secret#secret", "http://user:secret@h:0/?secret",
          "http://user:secret@{h}/?secret", "secret@h/?secret", "file:secret?secret@secret"}) {
        auto refused = parse_url(url);
        ASSERT_FALSE(refused) << url;
        if (std::string_view{url}.starts_with("file:")) continue;
        EXPECT_EQ(refused.error().message.find("secret@"), std::string::npos) << refused.error().message;
        EXPECT_EQ(refused.error().message.find("=secret"), std::string::npos) << refused.error().message;
    }
}

struct Redacted {
    const char* what;
    const char* url;
    const char* visible;
};

class RedactedUrl : public testing::TestWithParam<Redacted> {};

TEST_P(RedactedUrl, ShowsNoSecrets) {
    EXPECT_EQ(redact(GetParam().url), GetParam().visible);
    EXPECT_EQ(redact(redact(GetParam().url)), GetParam().visible);
}

INSTANTIATE_TEST_SUITE_P(Redact, RedactedUrl,
                         testing::Values(Redacted{"Plain", "http://h/a", "http://h/a"},
                                         Redacted{"NoPath", "http://h", "http://h"},
                                         Redacted{"User", "http://u:p@h/a", "http://h/a"},
                                         Redacted{"Query", "http://h/a?b=c", "http://h/a"},
                                         Redacted{"Fragment", "http://h/a#b", "http://h/a"},
                                         Redacted{"QueryWithoutPath", "http://u@h?b", "http://h"},
                                         Redacted{"AtInPath", "http://h/a@b", "http://h/a@b"},
                                         Redacted{"TwoAts", "http://u@v@h/a", "http://h/a"},
                                         Redacted{"AtInQuery", "http://h?a@b", "http://h"},
                                         Redacted{"NoUrl", "word?secret", "word"}, Redacted{"Empty", "", ""}),
                         [](const auto& info) { return info.param.what; });

TEST(Url, WhatIsNoUrlIsRedactedToo) {
    EXPECT_EQ(redact("user:secret@host/a"), "host/a");
    EXPECT_EQ(redact("host/a?token=secret&u=http://other/b"), "host/a");
    EXPECT_EQ(redact("secret@http://user:secret@host/a"), "host/a");
}

}  // namespace
}  // namespace haul::model
