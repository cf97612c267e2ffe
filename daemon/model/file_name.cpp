#include "model/file_name.hpp"

#include <algorithm>

#include "model/percent.hpp"
#include "model/utf8.hpp"

namespace haul::model {
namespace {

constexpr std::size_t kMaxExtension = 32;  // bytes; what is longer is a part of the name

/// C0, DEL and C1; marks without width and of direction; line and paragraph separators; a byte order mark.
bool is_unseen(char32_t code) {
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x61c ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x2069) || code == 0xfeff;
}

/// Only what can be seen, in well-formed UTF-8.
std::string visible(std::string_view text) {
    std::string kept;
    while (!text.empty()) {
        auto character = first_character(text);
        if (!character)
            kept += '_';
        else if (!is_unseen(character->code))
            kept += text.substr(0, character->size);
        text.remove_prefix(character ? character->size : 1);
    }
    return kept;
}

std::string_view trim_end(std::string_view name) {
    auto last = name.find_last_not_of(" .");
    return name.substr(0, last == name.npos ? 0 : last + 1);
}

std::string_view trim_name(std::string_view name) {
    name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
    return trim_end(name);
}

/// The first bytes of UTF-8 text, at most `max`, cut between characters.
std::string_view cut(std::string_view text, std::size_t max) {
    if (text.size() <= max) return text;
    while (max > 0 && (static_cast<unsigned char>(text[max]) & 0xc0U) == 0x80U) --max;
    return text.substr(0, max);
}

std::string shorten_name(std::string_view name) {
    if (name.size() <= kMaxFileName) return std::string{name};
    auto dot = name.rfind('.');
    auto extension =
        dot == name.npos || name.size() - dot > kMaxExtension ? std::string_view{} : name.substr(dot);
    auto stem = cut(name.substr(0, name.size() - extension.size()), kMaxFileName - extension.size());
    return std::string{trim_end(stem)} + std::string{extension};
}

}  // namespace

std::string safe_file_name(std::string_view name) {
    name.remove_prefix(name.find_last_of("/\\") + 1);  // npos + 1 is 0
    auto seen = visible(name);
    auto safe = std::string{trim_name(seen)};
    if (safe.starts_with('.')) safe.front() = '_';
    safe = shorten_name(safe);
    return safe.empty() ? "download" : safe;
}

std::string name_from_url(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    if (auto scheme = url.find("://"); scheme != url.npos) {
        url.remove_prefix(scheme + 3);
        url.remove_prefix(std::min(url.find('/'), url.size()));
    }
    url.remove_prefix(url.rfind('/') + 1);
    return safe_file_name(percent_decode(url));
}

}  // namespace haul::model
