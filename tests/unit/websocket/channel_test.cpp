#include "websocket/channel.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace haul::websocket {
namespace {

constexpr Bytes kLongest = 100;

std::string framed(char type, const std::string& payload) {
    return std::string{type} + std::string(3, '\0') + std::string(3, '\0') +
           static_cast<char>(payload.size()) + payload;
}

class ChannelTest : public testing::Test {
protected:
    ChannelTest() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
        client = UniqueFd{ends[0]};
        channel.emplace(UniqueFd{ends[1]}, kLongest);
    }
    void write(const std::string& bytes) {
        ASSERT_EQ(::write(client.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    }
    std::string read() {
        std::string bytes(4096, '\0');
        auto size = ::recv(client.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        return bytes;
    }

    UniqueFd client;
    std::optional<Channel> channel;
};

TEST_F(ChannelTest, ManyMessagesOfOneWriteAndOneOfMany) {
    auto bytes =
        framed(1, "one") + framed(2, std::string{"\0\xff", 2}) + framed(8, "\x03\xe8") + framed(1, "two");
    write(bytes.substr(0, bytes.size() - 2));
    auto frames = channel->read();
    ASSERT_EQ(frames.size(), 3U);
    EXPECT_EQ(frames[0].type, Channel::Type::Text);
    EXPECT_EQ(frames[0].payload, "one");
    EXPECT_EQ(frames[1].type, Channel::Type::Binary);
    EXPECT_EQ(frames[2].type, Channel::Type::Close);
    write(bytes.substr(bytes.size() - 2));
    frames = channel->read();
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].payload, "two");
    EXPECT_FALSE(channel->is_over());
}

TEST_F(ChannelTest, MessagesReachTheClientWithTheirHeaders) {
    channel->put({.is_text = true, .body = "hi"});
    channel->put({.is_text = false, .body = ""});
    channel->flush();
    EXPECT_EQ(read(), framed(1, "hi") + framed(2, ""));
    EXPECT_FALSE(channel->has_output());
}

TEST_F(ChannelTest, WhatTheClientDidNotGetIsThereAgain) {
    std::size_t handed = 0;
    while (!channel->is_full()) {
        channel->put({.is_text = false, .body = std::string(100'000, 'x')});
        channel->flush();
        ++handed;
    }
    auto left = channel->take_undelivered();
    EXPECT_GT(left.size(), 5U);
    EXPECT_LT(left.size(), handed);
    EXPECT_EQ(left.front().body.size(), 100'000U) << "whole, also where a part of it was handed over";
    EXPECT_FALSE(channel->has_output());
}

class MisuseTest : public ChannelTest, public testing::WithParamInterface<std::string> {};

TEST_P(MisuseTest, EndsTheChannel) {
    write(framed(1, "good") + GetParam());
    EXPECT_EQ(channel->read().size(), 1U);
    EXPECT_TRUE(channel->is_over());
}

INSTANTIATE_TEST_SUITE_P(Clients, MisuseTest,
                         testing::Values(framed(0, "type 0"), framed(3, ""), framed(9, "opened"),
                                         framed(1, "no UTF-8: \xff"),
                                         std::string{"\x01\x00\x01\x00\x00\x00\x00\x00", 8},
                                         std::string{"\x02\x00\x00\x00\x00\x00\x00\x65", 8},
                                         std::string{"\x02\x00\x00\x00\xff\xff\xff\xff", 8}));

TEST_F(ChannelTest, EndsWithItsClient) {
    write(framed(1, "last"));
    client = UniqueFd{};
    EXPECT_EQ(channel->read().size(), 1U) << "what it wrote before counts";
    EXPECT_TRUE(channel->read().empty());
    EXPECT_TRUE(channel->is_over());
    channel->put({.is_text = true, .body = "to nobody"});
    channel->flush();
    auto left = channel->take_undelivered();
    ASSERT_EQ(left.size(), 1U) << "it is not lost";
    EXPECT_EQ(left[0].body, "to nobody");
    EXPECT_FALSE(channel->has_output());
}

}  // namespace
}  // namespace haul::websocket
