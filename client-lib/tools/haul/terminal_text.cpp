#include "terminal_text.hpp"

#include <array>
#include <cwchar>

namespace haul::cli {

namespace {

constexpr char32_t kStray = U'\uFFFD';

struct Glyph {
    std::string_view bytes;
    char32_t code;
};

/// RFC 3629: no overlong form, no surrogate, nothing past U+10FFFF.
bool is_well_formed(char32_t code, std::size_t length) {
    constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
    return code >= kSmallest.at(length) && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
}

/// The first code point of text that is not empty; kStray for a byte that belongs to none.
Glyph first_glyph(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) return {text.substr(0, 1), lead};
    const Glyph stray{text.substr(0, 1), kStray};
    const std::size_t length = lead >= 0xF8 ? 0 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
    if (length == 0 || length > text.size()) return stray;
    char32_t code = lead & (0xFFU >> (length + 1));
    for (std::size_t at = 1; at < length; ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if ((byte & 0xC0) != 0x80) return stray;
        code = (code << 6) | (byte & 0x3FU);
    }
    return is_well_formed(code, length) ? Glyph{text.substr(0, length), code} : stray;
}

std::size_t width_of(char32_t code) {
    const int width = wcwidth(static_cast<wchar_t>(code));
    return width < 0 ? 1 : static_cast<std::size_t>(width);
}

bool is_control(char32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

}  // namespace

std::string printable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const auto glyph = first_glyph(text);
        if (is_control(glyph.code) || glyph.code == kStray) {
            clean += '?';
        } else {
            clean += glyph.bytes;
        }
        text.remove_prefix(glyph.bytes.size());
    }
    return clean;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto glyph = first_glyph(text);
        // The sign itself has three bytes, and a byte that belongs to nothing is alone.
        if (glyph.code == kStray && glyph.bytes.size() == 1) return false;
        text.remove_prefix(glyph.bytes.size());
    }
    return true;
}

std::size_t columns(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const auto glyph = first_glyph(text);
        width += width_of(glyph.code);
        text.remove_prefix(glyph.bytes.size());
    }
    return width;
}

std::string cut(std::string_view text, std::size_t width) {
    if (columns(text) <= width) return std::string(text);
    if (width == 0) return {};
    std::string kept;
    for (std::size_t used = 0; !text.empty();) {
        const auto glyph = first_glyph(text);
        used += width_of(glyph.code);
        if (used > width - 1) break;
        kept += glyph.bytes;
        text.remove_prefix(glyph.bytes.size());
    }
    return kept + "…";
}

}  // namespace haul::cli
