#include <gtest/gtest.h>

#include <sstream>

#include "input_file.hpp"

namespace haul::cli {

namespace {

Result<std::vector<InputEntry>> parse(const std::string& text) {
    std::istringstream input(text);
    return parse_input(input);
}

TEST(InputFile, EachUrlHasTheIndentedLinesBelowIt) {
    const auto entries = parse(
                             "# what to fetch\n"
                             "https://example.com/a\n"
                             "  output = a.bin\n"
                             "\tchecksum=sha-256=00ff\r\n"
                             "\n"
                             "  # not this one\n"
                             "https://example.com/b?x=1#y")
                             .value();
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].url, "https://example.com/a");
    EXPECT_EQ(entries[0].line, 2U);
    ASSERT_EQ(entries[0].options.size(), 2U);
    EXPECT_EQ(entries[0].options[0].key, "output");
    EXPECT_EQ(entries[0].options[0].value, "a.bin");
    EXPECT_EQ(entries[0].options[1].key, "checksum");
    EXPECT_EQ(entries[0].options[1].value, "sha-256=00ff");
    EXPECT_EQ(entries[0].options[1].line, 4U);
    EXPECT_EQ(entries[1].url, "https://example.com/b?x=1#y");
    EXPECT_TRUE(entries[1].options.empty());
}

TEST(InputFile, MirrorsStandBehindTabulators) {
    const auto entries = parse("http://a/x\thttp://b/x\t\thttp://c/x\t\n").value();
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].url, "http://a/x");
    EXPECT_EQ(entries[0].mirrors, (std::vector<std::string>{"http://b/x", "http://c/x"}));
}

TEST(InputFile, NothingIsNoError) {
    EXPECT_TRUE(parse("").value().empty());
    EXPECT_TRUE(parse("\n  \n# none\n").value().empty());
}

TEST(InputFile, TroubleNamesItsLineAndNotWhatStandsThere) {
    const auto early = parse("\n  output=secret\nhttp://a/\n");
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().message.find("line 2: "), 0U);
    const auto bare = parse("http://a/\n  secret\n");
    ASSERT_FALSE(bare);
    EXPECT_EQ(bare.error().message.find("line 2: "), 0U);
    EXPECT_EQ(bare.error().message.find("secret"), std::string::npos);
    EXPECT_FALSE(parse("http://a/\n  =value\n"));
}

TEST(InputFile, ThereIsALimit) {
    std::string many;
    for (int i = 0; i < 10'000; ++i) many += "http://a/\n";
    EXPECT_EQ(parse(many).value().size(), 10'000U);
    const auto more = parse(many + "http://a/\n");
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().message.find("line 10001: "), 0U);
    EXPECT_FALSE(parse("http://a/" + std::string(70'000, 'x')));
}

}  // namespace

}  // namespace haul::cli
