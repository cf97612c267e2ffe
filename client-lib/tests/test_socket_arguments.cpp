#include <gtest/gtest.h>

#include "socket_arguments.hpp"

namespace haul::cli {
namespace {

using namespace std::chrono_literals;

TEST(SocketArguments, MessagesAreLiveUnlessNobodyStays) {
    SocketArguments arguments{.url = "ws://a/"};
    EXPECT_EQ(to_web_socket(arguments).options.delivery, MessageDelivery::Live);
    EXPECT_EQ(to_web_socket(arguments).options.start, Start::AtOnce);
    arguments.errand.detach = true;
    EXPECT_EQ(to_web_socket(arguments).options.delivery, MessageDelivery::Durable);
}

TEST(SocketArguments, WhatIsSaidOfTalkingDoesNotGoWithDetach) {
    SocketArguments arguments{.url = "ws://a/", .is_binary = true, .errand = {.detach = true}};
    EXPECT_THROW(to_web_socket(arguments), UsageError);
    arguments = {.url = "ws://a/", .linger = Linger{}, .errand = {.detach = true}};
    EXPECT_THROW(to_web_socket(arguments), UsageError);
}

TEST(SocketArguments, ACredentialIsGivenBeforeItConnects) {
    const SocketArguments arguments{.url = "ws://a/", .transfer = {.user = "me:secret"}};
    EXPECT_EQ(to_web_socket(arguments).options.start, Start::Suspended);
}

TEST(SocketArguments, SilenceIsADurationOrForEver) {
    EXPECT_EQ(parse_linger("1500us")->silence, 2ms) << "never shorter than asked for";
    EXPECT_EQ(parse_linger("2s")->silence, 2000ms);
    ASSERT_TRUE(parse_linger("forever"));
    EXPECT_FALSE(parse_linger("forever")->silence);
    EXPECT_FALSE(parse_linger("2"));
    EXPECT_FALSE(parse_linger(""));
}

}  // namespace
}  // namespace haul::cli
