#include <gtest/gtest.h>

#include <sstream>

#include "upload_values.hpp"

namespace haul::cli {

namespace {

TEST(UploadValues, APairMayHaveMoreInItsValue) {
    EXPECT_EQ(parse_pair("key=a=b"), std::pair(std::string("key"), std::string("a=b")));
    EXPECT_EQ(parse_pair("key="), std::pair(std::string("key"), std::string()));
    EXPECT_FALSE(parse_pair("key"));
    EXPECT_FALSE(parse_pair("=value"));
    EXPECT_FALSE(parse_pair(""));
}

TEST(UploadValues, APartIsAValueOrAFile) {
    const auto value = parse_form_part("title=a @ b", "/home/me").value();
    EXPECT_EQ(value.name, "title");
    EXPECT_EQ(value.value, "a @ b");
    EXPECT_FALSE(value.file);
    const auto file = parse_form_part("image=@a.png", "/home/me").value();
    EXPECT_EQ(file.name, "image");
    EXPECT_FALSE(file.value);
    EXPECT_EQ(file.file, "/home/me/a.png");
    EXPECT_EQ(parse_form_part("image=@/a.png", "/home/me").value().file, "/a.png");
    EXPECT_FALSE(parse_form_part("image=@", "/home/me"));
    EXPECT_FALSE(parse_form_part("image", "/home/me"));
}

TEST(UploadValues, LinesAreTrimmedAndEmptyOnesSayNothing) {
    std::istringstream input("http://a/1\r\n\n  http://a/2\t\n   \nhttp://a/3");
    EXPECT_EQ(parse_lines(input), (std::vector<std::string>{"http://a/1", "http://a/2", "http://a/3"}));
}

TEST(UploadValues, ASourceStaysBehindItsLinks) {
    EXPECT_EQ(absolute_source("./a", "/home/me"), "/home/me/a");
    EXPECT_EQ(absolute_source("/x//a", "/home/me"), "/x/a");
    EXPECT_EQ(absolute_source("link/../a", "/home/me"), "/home/me/link/../a");
}

}  // namespace

}  // namespace haul::cli
