#include "model/utf8.hpp"

#include <gtest/gtest.h>

namespace haul::model {
namespace {

/// A character's bytes, by RFC 3629's table.
std::string utf8_of(char32_t code) {
    auto tail = [&](unsigned shift) { return static_cast<char>(0x80U | ((code >> shift) & 0x3fU)); };
    if (code < 0x80) return {static_cast<char>(code)};
    if (code < 0x800) return {static_cast<char>(0xc0U | code >> 6U), tail(0)};
    if (code < 0x10000) return {static_cast<char>(0xe0U | code >> 12U), tail(6), tail(0)};
    return {static_cast<char>(0xf0U | code >> 18U), tail(12), tail(6), tail(0)};
}

TEST(Utf8, KnowsEveryCharacter) {
    for (char32_t code = 0; code < 0x120000; ++code) {
        bool exists = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
        auto bytes = utf8_of(code);
        auto character = first_character(bytes + "x");
        ASSERT_EQ(character.has_value(), exists) << bytes;
        if (!exists) continue;
        ASSERT_EQ(character->code, code);
        ASSERT_EQ(character->size, bytes.size());
        ASSERT_TRUE(is_utf8(bytes));
        ASSERT_EQ(is_utf8(bytes.substr(0, bytes.size() - 1)), bytes.size() == 1) << "cut off";
    }
}

TEST(Utf8, ByteSequencesThatAreNone) {
    for (const auto* text : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf",
                             "\xc2\xc2", "\xc3x", "\xe2\x82x", "\xf8\x88\x80\x80\x80", "\xfe", "\xff"})
        EXPECT_FALSE(is_utf8(text));
    EXPECT_FALSE(first_character(""));
    EXPECT_TRUE(is_utf8(""));
}

TEST(Utf8, FieldValuesAreOneOrTheOther) {
    EXPECT_EQ(utf8_from_field("plain"), "plain");
    EXPECT_EQ(utf8_from_field("caf\xc3\xa9"), "café");
    EXPECT_EQ(utf8_from_field("caf\xe9"), "café");
    EXPECT_EQ(utf8_from_latin1("caf\xc3\xa9"), "cafÃ©");
    EXPECT_EQ(utf8_from_latin1("\x80\xff"), "\u0080ÿ");
}

}  // namespace
}  // namespace haul::model
