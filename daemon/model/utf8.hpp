#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace haul::model {

/// One character of UTF-8 text (RFC 3629).
struct Character {
    char32_t code = 0;     ///< its number, no surrogate and at most U+10FFFF
    std::size_t size = 0;  ///< bytes that it takes, 1 to 4
};

/// The character at the start of a text. No value where it is empty or does not start with a well-formed one:
/// neither overlong forms nor surrogates are.
std::optional<Character> first_character(std::string_view text);

bool is_utf8(std::string_view text);

/// Whether D-Bus can carry this text in a string: no NUL, and none of the code points that are no characters
/// (D-Bus specification, "Basic types").
bool fits_bus_string(std::string_view text);
/// UTF-8 text with U+FFFD in place of whatever D-Bus can't carry and of control characters.
std::string to_bus_string(std::string_view text);

/// Looks at UTF-8 as it arrives, and knows at each byte whether what came so far can still become text.
class Utf8Reader {
public:
    /// The next bytes. False from the first one on that no text may have here.
    bool take(std::string_view bytes);
    /// Whether no character is waiting for its rest.
    bool is_complete() const { return missing_ == 0; }

private:
    int missing_ = 0;                               ///< bytes of the character that has begun
    unsigned char lowest_ = 0x80, highest_ = 0xbf;  ///< what its next one may be
};

/// Text in ISO-8859-1, whose bytes are the first 256 characters, as UTF-8.
std::string utf8_from_latin1(std::string_view text);

/// A field value as text: field values have no character set (RFC 9110, 5.5), so what is UTF-8 counts as that
/// and everything else as ISO-8859-1.
std::string utf8_from_field(std::string_view text);

}  // namespace haul::model
