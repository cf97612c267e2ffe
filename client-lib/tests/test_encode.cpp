#include <gtest/gtest.h>

#include <chrono>

#include "encode.hpp"

namespace haul::detail {

namespace {

using namespace std::chrono_literals;

TEST(Encode, OnlyWhatHasAValueIsSent) {
    EXPECT_TRUE(encode(DownloadOptions{}).value().empty());
    EXPECT_TRUE(encode(SessionOptions{}).value().empty());
}

TEST(Encode, EachOptionHasItsKeyAndType) {
    const auto variants = encode(DownloadOptions{
                                     .transfer =
                                         {
                                             .description = "d",
                                             .headers = {{"A", "b"}},
                                             .request_timeout = 60s,
                                             .resource_timeout = 24h,
                                             .priority = 0.5,
                                             .allow_expensive = false,
                                             .allow_constrained = false,
                                             .allow_roaming = true,
                                             .discretionary = true,
                                             .keep_awake = true,
                                             .accept_status = "200-299,404",
                                             .redirects = Redirects::SameOrigin,
                                             .max_redirects = 0,
                                             .redirect_headers = false,
                                             .allow_downgrade = true,
                                             .retry_delay = 1500ms,
                                             .retry_delay_max = 5min,
                                             .retries = 3,
                                             .proxy = "socks5h://127.0.0.1:1080",
                                             .no_proxy = "localhost,.example.com",
                                             .max_rate = 500'000,
                                             .ca_file = "/etc/ca.pem",
                                             .client_cert = "/etc/me.pem",
                                             .client_key = "/etc/me.key",
                                             .public_key_pin = "sha256//AAAA",
                                             .cookies = true,
                                             .compressed = false,
                                             .remote_time = true,
                                             .preallocate = false,
                                         },
                                     .destination = "/home/me/file",
                                     .destination_descriptor = 0,
                                     .filename = "name",
                                     .if_exists = IfExists::Rename,
                                     .mode = 0640,
                                     .token = "t",
                                     .start = Start::AtOnce,
                                     .not_before = Time(7us),
                                     .window = "22:00-06:00",
                                     .after = {{3}, {4}},
                                     .after_failure = AfterFailure::Continue,
                                     .max_size = 10,
                                     .expected_size = 9,
                                     .checksum = Checksum{DigestAlgorithm::Sha512, "ab"},
                                     .mirrors = {"http://a/x", "http://b/x"},
                                     .connections = kAutoConnections,
                                     .range = ByteRange{.first = 10},
                                     .if_none_match = "\"one\"",
                                     .resume_data = {{1, 2}},
                                 })
                              .value();
    std::map<std::string, std::string> types;
    for (const auto& [key, variant] : variants) types[key] = variant.peekValueType();
    EXPECT_EQ(types, (std::map<std::string, std::string>{
                         {"description", "s"},
                         {"headers", "a{ss}"},
                         {"request-timeout", "t"},
                         {"resource-timeout", "t"},
                         {"priority", "d"},
                         {"allow-expensive", "b"},
                         {"allow-constrained", "b"},
                         {"allow-roaming", "b"},
                         {"discretionary", "b"},
                         {"keep-awake", "b"},
                         {"accept-status", "s"},
                         {"redirects", "s"},
                         {"max-redirects", "u"},
                         {"redirect-headers", "b"},
                         {"allow-downgrade", "b"},
                         {"retry-delay", "t"},
                         {"retry-delay-max", "t"},
                         {"retries", "u"},
                         {"proxy", "s"},
                         {"no-proxy", "s"},
                         {"max-rate", "t"},
                         {"ca-file", "s"},
                         {"client-cert", "s"},
                         {"client-key", "s"},
                         {"public-key-pin", "s"},
                         {"cookies", "b"},
                         {"compressed", "b"},
                         {"remote-time", "b"},
                         {"preallocate", "b"},
                         {"destination", "s"},
                         {"destination-fd", "h"},
                         {"filename", "s"},
                         {"if-exists", "s"},
                         {"mode", "u"},
                         {"token", "s"},
                         {"start", "b"},
                         {"not-before", "t"},
                         {"window", "s"},
                         {"after", "at"},
                         {"after-failure", "s"},
                         {"max-size", "t"},
                         {"expected-size", "t"},
                         {"checksum", "s"},
                         {"mirrors", "as"},
                         {"connections", "u"},
                         {"range", "s"},
                         {"if-none-match", "s"},
                         {"resume-data", "ay"},
                     }));
    EXPECT_EQ(variants.at("request-timeout").get<std::uint64_t>(), 60'000'000U);
    EXPECT_EQ(variants.at("retry-delay").get<std::uint64_t>(), 1'500'000U);
    EXPECT_EQ(variants.at("redirects").get<std::string>(), "same-origin");
    EXPECT_EQ(variants.at("if-exists").get<std::string>(), "rename");
    EXPECT_EQ(variants.at("destination").get<std::string>(), "/home/me/file");
    EXPECT_EQ(variants.at("mode").get<std::uint32_t>(), 0640U);
    EXPECT_TRUE(variants.at("start").get<bool>());
    EXPECT_EQ(variants.at("not-before").get<std::uint64_t>(), 7U);
    EXPECT_EQ(variants.at("after").get<std::vector<std::uint64_t>>(), (std::vector<std::uint64_t>{3, 4}));
    EXPECT_EQ(variants.at("after-failure").get<std::string>(), "continue");
    EXPECT_EQ(variants.at("checksum").get<std::string>(), "sha-512=ab");
    EXPECT_EQ(variants.at("mirrors").get<std::vector<std::string>>(),
              (std::vector<std::string>{"http://a/x", "http://b/x"}));
    EXPECT_EQ(variants.at("connections").get<std::uint32_t>(), 0U);
    EXPECT_EQ(variants.at("range").get<std::string>(), "10-");
    EXPECT_EQ(variants.at("resume-data").get<std::vector<std::uint8_t>>(), (std::vector<std::uint8_t>{1, 2}));
    EXPECT_FALSE(variants.at("redirect-headers").get<bool>());
    EXPECT_TRUE(variants.at("allow-downgrade").get<bool>());
}

TEST(Encode, ZeroRetriesIsAValue) {
    const auto variants = encode(SessionOptions{.transfer = {.retries = 0}}).value();
    EXPECT_EQ(variants.at("retries").get<std::uint32_t>(), 0U);
}

TEST(Encode, ARangeMayHaveAnEnd) {
    const auto variants = encode(DownloadOptions{.range = ByteRange{.first = 0, .last = 99}}).value();
    EXPECT_EQ(variants.at("range").get<std::string>(), "0-99");
}

TEST(Encode, AChecksumNamesItsAlgorithm) {
    const DownloadOptions options{.checksum = Checksum{DigestAlgorithm::Sha256, "00ff"}};
    EXPECT_EQ(encode(options).value().at("checksum").get<std::string>(), "sha-256=00ff");
}

TEST(Encode, NegativeTimesAreRefusedByName) {
    const auto variants = encode(DownloadOptions{.transfer = {.request_timeout = -1us}});
    ASSERT_FALSE(variants);
    EXPECT_EQ(variants.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(variants.error().message.find("request-timeout"), std::string::npos);
}

TEST(Encode, EachKindOfTaskMayWaitForTimesAndTasks) {
    const auto upload =
        encode(UploadOptions{.window = "22:00-06:00", .after = {{3}}, .after_failure = AfterFailure::Cancel});
    const auto socket = encode(
        WebSocketOptions{.window = "22:00-06:00", .after = {{3}}, .after_failure = AfterFailure::Cancel});
    for (const auto& variants : {upload, socket}) {
        ASSERT_EQ(variants.value().size(), 3U);
        EXPECT_EQ(variants->at("window").get<std::string>(), "22:00-06:00");
        EXPECT_EQ(variants->at("after").get<std::vector<std::uint64_t>>(), (std::vector<std::uint64_t>{3}));
        EXPECT_EQ(variants->at("after-failure").get<std::string>(), "cancel");
    }
}

TEST(Encode, ADescriptorThatIsNoneIsRefusedByName) {
    const auto variants = encode(DownloadOptions{.destination_descriptor = -1});
    ASSERT_FALSE(variants);
    EXPECT_NE(variants.error().message.find("destination-fd"), std::string::npos);
}

TEST(Encode, TextThatTheBusCannotCarryIsRefusedByName) {
    const auto path = encode(DownloadOptions{.destination = "/tmp/\xFF"});
    ASSERT_FALSE(path);
    EXPECT_NE(path.error().message.find("destination"), std::string::npos);
    const auto mirrors = encode(DownloadOptions{.mirrors = {"http://a/", "http://b/\xFF"}});
    ASSERT_FALSE(mirrors);
    EXPECT_NE(mirrors.error().message.find("mirrors"), std::string::npos);
    const auto headers = encode(DownloadOptions{.transfer = {.headers = {{"Authorization", "secret\xFF"}}}});
    ASSERT_FALSE(headers);
    EXPECT_EQ(headers.error().message.find("secret"), std::string::npos);
}

}  // namespace

}  // namespace haul::detail
