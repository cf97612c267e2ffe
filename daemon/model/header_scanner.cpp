#include "model/header_scanner.hpp"

#include <algorithm>

namespace haul::model {
namespace {

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// What may stand in a quoted-string, behind a backslash or without one where it is no quote.
bool is_quotable(char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

}  // namespace

bool is_token_character(char c) {
    return is_alphanumeric(c) ||
           (c != '\0' && std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos);
}

std::string to_lower(std::string_view text) {
    std::string lower{text};
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

void HeaderScanner::skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
}

bool HeaderScanner::skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
}

void HeaderScanner::skip_commas() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t,"), rest_.size()));
}

std::string_view HeaderScanner::token() {
    auto end = std::find_if_not(rest_.begin(), rest_.end(), is_token_character);
    auto token = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(token.size());
    return token;
}

std::optional<std::string> HeaderScanner::quoted_string() {
    if (!skip('"')) return std::nullopt;
    std::string text;
    while (!skip('"')) {
        skip('\\');
        if (rest_.empty() || !is_quotable(rest_.front())) return std::nullopt;
        text += rest_.front();
        rest_.remove_prefix(1);
    }
    return text;
}

std::optional<std::string> HeaderScanner::word() {
    if (rest_.starts_with('"')) return quoted_string();
    auto text = token();
    return text.empty() ? std::nullopt : std::optional{std::string{text}};
}

}  // namespace haul::model
