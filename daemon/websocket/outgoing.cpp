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
    if (!goodbye_) goodbye_ = {Opcode::Close, to_payload(word)};
}

void Outgoing::close_at_once(const model::CloseWord& word) {
    is_closed_at_once_ = true;
    messages_.clear();
    controls_.clear();
    bytes_ = 0;
    if (!is_close_sent_) goodbye_ = {Opcode::Close, to_payload(word)};
}

std::size_t Outgoing::write(char* to, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
        if (!frame_) frame_ = next();
        if (!frame_) break;
        done += frame_->bytes.write(to + done, size - done);
        if (!frame_->bytes.is_written()) break;
        if (frame_->number != 0) marks_.push_back({written_ + done, frame_->number});
        is_close_sent_ = frame_->bytes.opcode() == Opcode::Close;
        frame_.reset();
    }
    written_ += done;
    return done;
}

std::optional<Outgoing::Frame> Outgoing::next() {
    if (is_close_sent_) return std::nullopt;
    if (!controls_.empty()) {
        auto control = std::move(controls_.front());
        controls_.pop_front();
        return Frame{{control.opcode, std::move(control.payload)}};
    }
    if (!messages_.empty()) {
        auto message = std::move(messages_.front());
        messages_.pop_front();
        bytes_ -= message.message.body.size();
        return to_frame(std::move(message));
    }
    if (goodbye_) return Frame{{goodbye_->opcode, std::move(goodbye_->payload)}};
    return std::nullopt;
}

Outgoing::Frame Outgoing::to_frame(model::OutgoingMessage message) {
    auto opcode = message.message.is_text ? Opcode::Text : Opcode::Binary;
    auto body = std::move(message.message.body);
    bool is_compressed = deflate_ && deflate_->can_compress();
    if (!is_compressed) return {{opcode, std::move(body)}, message.number};
    return {{opcode, deflate_->compress(body), MaskedFrame::Form::Compressed}, message.number};
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
