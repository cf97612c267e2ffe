#include "model/challenge.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/utf8.hpp"

namespace haul::model {

// For failures that people can read.
void PrintTo(const Challenge& challenge, std::ostream* out) {
    *out << challenge.scheme << " \"" << challenge.realm << '"';
}

namespace {

using Challenges = std::vector<Challenge>;

TEST(Challenge, HasSchemeAndRealm) {
    EXPECT_EQ(parse_challenges("Basic realm=\"simple\""), (Challenges{{"basic", "simple"}}));
    EXPECT_EQ(parse_challenges("BASIC REALM=simple"), (Challenges{{"basic", "simple"}}));
    EXPECT_EQ(parse_challenges("Basic realm = \"a \\\"b\\\", c=d\""),
              (Challenges{{"basic", "a \"b\", c=d"}}));
    EXPECT_EQ(parse_challenges("Bearer"), (Challenges{{"bearer", ""}}));
    EXPECT_EQ(parse_challenges("Bearer realm=\"\""), (Challenges{{"bearer", ""}}));
}

TEST(Challenge, OneOfManyParameters) {
    EXPECT_EQ(
        parse_challenges("Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, "
                         "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"F==\""),
        (Challenges{{"digest", "http-auth@example.org"}}));
}

TEST(Challenge, SeveralInOneField) {
    // The example of RFC 9110, 11.6.1.
    EXPECT_EQ(parse_challenges(
                  "Basic realm=\"simple\", Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\""),
              (Challenges{{"basic", "simple"}, {"newauth", "apps"}}));
    EXPECT_EQ(parse_challenges("Negotiate, NTLM ,,Basic realm=x"),
              (Challenges{{"negotiate", ""}, {"ntlm", ""}, {"basic", "x"}}));
    EXPECT_EQ(parse_challenges(" , Basic realm=x ,"), (Challenges{{"basic", "x"}}));
    EXPECT_EQ(parse_challenges("Basic ,realm=x"), (Challenges{{"basic", "x"}}));
}

TEST(Challenge, Token68IsNoParameter) {
    EXPECT_EQ(parse_challenges("Negotiate YII/+~._-x==, Basic realm=x"),
              (Challenges{{"negotiate", ""}, {"basic", "x"}}));
    EXPECT_EQ(parse_challenges("Negotiate realm=="), (Challenges{{"negotiate", ""}}));
    EXPECT_EQ(parse_challenges("NTLM TlRMTVNTUAAC="), (Challenges{{"ntlm", ""}}));
}

TEST(Challenge, TheFirstRealmCounts) {
    EXPECT_EQ(parse_challenges("Basic realm=one, realm=two"), (Challenges{{"basic", "one"}}));
}

TEST(Challenge, WhatIsMalformedEndsTheList) {
    EXPECT_EQ(parse_challenges(""), Challenges{});
    EXPECT_EQ(parse_challenges("=x, Basic realm=y"), Challenges{});
    EXPECT_EQ(parse_challenges("\"Basic\" realm=y"), Challenges{});
    EXPECT_EQ(parse_challenges("Basic realm=\"open, Digest realm=x"), (Challenges{{"basic", ""}}));
    EXPECT_EQ(parse_challenges("Basic realm=My Site, Digest realm=x"), (Challenges{{"basic", "My"}}));
    EXPECT_EQ(parse_challenges("Digest realm=x, Basic realm="), (Challenges{{"digest", "x"}, {"basic", ""}}));
    EXPECT_EQ(parse_challenges("Digest realm=x, nonce=, Basic realm=y"), (Challenges{{"digest", "x"}}));
    EXPECT_EQ(parse_challenges("Basic:realm=x"), (Challenges{{"basic", ""}}));
    EXPECT_EQ(parse_challenges("Basic one two"), (Challenges{{"basic", ""}}));
    EXPECT_EQ(parse_challenges("Basic realm=\"a\x01\"\"b\""), (Challenges{{"basic", ""}}));
}

TEST(Challenge, ARealmIsTextThatCanBeShown) {
    EXPECT_EQ(parse_challenges("Basic realm=\"caf\xc3\xa9\""), (Challenges{{"basic", "café"}}));
    EXPECT_EQ(parse_challenges("Basic realm=\"caf\xe9\""), (Challenges{{"basic", "café"}}));
    EXPECT_EQ(parse_challenges("Basic realm=\"a\tb\xc2\x85\""), (Challenges{{"basic", "a?b??"}}));
    auto longest = std::string(kMaxRealm, 'r');
    EXPECT_EQ(parse_challenges("Basic realm=" + longest), (Challenges{{"basic", longest}}));
    EXPECT_EQ(parse_challenges("Basic realm=" + longest + "s"), (Challenges{{"basic", longest + "…"}}));
}

TEST(Challenge, AtMostSixteenAreRead) {
    std::string many;
    for (int i = 0; i < 100; ++i) many += "S" + std::to_string(i) + " realm=x, ";
    auto challenges = parse_challenges(many);
    ASSERT_EQ(challenges.size(), kMaxChallenges);
    EXPECT_EQ(challenges.back(), (Challenge{"s15", "x"}));
}

TEST(Challenge, ASchemeHasAName) {
    auto longest = std::string(kMaxChallengeScheme, 's');
    EXPECT_EQ(parse_challenges(longest), (Challenges{{longest, ""}}));
    EXPECT_EQ(parse_challenges("Basic realm=x, " + longest + "s"), (Challenges{{"basic", "x"}}));
}

RC_GTEST_PROP(Challenge, WrittenOnesAreReadAgain, ()) {
    // Schemes and realms of every kind, each written as RFC 9110 has it.
    auto count = *rc::gen::inRange<std::size_t>(0, kMaxChallenges + 1);
    Challenges challenges;
    std::string field;
    for (std::size_t i = 0; i < count; ++i) {
        Challenge challenge{"s" + std::to_string(i),
                            *rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '\x7f'))};
        field += challenge.scheme + " before=1, realm=\"";
        for (char c : challenge.realm) {
            if (c == '"' || c == '\\') field += '\\';
            field += c;
        }
        field += "\", behind=\"2\",";
        challenges.push_back(challenge);
    }
    RC_ASSERT(parse_challenges(field) == challenges);
}

}  // namespace
}  // namespace haul::model
