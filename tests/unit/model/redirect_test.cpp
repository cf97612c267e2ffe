#include "model/redirect.hpp"

#include <gtest/gtest.h>

#include "model/limits.hpp"

namespace haul::model {
namespace {

struct Redirect {
    const char* what;
    const char* from;
    const char* target;
    RedirectPolicy policy;
    bool follow;
    bool same_origin;
};

class RedirectTo : public testing::TestWithParam<Redirect> {};

TEST_P(RedirectTo, IsJudgedByItsPolicy) {
    const auto& redirect = GetParam();
    auto rule = judge_redirect(redirect.from, redirect.target, 1, {redirect.policy, kMaxRedirects});
    EXPECT_EQ(rule.follow, redirect.follow) << rule.why_not;
    EXPECT_EQ(rule.why_not.empty(), redirect.follow);
    if (rule.follow) {
        EXPECT_EQ(rule.same_origin, redirect.same_origin);
    }
}

constexpr auto kFollow = RedirectPolicy::Follow;
constexpr auto kSameOrigin = RedirectPolicy::SameOrigin;
constexpr auto kDeny = RedirectPolicy::Deny;
INSTANTIATE_TEST_SUITE_P(
    Redirect, RedirectTo,
    testing::Values(Redirect{"AnotherPath", "http://h/a", "http://h/b", kFollow, true, true},
                    Redirect{"DefaultPort", "http://h/a", "http://H:80/b", kSameOrigin, true, true},
                    Redirect{"AnotherHost", "http://h/a", "http://i/a", kFollow, true, false},
                    Redirect{"AnotherPort", "http://h/a", "http://h:81/a", kFollow, true, false},
                    Redirect{"Upgrade", "http://h/a", "https://h/a", kFollow, true, false},
                    Redirect{"Downgrade", "https://h/a", "http://h/a", kFollow, false, false},
                    Redirect{"AnotherHostWithinOrigin", "http://h/a", "http://i/a", kSameOrigin, false,
                             false},
                    Redirect{"UpgradeWithinOrigin", "http://h/a", "https://h/a", kSameOrigin, false, false},
                    Redirect{"Denied", "http://h/a", "http://h/b", kDeny, false, false},
                    Redirect{"ToFile", "http://h/a", "file:///etc/passwd", kFollow, false, false},
                    Redirect{"ToFtp", "http://h/a", "ftp://h/a", kFollow, false, false},
                    Redirect{"ToNowhere", "http://h/a", "", kFollow, false, false}),
    [](const auto& info) { return info.param.what; });

TEST(Redirect, HopsAreALimit) {
    EXPECT_TRUE(judge_redirect("http://h/a", "http://h/a", kMaxRedirects, {kFollow, kMaxRedirects}).follow);
    EXPECT_FALSE(
        judge_redirect("http://h/a", "http://h/a", kMaxRedirects + 1, {kFollow, kMaxRedirects}).follow);
}

TEST(Redirect, HopsAreTheClientsLimitToo) {
    EXPECT_TRUE(judge_redirect("http://h/a", "http://h/b", 2, {kFollow, 2}).follow);
    EXPECT_FALSE(judge_redirect("http://h/a", "http://h/b", 3, {kFollow, 2}).follow);
    EXPECT_FALSE(judge_redirect("http://h/a", "http://h/b", 1, {kFollow, 0}).follow);
}

TEST(Redirect, DowngradeIsFollowedWhereTheClientAllowsIt) {
    RedirectLimits limits{.policy = kFollow, .most = 20, .may_downgrade = true};
    EXPECT_TRUE(judge_redirect("https://h/a", "http://h/a", 1, limits).follow);
    limits.policy = kSameOrigin;
    EXPECT_FALSE(judge_redirect("https://h/a", "http://h/a", 1, limits).follow) << "that is another origin";
}

TEST(Redirect, ErrorsDoNotRepeatSecrets) {
    auto rule =
        judge_redirect("http://h/a", "ftp://user:secret@h/?token=secret", 1, {kFollow, kMaxRedirects});
    EXPECT_EQ(rule.why_not.find("secret"), std::string::npos) << rule.why_not;
}

using Statuses = std::initializer_list<std::uint16_t>;

TEST(Redirect, OthersThanGetBecomeGetWhereRfc9110SaysSo) {
    for (const char* method : {"PUT", "POST", "PATCH", "DELETE"}) {
        EXPECT_TRUE(becomes_get(303, method)) << method;
        for (auto status : Statuses{300, 307, 308}) EXPECT_FALSE(becomes_get(status, method)) << method;
    }
    for (auto status : Statuses{301, 302}) {
        EXPECT_TRUE(becomes_get(status, "POST"));
        for (const char* method : {"PUT", "PATCH", "GET", "HEAD", ""})
            EXPECT_FALSE(becomes_get(status, method)) << method;
    }
    for (const char* method : {"GET", "HEAD", ""}) EXPECT_FALSE(becomes_get(303, method)) << method;
}

}  // namespace
}  // namespace haul::model
