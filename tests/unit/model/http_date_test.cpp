#include "model/http_date.hpp"

#include <gtest/gtest.h>

#include <ctime>

#include "model/base64.hpp"

namespace haul::model {
namespace {

TEST(HttpDate, IsReadInTheFormThatServersHaveToSend) {
    EXPECT_EQ(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT"), to_wall_time(0));
    EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), to_wall_time(784'111'777'000'000));
    EXPECT_EQ(parse_http_date("Thu, 29 Feb 2024 23:59:60 GMT"), to_wall_time(1'709'251'200'000'000));
}

TEST(HttpDate, IsNothingElse) {
    for (auto text :
         {"", "Sun, 06 Nov 1994 08:49:37 UTC", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
          "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 08:49:37 XMT", "Sum, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
          "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT "})
        EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
}

TEST(Base64, EncodesWithPadding) {
    EXPECT_EQ(encode_base64(""), "");
    EXPECT_EQ(encode_base64("f"), "Zg==");
    EXPECT_EQ(encode_base64("fo"), "Zm8=");
    EXPECT_EQ(encode_base64("foo"), "Zm9v");
    EXPECT_EQ(encode_base64("foob"), "Zm9vYg==");
    EXPECT_EQ(encode_base64("\xff\xfe\xfd"), "//79");
}

}  // namespace
}  // namespace haul::model
