#include "websocket/handshake.hpp"

#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "model/base64.hpp"

namespace haul::websocket {
namespace {

std::string field_of(const Handshake& handshake, std::string_view name) {
    for (const auto& field : handshake.fields())
        if (field.name == name) return field.value;
    return {};
}

std::string right_accept(const Handshake& handshake) {
    Hasher hasher{DigestAlgorithm::Sha1};
    hasher.update(field_of(handshake, "Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    return model::encode_base64(hasher.finish().bytes);
}

/// A server's answer with these lines beside those that are always right.
model::ResponseHead answer(const Handshake& handshake, const std::vector<std::string>& lines) {
    model::ResponseHead head{model::ResponseHead::Keep::All, model::ResponseHead::Upgrade::Wanted};
    head.take("HTTP/1.1 101 Switching Protocols");
    head.take("Connection: keep-alive, UPGRADE");
    head.take("Upgrade: WebSocket");
    head.take("Sec-WebSocket-Accept: " + right_accept(handshake));
    for (const auto& line : lines) head.take(line);
    head.take("");
    return head;
}

std::optional<Agreement> agree(const model::SocketTerms& terms, const std::vector<std::string>& lines) {
    Handshake handshake{terms};
    auto verdict = handshake.judge(answer(handshake, lines));
    auto* agreement = std::get_if<Agreement>(&verdict);
    return agreement ? std::optional{*agreement} : std::nullopt;
}

const model::SocketTerms kOffer{.subprotocols = {"chat", "v2"}, .offers_deflate = true};
const model::SocketTerms kPlain{};

TEST(Handshake, KeysAreNonces) {
    EXPECT_NE(field_of(Handshake{kPlain}, "Sec-WebSocket-Key"),
              field_of(Handshake{kPlain}, "Sec-WebSocket-Key"));
    EXPECT_EQ(field_of(Handshake{kPlain}, "Sec-WebSocket-Version"), "13");
    EXPECT_EQ(field_of(Handshake{kOffer}, "Sec-WebSocket-Protocol"), "chat, v2");
    EXPECT_EQ(field_of(Handshake{kPlain}, "Sec-WebSocket-Protocol"), "");
    EXPECT_EQ(field_of(Handshake{kPlain}, "Sec-WebSocket-Extensions"), "");
}

TEST(Handshake, ServerChoosesOfWhatWasOfferedOrNothing) {
    EXPECT_EQ(agree(kOffer, {})->subprotocol, "");
    EXPECT_EQ(agree(kOffer, {"Sec-WebSocket-Protocol: v2"})->subprotocol, "v2");
    EXPECT_FALSE(agree(kOffer, {"Sec-WebSocket-Protocol: v3"}));
    EXPECT_FALSE(agree(kOffer, {"Sec-WebSocket-Protocol: V2"}));
    EXPECT_FALSE(agree(kOffer, {"Sec-WebSocket-Protocol: v2", "Sec-WebSocket-Protocol: chat"}));
    EXPECT_FALSE(agree(kOffer, {"Sec-WebSocket-Protocol: "}));
    EXPECT_FALSE(agree(kPlain, {"Sec-WebSocket-Protocol: chat"}));
}

TEST(Handshake, ExtensionHasTheParametersOfItsStandard) {
    const std::string name = "Sec-WebSocket-Extensions: ";
    EXPECT_FALSE(agree(kOffer, {})->deflate);
    EXPECT_TRUE(agree(kOffer, {name + "permessage-deflate"})->deflate);
    auto terms =
        agree(kOffer,
              {name + "permessage-deflate; server_no_context_takeover; client_max_window_bits=\"10\""})
            ->deflate;
    ASSERT_TRUE(terms);
    EXPECT_TRUE(terms->peer_forgets);
    EXPECT_FALSE(terms->we_forget);
    EXPECT_EQ(terms->our_bits, 10);
    EXPECT_EQ(terms->peer_bits, 15);
    for (const char* wrong :
         {"permessage-bzip2", "permessage-deflate; client_max_window_bits",
          "permessage-deflate; server_max_window_bits=16", "permessage-deflate; server_max_window_bits=7",
          "permessage-deflate; unknown", "permessage-deflate; server_no_context_takeover=1",
          "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
          "permessage-deflate, permessage-deflate"})
        EXPECT_FALSE(agree(kOffer, {name + wrong})) << wrong;
    EXPECT_FALSE(agree(kPlain, {name + "permessage-deflate"}));
}

TEST(Handshake, WhatDoesNotUpgradeIsRefused) {
    Handshake handshake{kPlain};
    for (const char* line : {"Connection", "Upgrade", "Sec-WebSocket-Accept"}) {
        model::ResponseHead head{model::ResponseHead::Keep::All, model::ResponseHead::Upgrade::Wanted};
        head.take("HTTP/1.1 101 Switching Protocols");
        for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
                 {"Connection", "Upgrade"},
                 {"Upgrade", "websocket"},
                 {"Sec-WebSocket-Accept", right_accept(handshake)}})
            if (name != line) head.take(name + ": " + value);
        head.take("");
        EXPECT_TRUE(std::holds_alternative<std::string>(handshake.judge(head))) << "without " << line;
    }
    auto foreign = handshake.judge(answer(Handshake{kPlain}, {}));
    EXPECT_TRUE(std::holds_alternative<std::string>(foreign)) << "with another key's answer";
}

}  // namespace
}  // namespace haul::websocket
