#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "haul/channel.hpp"

namespace haul {
namespace {

using Type = ChannelMessage::Type;

/// A channel and the daemon's end of it.
class ChannelTest : public testing::Test {
protected:
    ChannelTest() : ChannelTest(make_pair()) {}

    void say(std::string_view bytes) const {
        ASSERT_EQ(::write(daemon.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    }

    /// What the daemon reads in one go.
    std::string heard() const {
        std::string bytes(1 << 20, '\0');
        const auto count = ::recv(daemon.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        bytes.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
        return bytes;
    }

    static std::string framed(Type type, std::string_view payload) {
        const auto length = payload.size();
        std::string bytes{static_cast<char>(type), 0, 0, 0};
        for (const auto shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>((length >> shift) & 0xFFU);
        return bytes.append(payload);
    }

    Channel channel;
    File daemon;

private:
    static std::array<int, 2> make_pair() {
        std::array<int, 2> ends{-1, -1};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
        return ends;
    }
    explicit ChannelTest(std::array<int, 2> ends) : channel(File(ends[0])), daemon(ends[1]) {}
};

TEST_F(ChannelTest, ManyMessagesAreOneWrite) {
    channel.queue("one");
    const std::vector<std::uint8_t> data{0, 1, 2};
    channel.queue(data);
    channel.queue("");
    channel.queue_close(CloseCode{4001}, "bye");
    EXPECT_EQ(heard(), "") << "nothing is written before flush";
    EXPECT_TRUE(channel.flush().value());
    EXPECT_EQ(channel.queued(), 0U);
    EXPECT_EQ(heard(), framed(Type::Text, "one") + framed(Type::Binary, std::string("\0\1\2", 3)) +
                           framed(Type::Text, "") +
                           framed(Type::Closed,
                                  "\x0F\xA1"
                                  "bye"));
}

TEST_F(ChannelTest, ManyMessagesComeInOneRead) {
    say(framed(Type::Opened, "chat") + framed(Type::Text, "one") + framed(Type::Binary, "\xFF"));
    EXPECT_FALSE(channel.next()) << "nothing is read before fill";
    ASSERT_TRUE(channel.fill().value());
    const auto opened = channel.next();
    const auto text = channel.next();
    const auto data = channel.next();
    ASSERT_TRUE(opened && text && data);
    EXPECT_EQ(opened->type, Type::Opened);
    EXPECT_EQ(opened->bytes, "chat");
    EXPECT_EQ(text->type, Type::Text);
    EXPECT_EQ(text->bytes, "one");
    EXPECT_EQ(data->type, Type::Binary);
    EXPECT_EQ(data->bytes, "\xFF");
    EXPECT_FALSE(channel.next());
    EXPECT_FALSE(channel.fill().value());
    EXPECT_FALSE(channel.has_ended());
}

TEST_F(ChannelTest, OneMessageComesInManyReads) {
    const auto bytes = framed(Type::Text, "a message") + framed(Type::Text, "another");
    std::vector<std::string> texts;
    for (const char byte : bytes) {
        say({&byte, 1});
        ASSERT_TRUE(channel.fill().value());
        while (const auto message = channel.next()) texts.emplace_back(message->bytes);
    }
    EXPECT_EQ(texts, (std::vector<std::string>{"a message", "another"}));
}

TEST_F(ChannelTest, AMessageMayBeLongerThanAnyRead) {
    const std::string payload(3'000'000, 'x');
    const auto bytes = framed(Type::Text, "first") + framed(Type::Text, payload) + framed(Type::Text, "last");
    std::string_view rest = bytes;
    std::vector<std::string> texts;
    while (texts.size() < 3) {
        const auto count = ::send(daemon.get(), rest.data(), rest.size(), MSG_DONTWAIT);
        if (count > 0) rest.remove_prefix(static_cast<std::size_t>(count));
        ASSERT_TRUE(channel.fill());
        while (const auto message = channel.next()) texts.emplace_back(message->bytes);
    }
    EXPECT_EQ(texts, (std::vector<std::string>{"first", payload, "last"}));
}

TEST_F(ChannelTest, WhatTheSocketDoesNotTakeWaits) {
    const std::string payload(100'000, 'x');
    std::string expected;
    for (int i = 0; i < 40; ++i) {
        channel.queue(payload);
        expected += framed(Type::Text, payload);
    }
    EXPECT_FALSE(channel.flush().value());
    EXPECT_GT(channel.queued(), 0U);
    std::string all;
    while (all.size() < expected.size()) {
        all += heard();
        ASSERT_TRUE(channel.flush());
    }
    EXPECT_TRUE(all == expected);
    EXPECT_EQ(channel.queued(), 0U);
}

TEST_F(ChannelTest, ReceivingWritesWhatIsQueued) {
    say(framed(Type::Text, "question"));
    EXPECT_EQ(channel.receive().value()->bytes, "question");
    channel.queue("answer");
    say(framed(Type::Text, "next"));
    EXPECT_EQ(channel.receive().value()->bytes, "next");
    EXPECT_EQ(heard(), framed(Type::Text, "answer"));
}

TEST_F(ChannelTest, AnEndIsNoErrorAndComesBehindWhatWasSent) {
    say(framed(Type::Closed, std::string("\x03\xE8") + "done"));
    daemon = File();
    const auto last = channel.receive().value();
    ASSERT_TRUE(last);
    EXPECT_EQ(last->type, Type::Closed);
    EXPECT_EQ(last->closed().code, CloseCode::Normal);
    EXPECT_EQ(last->closed().reason, "done");
    EXPECT_TRUE(last->closed().clean);
    EXPECT_FALSE(channel.receive().value());
    EXPECT_TRUE(channel.has_ended());
    EXPECT_EQ(channel.send("too late").error().code, ErrorCode::Disconnected);
}

TEST_F(ChannelTest, AnEndIsToldToWhoStillSends) {
    channel.queue("never read");
    ASSERT_TRUE(channel.flush());
    say(framed(Type::Text, "said before"));
    daemon = File();
    channel.queue("too late");
    EXPECT_EQ(channel.receive().value()->bytes, "said before");
    EXPECT_FALSE(channel.receive().value());
}

TEST_F(ChannelTest, ALostConnectionHasACode) {
    EXPECT_EQ((ChannelMessage{Type::Closed, "\x03\xEE"}.closed().code), CloseCode::Lost);
    EXPECT_FALSE((ChannelMessage{Type::Closed, "\x03\xEE"}.closed().clean));
    EXPECT_EQ((ChannelMessage{Type::Closed, ""}.closed().code), CloseCode::NoCode);
}

class ChannelNonsense : public ChannelTest, public testing::WithParamInterface<std::string> {};

TEST_P(ChannelNonsense, IsAnErrorAndNoMessage) {
    say(framed(Type::Text, "good") + GetParam());
    EXPECT_EQ(channel.receive().value()->bytes, "good");
    EXPECT_EQ(channel.receive().error().code, ErrorCode::Protocol);
}

INSTANTIATE_TEST_SUITE_P(ChannelTest, ChannelNonsense,
                         testing::Values(std::string("\3\0\0\0\0\0\0\0", 8),  // a type that is none
                                         std::string("\1\0\1\0\0\0\0\0", 8),  // a byte that is not zero
                                         std::string("\1\0\0\0\xFF\xFF\xFF\xFF", 8)));  // longer than any

}  // namespace
}  // namespace haul
