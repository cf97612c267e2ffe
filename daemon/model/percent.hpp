#pragma once

#include <string>
#include <string_view>

#include "base/hex.hpp"

namespace haul::model {

/// Whether a text has a percent-encoded byte at this place (RFC 3986, 2.1).
inline bool is_percent_encoded(std::string_view text, std::size_t at) {
    return at + 2 < text.size() && text[at] == '%' && hex_digit(text[at + 1]) >= 0 &&
           hex_digit(text[at + 2]) >= 0;
}

/// The bytes of percent-encoded text; a percent sign that encodes nothing stands for itself.
inline std::string percent_decode(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_percent_encoded(text, i)) {
            bytes += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            bytes += text[i];
        }
    }
    return bytes;
}

}  // namespace haul::model
