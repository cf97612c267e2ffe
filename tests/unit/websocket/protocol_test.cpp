// Both ends of RFC 6455: frames as a server sends them, and what the client's end makes of them.

#include "websocket/protocol.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace haul::websocket {
namespace {

constexpr Bytes kMostBytes = 1000;

/// What came in.
struct Ear final : Listener {
    std::vector<model::Message> messages;
    std::vector<std::string> pongs;
    void on_message(model::Message message) override { messages.push_back(std::move(message)); }
    void on_pong(std::string_view payload) override { pongs.emplace_back(payload); }
};

/// A frame of a server; `first` is FIN, reserved bits and opcode.
std::string frame(unsigned first, const std::string& payload) {
    std::string bytes{static_cast<char>(first)};
    if (payload.size() < 126) {
        bytes += static_cast<char>(payload.size());
    } else {
        bytes += static_cast<char>(126);
        bytes += static_cast<char>(payload.size() >> 8U);
        bytes += static_cast<char>(payload.size() & 0xffU);
    }
    return bytes + payload;
}

class ProtocolTest : public testing::Test {
protected:
    Ear ear;
    Protocol protocol{kMostBytes, std::nullopt, ear};

    /// Everything that it has to send.
    std::string sent() {
        std::string bytes;
        std::array<char, 7> piece{};
        while (auto size = protocol.outgoing().write(piece.data(), piece.size()))
            bytes.append(piece.data(), size);
        return bytes;
    }
    std::uint16_t fault_of(const std::string& bytes) {
        protocol.read(bytes);
        return protocol.fault() ? protocol.fault()->code : std::uint16_t{0};
    }
};

/// The payloads of masked frames, each short.
std::vector<std::string> unmasked(std::string_view bytes) {
    std::vector<std::string> frames;
    while (bytes.size() >= 6) {
        auto size = static_cast<unsigned char>(bytes[1]) & 0x7fU;
        EXPECT_NE(static_cast<unsigned char>(bytes[1]) & 0x80U, 0U) << "clients mask";
        auto mask = bytes.substr(2, 4);
        std::string payload;
        for (std::size_t i = 0; i < size; ++i) payload += static_cast<char>(bytes[6 + i] ^ mask[i % 4]);
        frames.push_back(std::move(payload));
        bytes.remove_prefix(6 + size);
    }
    return frames;
}

TEST_F(ProtocolTest, MessagesComeWholeHoweverTheyAreCut) {
    auto bytes =
        frame(0x81, "one") + frame(0x02, "t") + frame(0x89, "ping") + frame(0x00, "w") + frame(0x80, "o");
    for (char byte : bytes) protocol.read({&byte, 1});
    ASSERT_EQ(ear.messages.size(), 2U);
    EXPECT_EQ(ear.messages[0].body, "one");
    EXPECT_TRUE(ear.messages[0].is_text);
    EXPECT_EQ(ear.messages[1].body, "two");
    EXPECT_FALSE(ear.messages[1].is_text);
    EXPECT_EQ(unmasked(sent()), std::vector<std::string>{"ping"});
}

TEST_F(ProtocolTest, EachPingHasItsOwnPong) {
    std::string pings;
    std::vector<std::string> payloads;
    for (int i = 0; i < 100; ++i) {
        payloads.push_back("p" + std::to_string(i));
        pings += frame(0x89, payloads.back());
    }
    protocol.read(pings);
    EXPECT_EQ(unmasked(sent()), payloads);
}

TEST_F(ProtocolTest, MessagesGoOutInOrderAndTheGoodbyeBehindThem) {
    protocol.outgoing().send({1, {true, "one"}});
    protocol.outgoing().close({1000, "bye"});
    protocol.outgoing().send({2, {false, std::string(100, 'x')}});
    auto bytes = sent();
    auto frames = unmasked(bytes);
    ASSERT_EQ(frames.size(), 3U);
    EXPECT_EQ(frames[0], "one");
    EXPECT_EQ(frames[1], std::string(100, 'x'));
    EXPECT_EQ(frames[2],
              "\x03\xe8"
              "bye");
    EXPECT_TRUE(protocol.outgoing().is_close_sent());
    EXPECT_EQ(protocol.outgoing().take_sent(8), 0U);
    EXPECT_EQ(protocol.outgoing().take_sent(9), 1U) << "when its last byte has gone";
    EXPECT_EQ(protocol.outgoing().take_sent(bytes.size()), 2U);
}

TEST_F(ProtocolTest, PeersGoodbyeWaitsForOurAnswer) {
    protocol.read(frame(0x81, "last") +
                  frame(0x88,
                        "\x03\xf4"
                        "restart") +
                  frame(0x81, "behind"));
    ASSERT_TRUE(protocol.goodbye());
    EXPECT_EQ(protocol.goodbye()->code, 1012);
    EXPECT_EQ(protocol.goodbye()->reason, "restart");
    EXPECT_EQ(ear.messages.size(), 1U) << "nothing counts behind it";
    EXPECT_EQ(sent(), "");
    protocol.answer_goodbye();
    EXPECT_EQ(unmasked(sent()), std::vector<std::string>{"\x03\xf4"});
}

TEST_F(ProtocolTest, NoMessagePassesThoseThatAnAnsweredGoodbyeKeepsBack) {
    protocol.outgoing().send({1, {true, "one"}});
    protocol.read(frame(0x88, "\x03\xf4"));
    protocol.answer_goodbye();
    protocol.outgoing().send({2, {true, "two"}});
    auto bytes = sent();
    EXPECT_EQ(unmasked(bytes), std::vector<std::string>{"\x03\xf4"});
    EXPECT_EQ(protocol.outgoing().take_sent(bytes.size()), 0U);
}

TEST_F(ProtocolTest, GoodbyeWithoutACodeIsAnsweredWithoutOne) {
    protocol.read(frame(0x88, ""));
    ASSERT_TRUE(protocol.goodbye());
    EXPECT_EQ(protocol.goodbye()->code, model::close_code::kNone);
    protocol.answer_goodbye();
    EXPECT_EQ(unmasked(sent()), std::vector<std::string>{""});
}

TEST_F(ProtocolTest, OverlongMessagesAre1009) {
    EXPECT_EQ(fault_of(frame(0x02, std::string(600, 'x')) + frame(0x80, std::string(401, 'x'))), 1009);
    EXPECT_EQ(unmasked(sent()), std::vector<std::string>{"\x03\xf1"});
    EXPECT_TRUE(ear.messages.empty());
}

TEST_F(ProtocolTest, LengthIsAnsweredBeforeThePayload) {
    EXPECT_EQ(fault_of({"\x82\x7f\x00\x00\x01\x00\x00\x00\x00\x00", 10}), 1009);
}

TEST_F(ProtocolTest, LongestMessageComes) {
    EXPECT_EQ(fault_of(frame(0x82, std::string(kMostBytes, 'x'))), 0);
    EXPECT_EQ(ear.messages.size(), 1U);
}

struct Fault {
    const char* what;
    std::string bytes;
    std::uint16_t code;
};

class FaultTest : public ProtocolTest, public testing::WithParamInterface<Fault> {};

TEST_P(FaultTest, IsAnsweredWithItsCodeAndEndsTheListening) {
    EXPECT_EQ(fault_of(GetParam().bytes + frame(0x81, "behind")), GetParam().code) << GetParam().what;
    EXPECT_TRUE(ear.messages.empty());
    auto frames = unmasked(sent());
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(static_cast<unsigned char>(frames[0][0]) * 256 + static_cast<unsigned char>(frames[0][1]),
              GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    Servers, FaultTest,
    testing::Values(
        Fault{"reserved bit 1", frame(0xc1, "x"), 1002}, Fault{"reserved bit 2", frame(0xa1, "x"), 1002},
        Fault{"reserved bit 3", frame(0x91, "x"), 1002}, Fault{"opcode 3", frame(0x83, "x"), 1002},
        Fault{"opcode 7", frame(0x87, ""), 1002}, Fault{"opcode 11", frame(0x8b, ""), 1002},
        Fault{"opcode 15", frame(0x8f, ""), 1002},
        Fault{"mask", std::string{"\x81\x81\x00\x00\x00\x00x", 7}, 1002},
        Fault{"length of 16 bits that fits 7", std::string{"\x81\x7e\x00\x01x", 5}, 1002},
        Fault{"length of 64 bits that fits 16", std::string{"\x82\x7f\x00\x00\x00\x00\x00\x00\x01\x00", 10},
              1002},
        Fault{"length of 2^63", std::string{"\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00", 10}, 1002},
        Fault{"ping in pieces", frame(0x09, "x"), 1002},
        Fault{"long ping", frame(0x89, std::string(126, 'x')), 1002},
        Fault{"continuation of nothing", frame(0x80, "x"), 1002},
        Fault{"message in a message", frame(0x01, "x") + frame(0x81, "y"), 1002},
        Fault{"half a code", frame(0x88, "x"), 1002}, Fault{"code 999", frame(0x88, "\x03\xe7"), 1002},
        Fault{"code 1005", frame(0x88, "\x03\xed"), 1002}, Fault{"code 1006", frame(0x88, "\x03\xee"), 1002},
        Fault{"code 5000", frame(0x88, "\x13\x88"), 1002},
        Fault{"reason that is no UTF-8", frame(0x88, "\x03\xe8\xff"), 1007},
        Fault{"text that is no UTF-8", frame(0x81, "\xc0\xaf"), 1007},
        Fault{"text that is none from its middle on", frame(0x01, "ok\xed\xa0"), 1007},
        Fault{"text that ends inside a character", frame(0x81, "\xe2\x82"), 1007}));

TEST_F(ProtocolTest, CharactersMayBeCutByFrames) {
    EXPECT_EQ(fault_of(frame(0x01, "\xe2") + frame(0x00, "\x82") + frame(0x80, "\xac")), 0);
    ASSERT_EQ(ear.messages.size(), 1U);
    EXPECT_EQ(ear.messages[0].body, "\xe2\x82\xac");
}

TEST_F(ProtocolTest, PongsAreTold) {
    protocol.outgoing().ping("abc");
    EXPECT_EQ(unmasked(sent()), std::vector<std::string>{"abc"});
    protocol.read(frame(0x8a, "abc") + frame(0x8a, "unasked"));
    EXPECT_EQ(ear.pongs, (std::vector<std::string>{"abc", "unasked"}));
}

TEST(CompressedProtocol, LimitIsOnWhatTheMessageBecomes) {
    Ear ear;
    Protocol protocol{kMostBytes, DeflateTerms{}, ear};
    Deflate server{DeflateTerms{}};
    protocol.read(frame(0xc1, server.compress(std::string(kMostBytes, 'a'))));
    ASSERT_EQ(ear.messages.size(), 1U);
    EXPECT_EQ(ear.messages[0].body, std::string(kMostBytes, 'a'));
    protocol.read(frame(0xc1, server.compress(std::string(kMostBytes + 1, 'a'))));
    ASSERT_TRUE(protocol.fault());
    EXPECT_EQ(protocol.fault()->code, 1009);
}

TEST(CompressedProtocol, PlainMessagesMayComeBetween) {
    Ear ear;
    Protocol protocol{kMostBytes, DeflateTerms{}, ear};
    Deflate server{DeflateTerms{}};
    protocol.read(frame(0xc1, server.compress("one")) + frame(0x81, "two") +
                  frame(0x41, server.compress("three")) + frame(0x80, ""));
    ASSERT_EQ(ear.messages.size(), 3U);
    EXPECT_EQ(ear.messages[0].body, "one");
    EXPECT_EQ(ear.messages[1].body, "two");
    EXPECT_EQ(ear.messages[2].body, "three");
}

TEST(CompressedProtocol, BrokenCompressionIs1007) {
    Ear ear;
    Protocol protocol{kMostBytes, DeflateTerms{}, ear};
    protocol.read(frame(0xc1, "\xff\xff\xff\xff"));
    ASSERT_TRUE(protocol.fault());
    EXPECT_EQ(protocol.fault()->code, 1007);
}

}  // namespace
}  // namespace haul::websocket
