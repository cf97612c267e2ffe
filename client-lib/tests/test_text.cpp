#include <gtest/gtest.h>

#include <string_view>

#include "text.hpp"

namespace haul::detail {

namespace {

using namespace std::string_view_literals;

TEST(BusText, TakesUtf8) {
    for (const auto text :
         {""sv, "plain"sv, "grüße"sv, "世界"sv, "🙂"sv, "\xEF\xBF\xBF"sv, "\xF4\x8F\xBF\xBF"sv}) {
        EXPECT_TRUE(is_bus_text(text)) << text;
    }
}

TEST(BusText, RefusesWhatTheBusWouldNotCarry) {
    for (const auto text :
         {"a\0b"sv, "\x80"sv, "\xC1\x81"sv, "\xE0\x80\x80"sv, "\xED\xA0\x80"sv, "\xF0\x80\x80\x80"sv,
          "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "caf\xC3"sv, "\xE2\x82z"sv}) {
        EXPECT_FALSE(is_bus_text(text)) << text;
    }
}

TEST(BusText, TheErrorNamesWhatItIs) {
    const auto checked = check_text("URL", "\xFF");
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(checked.error().message, "the URL is not valid UTF-8 text");
}

}  // namespace

}  // namespace haul::detail
