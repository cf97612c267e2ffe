#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "model/close_codes.hpp"
#include "model/socket.hpp"
#include "websocket/deflate.hpp"
#include "websocket/masked_frame.hpp"

namespace haul::websocket {

/// What an endpoint of ours sends: messages in order, control frames before the next of them, and the close
/// frame behind all. Frames are made as the line asks for bytes.
class Outgoing {
public:
    /// `deflate` outlives it; nullptr where nothing is compressed.
    explicit Outgoing(Deflate* deflate) : deflate_(deflate) {}

    /// After close_at_once() it takes none: one that went would pass those that were dropped, and its mark
    /// would say that they are sent.
    void send(model::OutgoingMessage message);
    void ping(std::string payload) { controls_.push_back({Opcode::Ping, std::move(payload)}); }
    void pong(std::string payload) { controls_.push_back({Opcode::Pong, std::move(payload)}); }
    /// The last word, behind everything that was to be sent.
    void close(const model::CloseWord& word);
    /// The last word, in place of everything that has not begun.
    void close_at_once(const model::CloseWord& word);

    /// Puts bytes for the line there; how many. 0 where there are none now.
    std::size_t write(char* to, std::size_t size);
    /// In all.
    std::uint64_t written() const { return written_; }

    bool is_empty() const {
        return !frame_ && controls_.empty() && messages_.empty() && (!goodbye_ || is_close_sent_);
    }
    bool is_close_sent() const { return is_close_sent_; }
    bool has_goodbye() const { return goodbye_.has_value(); }
    std::size_t controls() const { return controls_.size(); }
    /// Of messages that are not handed out.
    std::size_t bytes() const { return bytes_; }
    /// The number of the last message that ends within the first so many bytes; 0 where no other does since
    /// the last call.
    std::uint64_t take_sent(std::uint64_t bytes);

private:
    struct Control {
        Opcode opcode;
        std::string payload;
    };
    struct Frame {
        MaskedFrame bytes;
        std::uint64_t number = 0;  ///< of the message
    };
    struct Mark {
        std::uint64_t end;
        std::uint64_t number;
    };

    std::optional<Frame> next();
    Frame to_frame(model::OutgoingMessage message);

    Deflate* deflate_;
    std::list<Control> controls_;
    std::list<model::OutgoingMessage> messages_;
    std::optional<Control> goodbye_;
    std::optional<Frame> frame_;  ///< that is being written
    std::list<Mark> marks_;
    std::uint64_t written_ = 0;
    std::size_t bytes_ = 0;
    bool is_closed_at_once_ = false;
    bool is_close_sent_ = false;
};

}  // namespace haul::websocket
