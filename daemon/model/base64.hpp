#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace haul::model {

/// Bytes as base64 text with padding (RFC 4648, 4).
inline std::string encode_base64(std::string_view bytes) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        auto taken = bytes.substr(i, 3);
        std::uint32_t bits = 0;
        for (std::size_t n = 0; n < 3; ++n)
            bits = (bits << 8U) | (n < taken.size() ? static_cast<unsigned char>(taken[n]) : 0U);
        for (std::size_t n = 0; n < 4; ++n)
            text += n <= taken.size() ? kDigits[(bits >> (18 - 6 * n)) & 0x3fU] : '=';
    }
    return text;
}

}  // namespace haul::model
