#include "model/content_disposition.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/utf8.hpp"

namespace haul::model {
namespace {

TEST(ContentDisposition, GivesTheFilename) {
    EXPECT_EQ(content_disposition_name("attachment; filename=file.txt"), "file.txt");
    EXPECT_EQ(content_disposition_name("Attachment; FILENAME=file.txt"), "file.txt");
    EXPECT_EQ(content_disposition_name("inline;filename=\"a file.txt\""), "a file.txt");
    EXPECT_EQ(content_disposition_name("x-other ; size=7 ; filename = \"a;b\" ; creation-date=\"x\""), "a;b");
    EXPECT_EQ(content_disposition_name("attachment; filename=\"\""), "");
}

TEST(ContentDisposition, QuotedStringsHaveEscapes) {
    EXPECT_EQ(content_disposition_name("attachment; filename=\"say \\\"hi\\\".txt\""), "say \"hi\".txt");
    EXPECT_EQ(content_disposition_name("attachment; filename=\"a\\\\b\\c\""), "a\\bc");
}

TEST(ContentDisposition, NoneIsNone) {
    for (const auto* value :
         {"", " ", "attachment", "attachment;", "inline ; ;", "attachment; name=file.txt"})
        EXPECT_EQ(content_disposition_name(value), "") << value;
}

TEST(ContentDisposition, ASemicolonWithNothingBehindItIsHarmless) {
    EXPECT_EQ(content_disposition_name("attachment; filename=a;"), "a");
    EXPECT_EQ(content_disposition_name("attachment;; filename=a ; "), "a");
}

TEST(ContentDisposition, TheExtendedNameComesFirst) {
    // The examples of RFC 6266, 5.
    EXPECT_EQ(content_disposition_name("attachment; filename*= UTF-8''%e2%82%ac%20rates"), "€ rates");
    EXPECT_EQ(
        content_disposition_name("attachment; filename=\"EURO rates\"; filename*=utf-8''%e2%82%ac%20rates"),
        "€ rates");
    EXPECT_EQ(content_disposition_name("attachment; filename*=UTF-8'en-GB'b; filename=a"), "b");
    EXPECT_EQ(content_disposition_name("attachment; filename*=iso-8859-1''%A3%20rates"), "£ rates");
}

TEST(ContentDisposition, AnExtendedNameThatIsUnusableIsPassedOver) {
    for (const auto* extended : {"UTF-8''%ff", "UTF-8''%e2%82", "UTF-8''a%2", "UTF-8''a%zz", "UTF-8'b", "b",
                                 "UTF-16''b", "''b", "UTF-8''b'c", "UTF-8''b*", "\"UTF-8''b\"", "UTF-8''"})
        EXPECT_EQ(content_disposition_name("attachment; filename=a; filename*=" + std::string{extended}), "a")
            << extended;
}

TEST(ContentDisposition, TheFirstOfEachCounts) {
    EXPECT_EQ(content_disposition_name("attachment; filename=a; filename=b"), "a");
    EXPECT_EQ(content_disposition_name("attachment; filename*=UTF-8''a; filename*=UTF-8''b"), "a");
}

TEST(ContentDisposition, MalformedOnesSayNothing) {
    for (const auto* value :
         {"; filename=a", "filename=a", "\"attachment\"; filename=a", "attachment filename=a",
          "attachment; filename", "attachment; filename=", "attachment; filename=a b.txt",
          "attachment; filename=\"a", "attachment; filename=\"a\\", "attachment; filename=\"a\"b",
          "attachment; =a", "attachment; filename=a, b", "attachment; filename=a; b",
          "attachment; filename=a/b", "attachment; filename=\"a\nb\"", "attachment; filename=a; foo=\"",
          "attachment, filename=a"})
        EXPECT_EQ(content_disposition_name(value), "") << value;
    EXPECT_EQ(content_disposition_name(std::string_view{"attachment; filename=\"a\0b\"", 26}), "");
}

TEST(ContentDisposition, PlainNamesAreUtf8OrLatin1) {
    EXPECT_EQ(content_disposition_name("attachment; filename=\"\xe2\x82\xac\""), "€");
    EXPECT_EQ(content_disposition_name("attachment; filename=\"\xa3 rates\""), "£ rates");
    EXPECT_EQ(content_disposition_name("attachment; filename=\"a%20b\""), "a%20b");
}

RC_GTEST_PROP(ContentDisposition, WrittenNamesAreReadAgain, ()) {
    auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    auto name = utf8_from_field(bytes);
    std::string field = "attachment; filename=fallback; filename*=UTF-8''";
    for (char c : name) {
        constexpr std::string_view kDigits = "0123456789ABCDEF";
        auto byte = static_cast<unsigned char>(c);
        field += {'%', kDigits[byte >> 4U], kDigits[byte & 0xfU]};
    }
    RC_ASSERT(content_disposition_name(field) == (name.empty() ? "fallback" : name));
}

}  // namespace
}  // namespace haul::model
