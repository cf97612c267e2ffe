#include "model/utf8.hpp"

namespace haul::model {
namespace {

/// Bytes of a character by the first of them; 0 where none starts with it.
std::size_t size_from(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return 2;
    if (first >= 0xe0 && first <= 0xef) return 3;
    if (first >= 0xf0 && first <= 0xf4) return 4;
    return 0;
}

bool is_canonical(char32_t code, std::size_t size) {
    if (size == 3) return code >= 0x800 && (code < 0xd800 || code > 0xdfff);
    if (size == 4) return code >= 0x10000 && code <= 0x10ffff;
    return true;
}

/// A noncharacter (Unicode, 23.7), which libsystemd lets into no string.
bool is_noncharacter(char32_t code) {
    return (code & 0xfffeU) == 0xfffeU || (code >= 0xfdd0 && code <= 0xfdef);
}

}  // namespace

std::optional<Character> first_character(std::string_view text) {
    if (text.empty()) return std::nullopt;
    auto first = static_cast<unsigned char>(text.front());
    auto size = size_from(first);
    if (size == 0 || size > text.size()) return std::nullopt;
    char32_t code = size == 1 ? first : first & (0xffU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xc0U) != 0x80U) return std::nullopt;
        code = (code << 6U) | (byte & 0x3fU);
    }
    if (!is_canonical(code, size)) return std::nullopt;
    return Character{code, size};
}

bool is_utf8(std::string_view text) {
    Utf8Reader reader;
    return reader.take(text) && reader.is_complete();
}

bool fits_bus_string(std::string_view text) {
    while (!text.empty()) {
        auto character = first_character(text);
        if (!character || character->code == 0 || is_noncharacter(character->code)) return false;
        text.remove_prefix(character->size);
    }
    return true;
}

std::string to_bus_string(std::string_view text) {
    constexpr std::string_view kReplacement = "\xef\xbf\xbd";
    std::string cleaned;
    while (!text.empty()) {
        auto character = first_character(text);
        auto size = character ? character->size : std::size_t{1};
        bool is_good = character && !is_noncharacter(character->code) && character->code >= 0x20 &&
                       (character->code < 0x7f || character->code > 0x9f);
        cleaned += is_good ? text.substr(0, size) : kReplacement;
        text.remove_prefix(size);
    }
    return cleaned;
}

bool Utf8Reader::take(std::string_view bytes) {
    for (auto c : bytes) {
        auto byte = static_cast<unsigned char>(c);
        if (missing_ > 0) {
            if (byte < lowest_ || byte > highest_) return false;
            lowest_ = 0x80;
            highest_ = 0xbf;
            --missing_;
        } else if (byte >= 0x80) {
            if (byte < 0xc2 || byte > 0xf4) return false;
            missing_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
            // No overlong forms, no surrogates, nothing behind U+10FFFF (RFC 3629, 4).
            if (byte == 0xe0) lowest_ = 0xa0;
            if (byte == 0xed) highest_ = 0x9f;
            if (byte == 0xf0) lowest_ = 0x90;
            if (byte == 0xf4) highest_ = 0x8f;
        }
    }
    return true;
}

std::string utf8_from_latin1(std::string_view text) {
    std::string utf8;
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            utf8 += c;
        } else {
            utf8 += static_cast<char>(0xc0U | (byte >> 6U));
            utf8 += static_cast<char>(0x80U | (byte & 0x3fU));
        }
    }
    return utf8;
}

std::string utf8_from_field(std::string_view text) {
    return is_utf8(text) ? std::string{text} : utf8_from_latin1(text);
}

}  // namespace haul::model
