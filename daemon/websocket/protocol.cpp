#include "websocket/protocol.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "base/digest.hpp"
#include "websocket/close_payload.hpp"

namespace haul::websocket {
namespace {

namespace close_code = model::close_code;

constexpr std::uint8_t kNoReserved = 0;
constexpr std::size_t kMasks = 4096;  // bytes of randomness that are fetched at once

bool is_control(std::uint8_t opcode) {
    return opcode >= WSLAY_CONNECTION_CLOSE;
}

bool is_known(std::uint8_t opcode) {
    return opcode <= WSLAY_BINARY_FRAME || (opcode >= WSLAY_CONNECTION_CLOSE && opcode <= WSLAY_PONG);
}

}  // namespace

Protocol::Protocol(Bytes max_message, const std::optional<DeflateTerms>& deflate, Listener& listener)
    : max_message_(max_message),
      deflate_(deflate ? std::optional<Deflate>{std::in_place, *deflate} : std::nullopt),
      listener_(listener),
      outgoing_(deflate_ ? &*deflate_ : nullptr) {
    wslay_frame_callbacks callbacks{&Protocol::on_send, &Protocol::on_recv, &Protocol::on_mask};
    wslay_frame_context* context = nullptr;
    if (wslay_frame_context_init(&context, &callbacks, this) != 0) throw std::bad_alloc{};
    frames_.reset(context);
}

ssize_t Protocol::on_send(const std::uint8_t* data, std::size_t size, int, void* self) {
    auto& protocol = *static_cast<Protocol*>(self);
    auto count = std::min(size, protocol.room_);
    if (count == 0) return -1;
    std::memcpy(protocol.output_, data, count);
    protocol.output_ += count;
    protocol.room_ -= count;
    return static_cast<ssize_t>(count);
}

ssize_t Protocol::on_recv(std::uint8_t* to, std::size_t size, int, void* self) {
    auto& input = static_cast<Protocol*>(self)->input_;
    auto count = std::min(size, input.size());
    if (count == 0) return -1;
    std::memcpy(to, input.data(), count);
    input.remove_prefix(count);
    return static_cast<ssize_t>(count);
}

/// A mask that nobody can foresee (RFC 6455, 10.3).
int Protocol::on_mask(std::uint8_t* to, std::size_t size, void*) {
    thread_local std::string masks;  // random bytes that are not used up
    if (masks.size() < size) masks = random_bytes(kMasks);
    std::memcpy(to, masks.data() + masks.size() - size, size);
    masks.resize(masks.size() - size);
    return 0;
}

void Protocol::read(std::string_view bytes) {
    input_ = bytes;
    while (!is_deaf()) {
        wslay_frame_iocb frame{};
        auto size = wslay_frame_recv(frames_.get(), &frame);
        if (size >= 0)
            take(frame);
        else if (size == WSLAY_ERR_WANT_READ)
            break;
        else
            fail(close_code::kProtocolError, "the server sent a frame with a length that is not allowed");
    }
    input_ = {};
}

std::size_t Protocol::write(char* to, std::size_t size) {
    output_ = to;
    room_ = size;
    while (auto* next = outgoing_.next()) {
        wslay_frame_iocb frame{};
        frame.fin = 1;
        frame.opcode = next->opcode;
        frame.rsv = next->is_compressed ? std::uint8_t{WSLAY_RSV1_BIT} : kNoReserved;
        frame.mask = 1;
        frame.payload_length = next->payload.size();
        frame.data = reinterpret_cast<const std::uint8_t*>(next->payload.data()) + next->done;
        frame.data_length = next->payload.size() - next->done;
        auto sent = wslay_frame_send(frames_.get(), &frame);
        if (sent >= 0) next->done += static_cast<std::size_t>(sent);
        if (sent < 0 || next->done < next->payload.size()) break;
        outgoing_.on_written(written_ + (size - room_));
    }
    written_ += size - room_;
    return size - room_;
}

void Protocol::fail(std::uint16_t code, std::string text) {
    fault_ = {code, std::move(text)};
    outgoing_.close_at_once({code, {}});
}

/// A piece of a frame; its first one may be empty, and its last one is where it ends.
void Protocol::take(const wslay_frame_iocb& frame) {
    if (!is_in_frame_) {
        if (!begin_frame(frame)) return;
        is_in_frame_ = true;
        frame_left_ = frame.payload_length;
    }
    std::string_view piece{reinterpret_cast<const char*>(frame.data), frame.data_length};
    frame_left_ -= piece.size();
    if (is_control(frame.opcode))
        control_ += piece;
    else
        take_data(piece);
    if (is_deaf() || frame_left_ > 0) return;
    is_in_frame_ = false;
    end_frame(frame);
}

bool Protocol::begin_frame(const wslay_frame_iocb& frame) {
    bool may_be_compressed =
        deflate_ && (frame.opcode == WSLAY_TEXT_FRAME || frame.opcode == WSLAY_BINARY_FRAME);
    auto allowed = may_be_compressed ? std::uint8_t{WSLAY_RSV1_BIT} : kNoReserved;
    if ((frame.rsv & ~allowed) != 0)
        fail(close_code::kProtocolError, "the server set a reserved bit that means nothing");
    else if (!is_known(frame.opcode))
        fail(close_code::kProtocolError, "the server sent a frame of a kind that does not exist");
    else if (frame.mask != 0)
        fail(close_code::kProtocolError, "the server masked a frame, which only clients do");
    else if (is_control(frame.opcode))
        control_.clear();
    else
        return begin_message(frame);
    return !fault_;
}

bool Protocol::begin_message(const wslay_frame_iocb& frame) {
    bool goes_on = frame.opcode == WSLAY_CONTINUATION_FRAME;
    if (goes_on != is_in_message_) {
        fail(close_code::kProtocolError, goes_on ? "the server went on with a message that had not begun"
                                                 : "the server began a message inside another one");
        return false;
    }
    if (!goes_on) {
        is_in_message_ = true;
        is_compressed_ = frame.rsv != 0;
        message_ = {.is_text = frame.opcode == WSLAY_TEXT_FRAME, .body = {}};
        text_ = {};
    }
    if (!is_compressed_ && frame.payload_length > max_message_ - message_.body.size()) {
        fail(close_code::kTooBig,
             "the server sent a message of more than " + std::to_string(max_message_) + " bytes");
        return false;
    }
    return true;
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

void Protocol::end_frame(const wslay_frame_iocb& frame) {
    switch (frame.opcode) {
        case WSLAY_PING:
            if (!outgoing_.is_close_sent()) outgoing_.pong(std::move(control_));
            return;
        case WSLAY_PONG:
            return listener_.on_pong(control_);
        case WSLAY_CONNECTION_CLOSE:
            return take_close();
        default:
            if (frame.fin != 0) end_message();
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
