#include "model/content_disposition.hpp"

#include <optional>

#include "model/header_scanner.hpp"
#include "model/percent.hpp"
#include "model/utf8.hpp"

namespace haul::model {
namespace {

/// Whether all of it is value-chars of RFC 8187, 3.2.1: attr-chars and percent-encoded bytes.
bool is_extended_text(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && !is_percent_encoded(text, i)) return false;
        if (!is_token_character(text[i]) || text[i] == '*' || text[i] == '\'') return false;
    }
    return true;
}

/// The text of CHARSET'LANGUAGE'TEXT (RFC 8187, 3.2.1). No value where it is anything else.
std::optional<std::string> parse_extended(std::string_view value) {
    auto first = value.find('\'');
    auto second = first == value.npos ? value.npos : value.find('\'', first + 1);
    if (second == value.npos) return std::nullopt;
    auto text = value.substr(second + 1);
    if (!is_extended_text(text)) return std::nullopt;
    auto charset = to_lower(value.substr(0, first));
    auto bytes = percent_decode(text);
    if (charset == "iso-8859-1") return utf8_from_latin1(bytes);
    if (charset == "utf-8" && is_utf8(bytes)) return bytes;
    return std::nullopt;
}

/// The two parameters that name the file; the first one of each counts.
struct Names {
    std::optional<std::string> plain;
    std::optional<std::string> extended;
};

/// One parameter, from its name on. False where it is malformed.
bool take_file_name(HeaderScanner& scanner, Names& names) {
    auto name = to_lower(scanner.token());
    scanner.skip_blanks();
    if (name.empty() || !scanner.skip('=')) return false;
    scanner.skip_blanks();
    bool quoted = scanner.rest().starts_with('"');
    auto value = scanner.word();
    if (!value) return false;
    if (name == "filename" && !names.plain) names.plain = utf8_from_field(*value);
    if (name == "filename*" && !names.extended && !quoted) names.extended = parse_extended(*value);
    return true;
}

}  // namespace

std::string content_disposition_name(std::string_view value) {
    HeaderScanner scanner{value};
    scanner.skip_blanks();
    if (scanner.token().empty()) return {};
    Names names;
    while (true) {
        scanner.skip_blanks();
        if (scanner.at_end()) break;
        if (!scanner.skip(';')) return {};
        scanner.skip_blanks();
        // A semicolon with nothing behind it is common, and means nothing.
        if (scanner.at_end() || scanner.rest().starts_with(';')) continue;
        if (!take_file_name(scanner, names)) return {};
    }
    if (names.extended && !names.extended->empty()) return *names.extended;
    return names.plain.value_or("");
}

}  // namespace haul::model
