#include "websocket/frame_head.hpp"

#include <algorithm>
#include <cstring>

namespace haul::websocket {
namespace {

constexpr std::size_t kShortest = 2;
constexpr std::uint8_t kTwoBytes = 126;  // instead of a size: that is in the next two bytes
constexpr std::uint8_t kEightBytes = 127;

/// Bytes of a size that does not fit into its seven bits.
std::size_t longer_size(std::uint8_t second) {
    auto bits = second & 0x7fU;
    return bits == kEightBytes ? 8 : bits == kTwoBytes ? 2 : 0;
}

}  // namespace

bool is_known(Opcode opcode) {
    switch (opcode) {
        case Opcode::Continuation:
        case Opcode::Text:
        case Opcode::Binary:
        case Opcode::Close:
        case Opcode::Ping:
        case Opcode::Pong:
            return true;
    }
    return false;
}

bool is_control(Opcode opcode) {
    return opcode >= Opcode::Close;
}

std::size_t HeadReader::missing() const {
    auto size = count_ < kShortest ? kShortest : kShortest + longer_size(bytes_[1]);
    return size - count_;
}

std::optional<FrameHead> HeadReader::take(std::string_view& bytes) {
    while (missing() > 0) {
        if (bytes.empty()) return std::nullopt;
        auto count = std::min(missing(), bytes.size());
        std::memcpy(bytes_.data() + count_, bytes.data(), count);
        bytes.remove_prefix(count);
        count_ += count;
    }
    FrameHead head{.is_last = (bytes_[0] & 0x80U) != 0,
                   .reserved = static_cast<std::uint8_t>((bytes_[0] >> 4U) & 7U),
                   .opcode = static_cast<Opcode>(bytes_[0] & 0x0fU),
                   .is_masked = (bytes_[1] & 0x80U) != 0,
                   .size = bytes_[1] & 0x7fU};
    if (count_ > kShortest) {
        head.size = 0;
        for (auto i = kShortest; i < count_; ++i) head.size = head.size << 8U | bytes_[i];
        head.is_size_as_short =
            count_ > kShortest + 2 ? head.size > 0xffff && head.size >> 63U == 0 : head.size >= kTwoBytes;
    }
    count_ = 0;
    return head;
}

}  // namespace haul::websocket
