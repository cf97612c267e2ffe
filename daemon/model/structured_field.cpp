#include "model/structured_field.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "model/header_scanner.hpp"
#include "model/text.hpp"

namespace haul::model {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_alpha(char c) {
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}

/// The bytes of base64 text. As RFC 8941, 4.2.7 wants it, padding may be missing and spare bits may be set.
std::optional<std::string> decode_base64(std::string_view text) {
    auto digits = text.substr(0, text.find('='));
    auto padding = text.substr(digits.size());
    if (padding.find_first_not_of('=') != padding.npos || digits.size() % 4 == 1) return std::nullopt;
    if (!padding.empty() && (text.size() % 4 != 0 || padding.size() > 2)) return std::nullopt;
    std::string bytes;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (char c : digits) {
        auto value = kBase64.find(c);
        if (value == kBase64.npos) return std::nullopt;
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>((bits >> count) & 0xffU);
    }
    return bytes;
}

/// Takes a dictionary apart. Each function passes over one thing of the grammar and says whether it was
/// there.
class Parser {
public:
    explicit Parser(std::string_view text) : rest_(text) {}

    std::optional<ByteSequences> dictionary() {
        ByteSequences members;
        skip_all(' ');
        while (!rest_.empty()) {
            auto key = this->key();
            if (!key) return std::nullopt;
            std::optional<std::string> bytes;
            if (skip('=') ? !member(bytes) : !parameters()) return std::nullopt;
            members.insert_or_assign(std::move(*key), std::move(bytes));
            skip_blanks();
            if (rest_.empty()) break;
            if (!skip(',')) return std::nullopt;
            skip_blanks();
            if (rest_.empty()) return std::nullopt;  // a comma with nothing behind it
        }
        return members;
    }

private:
    bool member(std::optional<std::string>& bytes) {
        return skip('(') ? inner_list() && parameters() : bare_item(bytes) && parameters();
    }

    bool inner_list() {
        std::optional<std::string> ignored;
        while (true) {
            skip_all(' ');
            if (skip(')')) return true;
            if (!bare_item(ignored) || !parameters()) return false;
            if (!rest_.starts_with(' ') && !rest_.starts_with(')')) return false;
        }
    }

    bool parameters() {
        std::optional<std::string> ignored;
        while (skip(';')) {
            skip_all(' ');
            if (!key()) return false;
            if (skip('=') && !bare_item(ignored)) return false;
        }
        return true;
    }

    bool bare_item(std::optional<std::string>& bytes) {
        if (rest_.empty()) return false;
        char c = rest_.front();
        if (c == ':') return byte_sequence(bytes);
        if (c == '"') return string();
        if (c == '?') return boolean();
        if (c == '-' || is_digit(c)) return number();
        return (is_alpha(c) || c == '*') && token();
    }

    bool byte_sequence(std::optional<std::string>& bytes) {
        auto end = rest_.find(':', 1);
        if (end == rest_.npos) return false;
        bytes = decode_base64(rest_.substr(1, end - 1));
        rest_.remove_prefix(end + 1);
        return bytes.has_value();
    }

    bool string() {
        rest_.remove_prefix(1);
        while (!skip('"')) {
            bool escaped = skip('\\');
            if (rest_.empty() || rest_.front() < 0x20 || rest_.front() > 0x7e) return false;
            if (escaped && rest_.front() != '"' && rest_.front() != '\\') return false;
            rest_.remove_prefix(1);
        }
        return true;
    }

    bool boolean() {
        rest_.remove_prefix(1);
        return skip('0') || skip('1');
    }

    /// An integer of up to 15 digits, or a decimal of up to 12 and 3.
    bool number() {
        skip('-');
        auto whole = digits();
        if (whole == 0 || whole > 15) return false;
        if (!skip('.')) return true;
        auto fraction = digits();
        return whole <= 12 && fraction >= 1 && fraction <= 3;
    }

    bool token() {
        while (!rest_.empty() &&
               (is_token_character(rest_.front()) || rest_.front() == ':' || rest_.front() == '/'))
            rest_.remove_prefix(1);
        return true;
    }

    std::optional<std::string> key() {
        if (rest_.empty() || (!is_lower(rest_.front()) && rest_.front() != '*')) return std::nullopt;
        auto end = std::find_if_not(rest_.begin(), rest_.end(), [](char c) {
            return is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '*';
        });
        std::string key{rest_.begin(), end};
        rest_.remove_prefix(key.size());
        return key;
    }

    std::size_t digits() {
        auto count = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
        rest_.remove_prefix(count);
        return count;
    }
    bool skip(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void skip_all(char c) { rest_.remove_prefix(std::min(rest_.find_first_not_of(c), rest_.size())); }
    void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

    std::string_view rest_;
};

}  // namespace

std::optional<ByteSequences> parse_byte_sequences(std::string_view field) {
    return Parser{field}.dictionary();
}

}  // namespace haul::model
