#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace haul::model {

/// Whether a character may stand in a token (RFC 9110, 5.6.2).
bool is_token_character(char c);

/// Lower case, of ASCII alone.
std::string to_lower(std::string_view text);

/// Walks through a field value along the common grammar of RFC 9110, 5.6. The value outlives the scanner.
class HeaderScanner {
public:
    explicit HeaderScanner(std::string_view value) : rest_(value) {}

    bool at_end() const { return rest_.empty(); }
    std::string_view rest() const { return rest_; }

    /// Passes over blanks (OWS and BWS, 5.6.3).
    void skip_blanks();
    /// Passes over this character; false where another one comes, or none.
    bool skip(char c);
    /// Passes over a list's commas and the blanks around them (5.6.1).
    void skip_commas();
    /// The token that comes next; "" where none does.
    std::string_view token();
    /// The text of the quoted-string that comes next, without quotes and escapes (5.6.4). No value where none
    /// comes, or one that does not end or has control characters in it.
    std::optional<std::string> quoted_string();
    /// A token or a quoted-string.
    std::optional<std::string> word();

private:
    std::string_view rest_;
};

}  // namespace haul::model
