#include <gtest/gtest.h>

#include <chrono>

#include "encode.hpp"

namespace haul::detail {

namespace {

using namespace std::chrono_literals;

TEST(EncodeWebSocket, OnlyWhatHasAValueIsSent) {
    EXPECT_TRUE(encode(WebSocketOptions{}).value().empty());
    EXPECT_TRUE(encode(WebSocketRequest{.url = "ws://a/"}).value().empty());
}

TEST(EncodeWebSocket, EachOptionHasItsKeyAndType) {
    const auto variants =
        encode(WebSocketOptions{.transfer = {.headers = {{"A", "b"}}, .retries = 3, .compressed = true},
                                .delivery = MessageDelivery::Live,
                                .max_message = 1'000'000,
                                .ping_interval = 10s,
                                .pong_timeout = 1500ms,
                                .reconnect = false,
                                .reconnect_max_delay = 30s,
                                .final_close_codes = "1000,4000-4999",
                                .retried_status = "429,503",
                                .inbox_messages = 100,
                                .inbox_bytes = 200,
                                .overflow = Overflow::DropOldest,
                                .token = "t",
                                .start = Start::AtOnce,
                                .not_before = Time(7us),
                                .ask_before_start = true})
            .value();
    const std::map<std::string, std::string> types{{"headers", "a{ss}"},
                                                   {"retries", "u"},
                                                   {"compressed", "b"},
                                                   {"delivery", "s"},
                                                   {"max-message", "t"},
                                                   {"ping-interval", "t"},
                                                   {"pong-timeout", "t"},
                                                   {"reconnect", "b"},
                                                   {"reconnect-max-delay", "t"},
                                                   {"final-close-codes", "s"},
                                                   {"retried-status", "s"},
                                                   {"inbox-messages", "u"},
                                                   {"inbox-bytes", "t"},
                                                   {"overflow", "s"},
                                                   {"token", "s"},
                                                   {"start", "b"},
                                                   {"not-before", "t"},
                                                   {"ask-before-start", "b"}};
    std::map<std::string, std::string> sent;
    for (const auto& [key, variant] : variants) sent[key] = variant.peekValueType();
    EXPECT_EQ(sent, types);
    EXPECT_EQ(variants.at("delivery").get<std::string>(), "live");
    EXPECT_EQ(variants.at("overflow").get<std::string>(), "drop-oldest");
    EXPECT_EQ(variants.at("pong-timeout").get<std::uint64_t>(), 1'500'000U);
}

TEST(EncodeWebSocket, SubprotocolsStandAmongTheOptionsOfARequest) {
    const WebSocketRequest request{.url = "ws://a/", .options = {.subprotocols = {"chat", "superchat"}}};
    EXPECT_EQ(encode(request).value().at("subprotocols").get<std::vector<std::string>>(),
              (std::vector<std::string>{"chat", "superchat"}));
    EXPECT_TRUE(encode(request.options).value().empty()) << "CreateWebSocket takes them apart";
}

}  // namespace

}  // namespace haul::detail
