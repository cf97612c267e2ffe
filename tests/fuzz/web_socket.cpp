// What a WebSocket server sends once it is connected, and how it answers the handshake.

#include "fuzz/target.hpp"
#include "model/utf8.hpp"
#include "websocket/handshake.hpp"
#include "websocket/protocol.hpp"

namespace haul::fuzz {
namespace {

constexpr Bytes kLongest = 4096;

/// Everything that a server says, as it is understood.
struct Hearer final : websocket::Listener {
    std::vector<model::Message> messages;
    void on_message(model::Message message) override {
        require(message.body.size() <= kLongest, "messages have their bound");
        require(!message.is_text || model::is_utf8(message.body), "a text is UTF-8");
        messages.push_back(std::move(message));
    }
    void on_pong(std::string_view payload) override {
        require(payload.size() <= 125, "control frames have their bound");
    }
};

/// The same bytes, cut differently, mean the same.
void try_frames(std::string_view bytes, std::size_t piece, bool is_compressed) {
    auto terms = is_compressed ? std::optional{websocket::DeflateTerms{}} : std::nullopt;
    Hearer at_once, in_pieces;
    websocket::Protocol one{kLongest, terms, at_once};
    websocket::Protocol other{kLongest, terms, in_pieces};
    one.read(bytes);
    for (std::size_t at = 0; at < bytes.size(); at += piece) other.read(bytes.substr(at, piece));
    require(at_once.messages.size() == in_pieces.messages.size(), "messages are those of the bytes");
    for (std::size_t i = 0; i < at_once.messages.size(); ++i)
        require(at_once.messages[i].body == in_pieces.messages[i].body, "and so is each of them");
    require(one.fault().has_value() == other.fault().has_value(), "faults are those of the bytes");
    if (one.fault()) require(model::may_be_sent(one.fault()->code), "a fault is answered with its code");
    require(!one.goodbye() || !one.fault(), "what ends well has no fault");
    std::array<char, 64> room{};
    if (one.goodbye()) one.answer_goodbye();
    while (one.outgoing().write(room.data(), room.size()) > 0) continue;
    require(one.outgoing().is_close_sent() == (one.goodbye() || one.fault()), "an end is answered");
}

void try_handshake(std::string_view text) {
    websocket::Handshake handshake{{.subprotocols = {"chat"}, .offers_deflate = true}};
    model::ResponseHead head{model::ResponseHead::Keep::All, model::ResponseHead::Upgrade::Wanted};
    head.take("HTTP/1.1 101 Switching Protocols");
    head.take("Sec-WebSocket-Extensions: " + std::string{text});
    head.take("");
    require(std::holds_alternative<std::string>(handshake.judge(head)), "nobody can guess the accept key");
}

}  // namespace

void try_input(std::string_view input) {
    Choices choices{input};
    auto piece = std::size_t{choices.byte()} % 16 + 1;
    bool is_compressed = choices.byte() % 2 == 1;
    auto bytes = choices.rest();
    try_frames(bytes, piece, is_compressed);
    try_handshake(bytes);
}

}  // namespace haul::fuzz
