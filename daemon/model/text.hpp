#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"

namespace haul::model {

/// At most `max` bytes of UTF-8 text, cut between characters, with an ellipsis where something was cut.
inline std::string shorten(std::string_view text, std::size_t max) {
    if (text.size() <= max) return std::string{text};
    while (max > 0 && (static_cast<unsigned char>(text[max]) & 0xC0U) == 0x80U) --max;
    return std::string{text.substr(0, max)} + "…";
}

/// Text that a server sent, made fit for logs and D-Bus: printable ASCII, at most `max` bytes of it.
inline std::string printable(std::string_view text, std::size_t max) {
    std::string safe{text.substr(0, max)};
    for (char& c : safe)
        if (c < 0x20 || c > 0x7e) c = '?';
    return safe;
}

inline bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// The parts of a text between separators, without the empty ones.
inline std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        auto end = std::min(text.find(separator), text.size());
        if (end > 0) parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

/// Without the blanks and tabs around it.
inline std::string_view trim(std::string_view text) {
    auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// A number of bytes in decimal digits alone; no value where it is anything else, or beyond 2^63 - 1.
inline std::optional<Bytes> parse_number(std::string_view text) {
    Bytes number = 0;
    const char* end = text.data() + text.size();
    auto [stop, error] = std::from_chars(text.data(), end, number);
    return !text.empty() && error == std::errc{} && stop == end && number <= INT64_MAX ? std::optional{number}
                                                                                       : std::nullopt;
}

/// A duration for people: "60 s", or "0.25 s" where it is no whole number of them.
inline std::string to_seconds(Duration duration) {
    constexpr std::int64_t kSecond = 1'000'000;
    auto text = std::to_string(duration.count() / kSecond);
    auto rest = duration.count() % kSecond;
    if (rest == 0) return text + " s";
    auto digits = std::to_string(kSecond + rest).substr(1);
    return text + "." + digits.substr(0, digits.find_last_not_of('0') + 1) + " s";
}

/// Whether UTF-8 text has a control character: U+0000 to U+001F, or U+007F to U+009F.
inline bool has_control_character(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto byte = static_cast<unsigned char>(text[i]);
        auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0xffU;
        if (byte < 0x20 || byte == 0x7f || (byte == 0xc2 && next >= 0x80 && next <= 0x9f)) return true;
    }
    return false;
}

}  // namespace haul::model
