#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "websocket/frame_head.hpp"

namespace haul::websocket {

/// A frame on its way to a server: masked with a key that nobody can foresee (RFC 6455, 5.3), and whole, the
/// last of its message.
class MaskedFrame {
public:
    enum class Form : std::uint8_t { Plain, Compressed };

    MaskedFrame(Opcode opcode, std::string payload, Form form = Form::Plain);

    Opcode opcode() const { return opcode_; }
    /// Puts the next bytes of it there, at most `size`; how many.
    std::size_t write(char* to, std::size_t size);
    bool is_written() const { return done_ == payload_.size() && head_.empty(); }

private:
    Opcode opcode_;
    std::array<char, 4> key_;
    std::string head_;  ///< what is left of it
    std::string payload_;
    std::size_t done_ = 0;  ///< bytes of the payload that are written
};

}  // namespace haul::websocket
