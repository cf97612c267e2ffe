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
                                             .redirects = Redirects::SameOrigin,
                                             .retry_delay = 1500ms,
                                             .retry_delay_max = 5min,
                                             .retries = 3,
                                             .ca_file = "/etc/ca.pem",
                                         },
                                     .destination = "/home/me/file",
                                     .if_exists = IfExists::Rename,
                                     .mode = 0640,
                                     .token = "t",
                                     .start = Start::AtOnce,
                                     .not_before = Time(7us),
                                     .max_size = 10,
                                     .expected_size = 9,
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
                         {"redirects", "s"},
                         {"retry-delay", "t"},
                         {"retry-delay-max", "t"},
                         {"retries", "u"},
                         {"ca-file", "s"},
                         {"destination", "s"},
                         {"if-exists", "s"},
                         {"mode", "u"},
                         {"token", "s"},
                         {"start", "b"},
                         {"not-before", "t"},
                         {"max-size", "t"},
                         {"expected-size", "t"},
                     }));
    EXPECT_EQ(variants.at("request-timeout").get<std::uint64_t>(), 60'000'000U);
    EXPECT_EQ(variants.at("retry-delay").get<std::uint64_t>(), 1'500'000U);
    EXPECT_EQ(variants.at("redirects").get<std::string>(), "same-origin");
    EXPECT_EQ(variants.at("if-exists").get<std::string>(), "rename");
    EXPECT_EQ(variants.at("destination").get<std::string>(), "/home/me/file");
    EXPECT_EQ(variants.at("mode").get<std::uint32_t>(), 0640U);
    EXPECT_TRUE(variants.at("start").get<bool>());
    EXPECT_EQ(variants.at("not-before").get<std::uint64_t>(), 7U);
}

TEST(Encode, ZeroRetriesIsAValue) {
    const auto variants = encode(SessionOptions{.transfer = {.retries = 0}}).value();
    EXPECT_EQ(variants.at("retries").get<std::uint32_t>(), 0U);
}

TEST(Encode, NegativeTimesAreRefusedByName) {
    const auto variants = encode(DownloadOptions{.transfer = {.request_timeout = -1us}});
    ASSERT_FALSE(variants);
    EXPECT_EQ(variants.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(variants.error().message.find("request-timeout"), std::string::npos);
}

TEST(Encode, TextThatTheBusCannotCarryIsRefusedByName) {
    const auto path = encode(DownloadOptions{.destination = "/tmp/\xFF"});
    ASSERT_FALSE(path);
    EXPECT_NE(path.error().message.find("destination"), std::string::npos);
    const auto headers = encode(DownloadOptions{.transfer = {.headers = {{"Authorization", "secret\xFF"}}}});
    ASSERT_FALSE(headers);
    EXPECT_EQ(headers.error().message.find("secret"), std::string::npos);
}

}  // namespace

}  // namespace haul::detail
