#include "websocket/outgoing.hpp"

#include <utility>

#include "websocket/close_payload.hpp"

namespace haul::websocket {

void Outgoing::send(model::OutgoingMessage message) {
    if (is_closed_at_once_) return;
    bytes_ += message.message.body.size();
    messages_.push_back(std::move(message));
}

void Outgoing::close(const model::CloseWord& word) {
    if (!goodbye_) goodbye_ = {WSLAY_CONNECTION_CLOSE, to_payload(word)};
}

void Outgoing::close_at_once(const model::CloseWord& word) {
    is_closed_at_once_ = true;
    messages_.clear();
    controls_.clear();
    bytes_ = 0;
    if (!is_close_sent_) goodbye_ = {WSLAY_CONNECTION_CLOSE, to_payload(word)};
}

Outgoing::Frame* Outgoing::next() {
    if (frame_) return &*frame_;
    if (is_close_sent_) return nullptr;
    if (!controls_.empty()) {
        frame_ = Frame{.opcode = controls_.front().opcode, .payload = std::move(controls_.front().payload)};
        controls_.pop_front();
    } else if (!messages_.empty()) {
        auto& message = messages_.front();
        frame_ = Frame{.opcode = static_cast<std::uint8_t>(message.message.is_text ? WSLAY_TEXT_FRAME
                                                                                   : WSLAY_BINARY_FRAME),
                       .payload = std::move(message.message.body),
                       .number = message.number};
        bytes_ -= frame_->payload.size();
        messages_.pop_front();
        frame_->is_compressed = deflate_ && deflate_->can_compress();
        if (frame_->is_compressed) frame_->payload = deflate_->compress(frame_->payload);
    } else if (goodbye_) {
        frame_ = Frame{.opcode = goodbye_->opcode, .payload = std::move(goodbye_->payload)};
    }
    return frame_ ? &*frame_ : nullptr;
}

void Outgoing::on_written(std::uint64_t bytes) {
    if (frame_->number != 0) marks_.push_back({bytes, frame_->number});
    is_close_sent_ = frame_->opcode == WSLAY_CONNECTION_CLOSE;
    frame_.reset();
}

std::uint64_t Outgoing::take_sent(std::uint64_t bytes) {
    std::uint64_t number = 0;
    while (!marks_.empty() && marks_.front().end <= bytes) {
        number = marks_.front().number;
        marks_.pop_front();
    }
    return number;
}

}  // namespace haul::websocket
