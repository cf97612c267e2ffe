#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace haul::websocket {

/// What a frame is (RFC 6455, 11.8). A server may send what is none of these.
enum class Opcode : std::uint8_t { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

bool is_known(Opcode opcode);
bool is_control(Opcode opcode);

/// What stands before a frame's payload (RFC 6455, 5.2).
struct FrameHead {
    static constexpr std::uint8_t kCompressed = 4;  ///< RSV1 (RFC 7692, 6)
    static constexpr std::uint64_t kMostOfControl = 125;

    bool is_last = true;        ///< of its message
    std::uint8_t reserved = 0;  ///< RSV1 to RSV3, the first being the highest of three bits
    Opcode opcode = Opcode::Text;
    bool is_masked = false;
    std::uint64_t size = 0;        ///< bytes of the payload
    bool is_size_as_short = true;  ///< whether the size is in the shortest form that it has, and below 2^63
};

/// Makes heads of bytes. Where a frame is masked, the key is left to be read.
class HeadReader {
public:
    /// Takes what belongs to the head from the front of `bytes`; no value where more of it is to come. After
    /// a head the next one is read.
    std::optional<FrameHead> take(std::string_view& bytes);

private:
    std::size_t missing() const;

    static constexpr std::size_t kLongest = 10;
    std::array<std::uint8_t, kLongest> bytes_{};
    std::size_t count_ = 0;
};

}  // namespace haul::websocket
