#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/close_codes.hpp"
#include "model/socket.hpp"

namespace haul::websocket {

/// The payload of a close frame (RFC 6455, 5.5.1), which channels have too: a code in network byte order and
/// a reason, or nothing at all for kNone.
inline std::string to_payload(const model::CloseWord& word) {
    if (word.code == 0 || word.code == model::close_code::kNone) return {};
    return std::string{static_cast<char>(word.code >> 8U), static_cast<char>(word.code & 0xffU)} +
           word.reason;
}

/// What such a payload says; code 0 where it has but half of one.
inline model::CloseWord to_close_word(std::string_view payload) {
    if (payload.size() < 2) return {payload.empty() ? model::close_code::kNone : std::uint16_t{0}, {}};
    auto code = (static_cast<unsigned char>(payload[0]) << 8U) | static_cast<unsigned char>(payload[1]);
    return {static_cast<std::uint16_t>(code), std::string{payload.substr(2)}};
}

}  // namespace haul::websocket
