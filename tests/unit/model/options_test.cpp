#include "model/options.hpp"

#include <gtest/gtest.h>

#include <set>

#include "model/limits.hpp"

namespace haul::model {
namespace {

using Texts = std::map<std::string, std::string>;

using Urls = std::vector<std::string>;
using Ids = std::vector<std::uint64_t>;
const std::string kPin = "sha256//" + std::string(43, 'A') + "=";

/// One key of the contract with a good value, a value of a wrong type, and a good value as text.
struct Key {
    std::string key;
    bool session;
    Value good;
    Value wrong_type;
    std::string text;  ///< "" = can't be given as text
};

const Key kKeys[]{
    {"description", true, std::string{"words"}, true, "words"},
    {"headers", true, Texts{{"X-A", "b"}}, std::string{"X-A: b"}, ""},
    {"request-timeout", true, std::uint64_t{1'000'000}, std::string{"1s"}, "1000000"},
    {"resource-timeout", true, std::uint64_t{1'000'000}, 1.0, "1000000"},
    {"priority", true, 0.25, std::uint64_t{1}, "0.25"},
    {"redirects", true, std::string{"same-origin"}, true, "same-origin"},
    {"retry-delay", true, std::uint64_t{1}, std::string{"1"}, "1"},
    {"retry-delay-max", true, std::uint64_t{2}, false, "2"},
    {"retries", true, std::uint32_t{0}, std::string{"0"}, "0"},
    {"ca-file", true, std::string{"/etc/ssl/ca.pem"}, std::uint64_t{1}, "/etc/ssl/ca.pem"},
    {"client-cert", true, std::string{"/c.pem"}, true, "/c.pem"},
    {"client-key", true, std::string{"/k.pem"}, true, "/k.pem"},
    {"public-key-pin", true, kPin, true, kPin},
    {"accept-status", true, std::string{"200-299,404"}, std::uint16_t{404}, "200-299,404"},
    {"max-redirects", true, std::uint32_t{20}, std::string{"20"}, "20"},
    {"redirect-headers", true, true, std::uint32_t{1}, "true"},
    {"allow-downgrade", true, true, std::string{"true"}, "true"},
    {"proxy", true, std::string{"socks5h://user:word@proxy:1080"}, true, "socks5h://user:word@proxy:1080"},
    {"no-proxy", true, std::string{"localhost,.example.org"}, true, "localhost,.example.org"},
    {"max-rate", true, std::uint64_t{1}, std::string{"1"}, "1"},
    {"cookies", true, true, std::uint32_t{1}, "true"},
    {"compressed", true, true, std::uint32_t{1}, "true"},
    {"remote-time", true, true, std::uint32_t{1}, "true"},
    {"preallocate", true, false, std::uint32_t{0}, "false"},
    {"allow-expensive", true, false, std::string{"no"}, "false"},
    {"allow-constrained", true, false, std::uint32_t{0}, "false"},
    {"allow-roaming", true, false, std::uint32_t{0}, "false"},
    {"discretionary", true, true, std::uint32_t{1}, "true"},
    {"keep-awake", true, true, std::uint32_t{1}, "true"},
    {"token", false, std::string{"t"}, std::uint64_t{1}, "t"},
    {"start", false, true, std::string{"yes"}, "true"},
    {"destination", false, std::string{"/tmp/a"}, std::vector<std::string>{"/tmp/a"}, "/tmp/a"},
    {"if-exists", false, std::string{"rename"}, true, "rename"},
    {"mode", false, std::uint32_t{0640}, std::string{"0640"}, "416"},
    {"not-before", false, std::uint64_t{1'700'000'000'000'000}, 1.5, "1700000000000000"},
    {"window", false, std::string{"Mon-Fri 22:00-06:00"}, true, "Mon-Fri 22:00-06:00"},
    {"after", false, Ids{7, 12}, true, "7,12"},
    {"after-failure", false, std::string{"continue"}, true, "continue"},
    {"max-size", false, std::uint64_t{10}, std::string{"10"}, "10"},
    {"expected-size", false, std::uint64_t{0}, true, "0"},
    {"checksum", false, "sha-256=" + std::string(64, 'a'), true, "sha-256=" + std::string(64, 'a')},
    {"mirrors", false, Urls{"http://a/x", "https://b/x"}, true, "http://a/x https://b/x"},
    {"connections", false, std::uint32_t{16}, std::string{"16"}, "16"},
    {"range", false, std::string{"5-9"}, std::uint64_t{5}, "5-9"},
    {"if-none-match", false, std::string{"\"one\", W/\"two\""}, true, "\"one\", W/\"two\""},
    {"filename", false, std::string{"name"}, true, "name"},
    {"method", false, std::string{"PATCH"}, true, "PATCH"},
    {"file", false, std::string{"/tmp/a"}, true, "/tmp/a"},
    {"file-fd", false, std::uint32_t{3}, std::string{"3"}, "3"},
    {"content-type", false, std::string{"image/png"}, true, "image/png"},
    {"form", false, FormParts{{{"name", "a"}, {"value", "b"}}}, std::string{"a=b"}, ""},
    {"resumable", false, std::string{"content-range"}, true, "content-range"},
    {"interop", false, std::uint32_t{6}, std::string{"6"}, "6"},
    {"upload-metadata", false, Texts{{"a", "b c"}, {"empty", ""}}, std::string{"a b"}, ""},
    {"part-urls", false, Urls{"http://a/1", "https://a/2"}, true, "http://a/1 https://a/2"},
    {"part-size", false, std::uint64_t{5'242'880}, std::string{"5M"}, "5242880"},
    {"abort-url", false, std::string{"https://a/x?signed=1"}, true, "https://a/x?signed=1"},
    {"snapshot", false, std::string{"copy"}, true, "copy"},
    {"retry-non-idempotent", false, true, std::uint32_t{1}, "true"},
};

/// Whether it is a secret, or as large as one, and so never shown.
bool is_hidden(const std::string& key) {
    return key == "headers" || key == "form";
}

class OptionKey : public testing::TestWithParam<Key> {};

TEST_P(OptionKey, TakesItsType) {
    Options options;
    auto set = set_option(options, OptionScope::Task, GetParam().key, GetParam().good);
    ASSERT_TRUE(set) << set.error().message;
    if (is_hidden(GetParam().key)) {
        EXPECT_TRUE(to_fields(options).empty()) << "header values are secrets";
    } else {
        auto fields = to_fields(options);
        ASSERT_EQ(fields.size(), 1U);
        EXPECT_EQ(fields.front(), (Field{GetParam().key, GetParam().good}));
    }
}

TEST_P(OptionKey, RefusesAnotherTypeAndNamesItself) {
    Options options;
    auto set = set_option(options, OptionScope::Task, GetParam().key, GetParam().wrong_type);
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(set.error().message.find('"' + GetParam().key + '"'), std::string::npos) << set.error().message;
    EXPECT_NE(set.error().message.find("must be"), std::string::npos) << set.error().message;
    EXPECT_TRUE(to_fields(options).empty());
}

TEST_P(OptionKey, IsADefaultOfSessionsWhereTheContractSaysSo) {
    Options options;
    auto set = set_option(options, OptionScope::Session, GetParam().key, GetParam().good);
    EXPECT_EQ(set.has_value(), GetParam().session);
    if (!set) {
        EXPECT_NE(set.error().message.find(GetParam().key), std::string::npos) << set.error().message;
    }
}

TEST_P(OptionKey, MeansTheSameAsText) {
    if (GetParam().text.empty()) return;
    Options from_text;
    Options from_value;
    auto set = set_option_from_text(from_text, OptionScope::Task, GetParam().key, GetParam().text);
    ASSERT_TRUE(set) << set.error().message;
    ASSERT_TRUE(set_option(from_value, OptionScope::Task, GetParam().key, GetParam().good));
    EXPECT_EQ(to_fields(from_text), to_fields(from_value));
}

std::string to_test_name(std::string key) {
    for (char& c : key)
        if (c == '-') c = '_';
    return key;
}

INSTANTIATE_TEST_SUITE_P(Options, OptionKey, testing::ValuesIn(kKeys),
                         [](const auto& info) { return to_test_name(info.param.key); });

struct BadValue {
    std::string key;
    Value value;
};

TEST(Options, ValuesOutOfRangeAreRefused) {
    const BadValue values[]{{"priority", -0.01},
                            {"priority", 1.01},
                            {"priority", std::numeric_limits<double>::quiet_NaN()},
                            {"request-timeout", std::uint64_t{0}},
                            {"retry-delay", UINT64_MAX},
                            {"resource-timeout", std::int64_t{-1}},
                            {"not-before", UINT64_MAX},
                            {"retries", std::uint64_t{UINT32_MAX} + 1},
                            {"mode", std::uint32_t{01000}},
                            {"ca-file", std::string{"relative.pem"}},
                            {"if-exists", std::string{"overwrite"}},
                            {"redirects", std::string{"Follow"}},
                            {"token", std::string(kMaxIdentifier + 1, 't')},
                            {"description", std::string(kMaxText + 1, 'd')},
                            {"destination", std::string(kMaxPath + 1, '/')},
                            {"destination", std::string("/a\0b", 4)},
                            {"max-redirects", std::uint32_t{21}},
                            {"connections", std::uint32_t{17}},
                            {"max-rate", std::uint64_t{0}},
                            {"accept-status", std::string{"2xx"}},
                            {"accept-status", std::string{"299-200"}},
                            {"client-cert", std::string{"c.pem"}},
                            {"client-key", std::string{""}},
                            {"public-key-pin", std::string{"sha1//AAAA"}},
                            {"public-key-pin", kPin + ";" + kPin.substr(1)},
                            {"proxy", std::string{"ftp://proxy"}},
                            {"proxy", std::string{"proxy:8080"}},
                            {"proxy", std::string{"http://"}},
                            {"proxy", std::string{"http://proxy:99999"}},
                            {"no-proxy", std::string{"a\r\nb"}},
                            {"if-none-match", std::string{"\"a\"\r\nX-Evil: 1"}},
                            {"checksum", std::string{"md5=" + std::string(32, 'a')}},
                            {"checksum", std::string{"sha-256=abc"}},
                            {"range", std::string{"9-5"}},
                            {"range", std::string{"-5"}},
                            {"range", std::string{"5"}},
                            {"range", std::string{"0-4,6-9"}},
                            {"filename", std::string{""}},
                            {"filename", std::string{".."}},
                            {"filename", std::string{"a/b"}},
                            {"filename", std::string(256, 'f')},
                            {"mirrors", Urls{"ftp://a/x"}},
                            {"mirrors", Urls(kMaxMirrors + 1, "http://a/x")},
                            {"resume-data", Blob(kMaxResumeData + 1)},
                            {"headers", Texts{{"Host", "x"}}},
                            {"headers", Texts{{"a b", "x"}}},
                            {"method", std::string{"GET"}},
                            {"method", std::string{"put"}},
                            {"method", std::string{""}},
                            {"file", std::string{"relative"}},
                            {"file", std::string(kMaxPath + 1, '/')},
                            {"content-type", std::string{""}},
                            {"content-type", std::string{"a/b\r\nX-Evil: 1"}},
                            {"resumable", std::string{"yes"}},
                            {"resumable", std::string{""}},
                            {"interop", std::uint32_t{2}},
                            {"interop", std::uint32_t{7}},
                            {"interop", std::uint32_t{9}},
                            {"upload-metadata", Texts{{"", "x"}}},
                            {"upload-metadata", Texts{{"a b", "x"}}},
                            {"upload-metadata", Texts{{"a,b", "x"}}},
                            {"upload-metadata", Texts{{"\xc3\xa9", "x"}}},
                            {"upload-metadata", Texts{{"a", std::string(kMaxHeaderBytes, 'x')}}},
                            {"part-urls", Urls{}},
                            {"part-urls", Urls{"http://a/1", "ftp://a/2"}},
                            {"part-urls", Urls(kMaxParts + 1, "http://a/x")},
                            {"part-size", std::uint64_t{0}},
                            {"part-size", UINT64_MAX},
                            {"abort-url", std::string{"ftp://a/x"}},
                            {"abort-url", std::string{""}},
                            {"snapshot", std::string{"always"}},
                            {"snapshot", std::string{""}}};
    for (const auto& [key, value] : values) {
        Options options;
        auto set = set_option(options, OptionScope::Task, key, value);
        ASSERT_FALSE(set) << key;
        EXPECT_EQ(set.error().code, ErrorCode::InvalidArgument) << key;
        EXPECT_NE(set.error().message.find(key), std::string::npos) << set.error().message;
    }
}

TEST(Options, TooManyHeadersAreALimit) {
    Texts headers;
    for (std::size_t i = 0; i <= kMaxHeaders; ++i) headers["X-" + std::to_string(i)] = "v";
    Options options;
    auto set = set_option(options, OptionScope::Task, "headers", headers);
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().code, ErrorCode::LimitExceeded);
}

TEST(Options, NumbersOfAnyWidthFit) {
    for (const Value& value : {Value{std::uint16_t{3}}, Value{std::uint32_t{3}}, Value{std::uint64_t{3}},
                               Value{std::int64_t{3}}}) {
        Options options;
        ASSERT_TRUE(set_option(options, OptionScope::Task, "retries", value));
        EXPECT_EQ(options.retries, 3U);
    }
}

TEST(Options, UnknownKeysAreNamed) {
    Options options;
    for (const char* key : {"", "Priority", "no-such-key", "headers "}) {
        auto set = set_option(options, OptionScope::Task, key, true);
        ASSERT_FALSE(set);
        EXPECT_EQ(set.error().code, ErrorCode::InvalidArgument);
        EXPECT_NE(set.error().message.find(key), std::string::npos) << set.error().message;
        EXPECT_FALSE(set_option_from_text(options, OptionScope::Task, key, "true"));
    }
}

TEST(Options, KeysOfLaterVersionsAreNotSupported) {
    for (const char* key : {"destination-fd"}) {
        Options options;
        auto set = set_option(options, OptionScope::Task, key, true);
        ASSERT_FALSE(set) << key;
        EXPECT_EQ(set.error().code, ErrorCode::NotSupported) << key;
        EXPECT_NE(set.error().message.find(key), std::string::npos) << set.error().message;
    }
}

TEST(Options, HowAClientIsLaunchedIsForSessionsToSay) {
    for (const auto& [key, value] : std::map<std::string, std::string>{
             {"wake", "when-needed"}, {"bus-name", "org.example.App"}, {"unit", "app.service"}}) {
        Options options;
        EXPECT_TRUE(set_option(options, OptionScope::Session, key, value)) << key;
        auto set = set_option(options, OptionScope::Task, key, value);
        ASSERT_FALSE(set) << key;
        EXPECT_EQ(set.error().code, ErrorCode::InvalidArgument);
        EXPECT_FALSE(set_option(options, OptionScope::Session, key, std::string{"no such thing"})) << key;
    }
}

TEST(Options, TextThatIsNoValueIsRefused) {
    Options options;
    for (const auto& [key, text] : std::map<std::string, std::string>{{"retries", "-1"},
                                                                      {"retries ", "1"},
                                                                      {"mode", "rw"},
                                                                      {"start", "yes"},
                                                                      {"priority", "high"},
                                                                      {"max-size", "1.5"},
                                                                      {"request-timeout", "60s"},
                                                                      {"expected-size", ""}})
        EXPECT_FALSE(set_option_from_text(options, OptionScope::Task, key, text)) << key << "=" << text;
    EXPECT_TRUE(to_fields(options).empty());
}

TEST(Options, TextOptionsMayLookLikeNumbers) {
    Options options;
    ASSERT_TRUE(set_option_from_text(options, OptionScope::Task, "description", "true"));
    ASSERT_TRUE(set_option_from_text(options, OptionScope::Task, "token", "12"));
    EXPECT_EQ(options.description, "true");
    EXPECT_EQ(options.token, "12");
}

TEST(Options, PriorityMayBeAWholeNumberAsText) {
    Options options;
    ASSERT_TRUE(set_option_from_text(options, OptionScope::Task, "priority", "1"));
    EXPECT_EQ(options.priority, 1.0);
}

TEST(Options, OfATaskStandOverItsSessionsDefaults) {
    Options defaults;
    defaults.retries = 3;
    defaults.description = "session's";
    auto options = read_options({{"description", std::string{"task's"}}}, OptionScope::Task, defaults);
    ASSERT_TRUE(options);
    EXPECT_EQ(options->retries, 3U);
    EXPECT_EQ(options->description, "task's");
}

TEST(Options, ResumeDataAreBytesAndNeverShown) {
    Options options;
    ASSERT_TRUE(set_option(options, OptionScope::Task, "resume-data", Blob{1, 2, 3}));
    EXPECT_EQ(options.resume_data, (Blob{1, 2, 3}));
    EXPECT_TRUE(to_fields(options).empty());
    EXPECT_FALSE(set_option(options, OptionScope::Task, "resume-data", std::string{"text"}));
    EXPECT_FALSE(set_option(options, OptionScope::Session, "resume-data", Blob{1}));
}

TEST(Options, RangeMayGoToTheEnd) {
    Options options;
    ASSERT_TRUE(set_option(options, OptionScope::Task, "range", std::string{"5-"}));
    EXPECT_EQ(options.range, (Slice{5, {}}));
    EXPECT_EQ(to_fields(options).front(), (Field{"range", std::string{"5-"}}));
}

TEST(Options, RefusedProxyAndMirrorsDoNotShowTheirSecrets) {
    Options options;
    for (const char* text : {"ftp://user:sEcReT@proxy", "http://user:sEcReT@", "user:sEcReT@proxy:1"}) {
        auto set = set_option(options, OptionScope::Task, "proxy", std::string{text});
        ASSERT_FALSE(set) << text;
        EXPECT_EQ(set.error().message.find("sEcReT"), std::string::npos) << set.error().message;
        set = set_option(options, OptionScope::Task, "mirrors", Urls{text});
        ASSERT_FALSE(set) << text;
        EXPECT_EQ(set.error().message.find("sEcReT"), std::string::npos) << set.error().message;
        set = set_option(options, OptionScope::Task, "part-urls", Urls{text});
        ASSERT_FALSE(set) << text;
        EXPECT_EQ(set.error().message.find("sEcReT"), std::string::npos) << set.error().message;
        set = set_option(options, OptionScope::Task, "abort-url", std::string{text});
        ASSERT_FALSE(set) << text;
        EXPECT_EQ(set.error().message.find("sEcReT"), std::string::npos) << set.error().message;
    }
}

/// Whether tasks of this kind may have an option.
bool has_option(const Key& key, TaskKind kind) {
    Options options;
    EXPECT_TRUE(set_option(options, OptionScope::Task, key.key, key.good)) << key.key;
    auto checked = check_kind(options, kind);
    if (!checked) {
        EXPECT_EQ(checked.error().code, ErrorCode::InvalidArgument);
        EXPECT_NE(checked.error().message.find('"' + key.key + '"'), std::string::npos)
            << checked.error().message;
    }
    return checked.has_value();
}

TEST(Options, AreForDownloadsForUploadsOrForBoth) {
    const std::set<std::string> downloads{"destination", "if-exists", "mode",  "max-size", "expected-size",
                                          "checksum",    "mirrors",   "range", "filename"};
    bool is_upload = false;
    for (const auto& key : kKeys) {
        is_upload = is_upload || key.key == "method";  // those of uploads come last
        EXPECT_EQ(has_option(key, TaskKind::Download), !is_upload) << key.key;
        EXPECT_EQ(has_option(key, TaskKind::Upload), !downloads.contains(key.key)) << key.key;
    }
    Options resumed;
    resumed.resume_data = Blob{1};
    EXPECT_FALSE(check_kind(resumed, TaskKind::Upload));
}

TEST(Options, OneBadFieldRefusesAll) {
    EXPECT_FALSE(read_options({{"retries", std::uint32_t{1}}, {"nonsense", true}}, OptionScope::Task));
}

TEST(Options, FieldsAreReadAgain) {
    Fields fields;
    for (const auto& key : kKeys)
        if (!is_hidden(key.key)) fields.push_back({key.key, key.good});
    auto options = read_options(fields, OptionScope::Task);
    ASSERT_TRUE(options);
    EXPECT_EQ(to_fields(*options), fields);
}

}  // namespace
}  // namespace haul::model
