#include "websocket/protocol.hpp"

#include <algorithm>

#include "websocket/close_payload.hpp"

namespace haul::websocket {
namespace {

namespace close_code = model::close_code;

}  // namespace

Protocol::Protocol(Bytes max_message, const std::optional<DeflateTerms>& deflate, Listener& listener)
    : max_message_(max_message),
      deflate_(deflate ? std::optional<Deflate>{std::in_place, *deflate} : std::nullopt),
      listener_(listener),
      outgoing_(deflate_ ? &*deflate_ : nullptr) {}

void Protocol::read(std::string_view bytes) {
    while (!is_deaf()) {
        if (!frame_) {
            frame_ = heads_.take(bytes);
            if (!frame_) return;
            begin_frame();
        }
        if (is_deaf() || (frame_left_ > 0 && bytes.empty())) return;
        auto piece = bytes.substr(0, frame_left_);
        bytes.remove_prefix(piece.size());
        take(piece);
    }
}

void Protocol::fail(std::uint16_t code, std::string text) {
    fault_ = {code, std::move(text)};
    outgoing_.close_at_once({code, {}});
}

/// All that is wrong with a frame shows in its head; it is answered before the payload is there.
void Protocol::begin_frame() {
    frame_left_ = frame_->size;
    bool may_be_compressed = deflate_ && (frame_->opcode == Opcode::Text || frame_->opcode == Opcode::Binary);
    auto allowed = may_be_compressed ? FrameHead::kCompressed : std::uint8_t{0};
    if ((frame_->reserved & ~allowed) != 0)
        fail(close_code::kProtocolError, "the server set a reserved bit that means nothing");
    else if (!is_known(frame_->opcode))
        fail(close_code::kProtocolError, "the server sent a frame of a kind that does not exist");
    else if (frame_->is_masked)
        fail(close_code::kProtocolError, "the server masked a frame, which only clients do");
    else if (!frame_->is_size_as_short)
        fail(close_code::kProtocolError, "the server sent a frame with a length that is not allowed");
    else if (!is_control(frame_->opcode))
        begin_message();
    else if (!frame_->is_last || frame_->size > FrameHead::kMostOfControl)
        fail(close_code::kProtocolError, "the server sent a control frame that is long, or in pieces");
    else
        control_.clear();
}

void Protocol::begin_message() {
    bool goes_on = frame_->opcode == Opcode::Continuation;
    if (goes_on != is_in_message_)
        return fail(close_code::kProtocolError, goes_on
                                                    ? "the server went on with a message that had not begun"
                                                    : "the server began a message inside another one");
    if (!goes_on) {
        is_in_message_ = true;
        is_compressed_ = frame_->reserved != 0;
        message_ = {.is_text = frame_->opcode == Opcode::Text, .body = {}};
        text_ = {};
    }
    if (!is_compressed_ && frame_->size > max_message_ - message_.body.size())
        fail(close_code::kTooBig,
             "the server sent a message of more than " + std::to_string(max_message_) + " bytes");
}

/// A piece of a frame's payload, which is empty where that is.
void Protocol::take(std::string_view piece) {
    frame_left_ -= piece.size();
    if (is_control(frame_->opcode))
        control_ += piece;
    else
        take_data(piece);
    if (is_deaf() || frame_left_ > 0) return;
    end_frame();
    frame_.reset();
}

void Protocol::take_data(std::string_view piece) {
    if (!is_compressed_) {
        if (message_.is_text && !text_.take(piece))
            return fail(close_code::kBadText, "the server sent a text that is no UTF-8");
        message_.body += piece;
        return;
    }
    on_inflated(deflate_->inflate(piece, message_.body, max_message_));
}

void Protocol::on_inflated(Deflate::Outcome outcome) {
    if (outcome == Deflate::Outcome::TooLong)
        fail(close_code::kTooBig,
             "the server sent a message of more than " + std::to_string(max_message_) + " bytes");
    if (outcome == Deflate::Outcome::Broken)
        fail(close_code::kBadText, "the server sent a message whose compression is broken");
}

void Protocol::end_frame() {
    switch (frame_->opcode) {
        case Opcode::Ping:
            if (!outgoing_.is_close_sent()) outgoing_.pong(std::move(control_));
            return;
        case Opcode::Pong:
            return listener_.on_pong(control_);
        case Opcode::Close:
            return take_close();
        case Opcode::Continuation:
        case Opcode::Text:
        case Opcode::Binary:
            if (frame_->is_last) end_message();
    }
}

void Protocol::end_message() {
    is_in_message_ = false;
    if (is_compressed_) {
        on_inflated(deflate_->finish(message_.body, max_message_));
        bool is_bad = message_.is_text && !fault_ && !model::is_utf8(message_.body);
        if (is_bad) fail(close_code::kBadText, "the server sent a text that is no UTF-8");
    } else if (message_.is_text && !text_.is_complete()) {
        fail(close_code::kBadText, "the server sent a text that ends inside a character");
    }
    if (!fault_) listener_.on_message(std::move(message_));
}

/// RFC 6455, 5.5.1 and 7.4.
void Protocol::take_close() {
    auto word = to_close_word(control_);
    if (control_.empty()) {
        goodbye_ = word;
        return;
    }
    if (control_.size() == 1) return fail(close_code::kProtocolError, "the server closed with half a code");
    if (!model::may_be_sent(word.code))
        return fail(close_code::kProtocolError, "the server closed with the code " +
                                                    std::to_string(word.code) + ", which may not be sent");
    if (!model::is_utf8(word.reason))
        return fail(close_code::kBadText, "the server closed with a reason that is no UTF-8");
    goodbye_ = std::move(word);
}

/// With the peer's own code (RFC 6455, 5.5.1).
void Protocol::answer_goodbye() {
    outgoing_.close_at_once({goodbye_->code, {}});
}

}  // namespace haul::websocket
