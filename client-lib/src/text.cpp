#include "text.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace haul::detail {

namespace {

/// Length of the sequence that this byte leads, 0 for a byte that leads none.
std::size_t sequence_length(std::uint8_t lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return 2;
    if (lead >= 0xE0 && lead < 0xF0) return 3;
    if (lead >= 0xF0 && lead < 0xF5) return 4;
    return 0;
}

/// The second byte's range excludes overlong forms, surrogates and what lies past U+10FFFF.
bool is_second_byte(std::uint8_t lead, std::uint8_t second) {
    const std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    return second >= low && second <= high;
}

}  // namespace

bool is_bus_text(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<std::uint8_t>(text[at]);
        const auto length = sequence_length(lead);
        if (lead == 0 || length == 0 || at + length > text.size()) return false;
        if (length > 1 && !is_second_byte(lead, static_cast<std::uint8_t>(text[at + 1]))) return false;
        for (std::size_t next = 2; next < length; ++next) {
            if ((static_cast<std::uint8_t>(text[at + next]) & 0xC0) != 0x80) return false;
        }
        at += length;
    }
    return true;
}

Result<void> check_text(std::string_view what, std::string_view text) {
    if (is_bus_text(text)) return {};
    return tl::unexpected(Error{.code = ErrorCode::InvalidArgument,
                                .message = "the " + std::string(what) + " is not valid UTF-8 text",
                                .name = {}});
}

}  // namespace haul::detail
