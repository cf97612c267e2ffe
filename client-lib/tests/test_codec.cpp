#include <gtest/gtest.h>

#include "haul/json_codec.hpp"

namespace haul {

/// What is said in these tests.
namespace codec_test {

struct Chat {
    static constexpr const char* kMessageType = "chat";
    std::string from;
    std::string text;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(Chat, from, text)
};

struct Joined {
    static constexpr const char* kMessageType = "joined";
    int members = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(Joined, members)
};

}  // namespace codec_test

namespace {

using codec_test::Chat;
using codec_test::Joined;

/// A codec that is not JSON: "TYPE:VALUE".
class PlainCodec {
public:
    using Payload = std::string;
    Result<Message> pack(const Envelope<Payload>& envelope) const {
        return Message{envelope.type + ":" + envelope.payload};
    }
    Result<Envelope<Payload>> unpack(const Message& message) const {
        const auto colon = message.bytes().find(':');
        if (colon == std::string_view::npos)
            return tl::unexpected(Error{.code = ErrorCode::Protocol, .message = "no colon", .name = {}});
        return Envelope<Payload>{std::string(message.bytes().substr(0, colon)),
                                 std::string(message.bytes().substr(colon + 1))};
    }
    template <typename T>
    Result<Payload> encode(const T& value) const {
        return std::to_string(value.members);
    }
    template <typename T>
    Result<T> decode(const Payload& payload) const {
        return T{.members = std::stoi(payload)};
    }
};

static_assert(CodecFor<JsonCodec, Chat> && CodecFor<JsonCodec, Joined>);
static_assert(Codec<PlainCodec>);
static_assert(!Codec<int>);

std::string packed(const JsonCodec& codec, const Chat& chat) {
    const auto message = codec.encode(chat).and_then([&](const nlohmann::json& payload) {
        return codec.pack({.type = Chat::kMessageType, .payload = payload});
    });
    return message.value().text() ? *message.value().text() : std::string();
}

TEST(Codec, AValueIsATextWithItsTypeAndPayload) {
    EXPECT_EQ(nlohmann::json::parse(packed({}, {.from = "me", .text = "hello"})),
              nlohmann::json::parse(R"({"type": "chat", "payload": {"from": "me", "text": "hello"}})"));
}

TEST(Codec, AMessageIsTheValueThatItsTypeNames) {
    const auto chat =
        to_typed<Joined, Chat>(JsonCodec(), Message{packed({}, {.from = "me", .text = "hello"})});
    ASSERT_TRUE(std::holds_alternative<Chat>(chat));
    EXPECT_EQ(std::get<Chat>(chat).text, "hello");
    const std::string_view text = R"({"type": "joined", "payload": {"members": 3}})";
    const auto joined =
        to_typed<Joined, Chat>(JsonCodec(), Message{std::vector<std::uint8_t>(text.begin(), text.end())});
    ASSERT_TRUE(std::holds_alternative<Joined>(joined)) << "binary messages are as good";
    EXPECT_EQ(std::get<Joined>(joined).members, 3);
}

class CodecRefusal : public testing::TestWithParam<const char*> {};

TEST_P(CodecRefusal, IsAnEventWithTheMessageAndASentence) {
    const auto event = to_typed<Joined, Chat>(JsonCodec(), Message{std::string(GetParam())});
    ASSERT_TRUE(std::holds_alternative<Undecoded>(event));
    EXPECT_EQ(std::get<Undecoded>(event).message.bytes(), GetParam());
    EXPECT_NE(std::get<Undecoded>(event).error_text, "");
}

INSTANTIATE_TEST_SUITE_P(Codec, CodecRefusal,
                         testing::Values("", "hello", "[1]", "{}", R"({"type": 7})", R"({"type": "chat"})",
                                         R"({"type": "chat", "payload": {"from": "me"}})",
                                         R"({"type": "left", "payload": {}})"));

TEST(Codec, WhatIsNoMessageStaysWhatItIs) {
    const auto event = to_typed<Chat>(JsonCodec(), Opened{.url = "ws://a/", .subprotocol = "chat"});
    ASSERT_TRUE(std::holds_alternative<Opened>(event));
    EXPECT_EQ(std::get<Opened>(event).subprotocol, "chat");
}

TEST(Codec, AnotherCodecDoesAsWell) {
    const auto event = to_typed<Joined>(PlainCodec(), Message{std::string("joined:7")});
    ASSERT_TRUE(std::holds_alternative<Joined>(event));
    EXPECT_EQ(std::get<Joined>(event).members, 7);
}

TEST(Codec, TextThatIsNoUtf8IsAnError) {
    const auto packed = JsonCodec().pack({.type = "chat", .payload = "\xFF"});
    ASSERT_FALSE(packed);
    EXPECT_EQ(packed.error().code, ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace haul
