#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/socket.hpp"
#include "model/utf8.hpp"
#include "websocket/deflate.hpp"
#include "websocket/frame_head.hpp"
#include "websocket/outgoing.hpp"

namespace haul::websocket {

/// Who hears what a peer sends.
class Listener {
public:
    virtual ~Listener() = default;
    virtual void on_message(model::Message message) = 0;
    virtual void on_pong(std::string_view payload) = 0;
};

/// The client's end of an open WebSocket (RFC 6455, 5 to 7): bytes from the line become messages, and
/// messages bytes for the line. Each ping is answered with its own pong. Whatever the peer does wrong is
/// answered with the code for it, and nothing more is read.
class Protocol {
public:
    /// `listener` outlives it.
    Protocol(Bytes max_message, const std::optional<DeflateTerms>& deflate, Listener& listener);
    Protocol(const Protocol&) = delete;
    Protocol& operator=(const Protocol&) = delete;

    /// Bytes from the line.
    void read(std::string_view bytes);
    /// What is to be sent, and the bytes for the line.
    Outgoing& outgoing() { return outgoing_; }
    const Outgoing& outgoing() const { return outgoing_; }

    /// How the peer said goodbye; it is not answered before `answer_goodbye`. The code may be kNone.
    const std::optional<model::CloseWord>& goodbye() const { return goodbye_; }
    void answer_goodbye();
    /// What the peer did wrong: the code that it was told, and a sentence for people.
    const std::optional<model::CloseWord>& fault() const { return fault_; }

private:
    bool is_deaf() const { return goodbye_ || fault_; }
    void fail(std::uint16_t code, std::string text);
    void begin_frame();
    void begin_message();
    void take(std::string_view piece);
    void take_data(std::string_view piece);
    void on_inflated(Deflate::Outcome outcome);
    void end_frame();
    void end_message();
    void take_close();

    Bytes max_message_;
    std::optional<Deflate> deflate_;
    Listener& listener_;
    Outgoing outgoing_;
    HeadReader heads_;
    std::optional<FrameHead> frame_;  ///< that is coming in
    std::uint64_t frame_left_ = 0;    ///< bytes of its payload that are still to come
    bool is_in_message_ = false;
    bool is_compressed_ = false;
    model::Message message_;  ///< that is coming in
    model::Utf8Reader text_;
    std::string control_;  ///< payload of the control frame that is coming in
    std::optional<model::CloseWord> goodbye_;
    std::optional<model::CloseWord> fault_;
};

}  // namespace haul::websocket
