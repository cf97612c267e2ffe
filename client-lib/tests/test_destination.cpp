#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "destination.hpp"

namespace haul::cli {

namespace {

TEST(Destination, NameIsTheLastSegmentOfThePath) {
    EXPECT_EQ(name_from_url("https://example.com/a/file.iso"), "file.iso");
    EXPECT_EQ(name_from_url("https://example.com/file.iso?token=secret/part#top"), "file.iso");
    EXPECT_EQ(name_from_url("http://user:secret@example.com:8080/x.tar.gz"), "x.tar.gz");
}

TEST(Destination, NameIsDecoded) {
    EXPECT_EQ(name_from_url("http://h/my%20file%2Etxt"), "my file.txt");
    EXPECT_EQ(name_from_url("http://h/caf%C3%A9"), "café");
    EXPECT_EQ(name_from_url("http://h/100%"), "100%");
    EXPECT_EQ(name_from_url("http://h/%zz%4"), "%zz%4");
}

TEST(Destination, NameNeverLeavesItsDirectory) {
    EXPECT_EQ(name_from_url("http://h/..%2F..%2Fetc%2Fpasswd"), "_._.._etc_passwd");
    EXPECT_EQ(name_from_url("http://h/%2Fetc%2Fpasswd"), "_etc_passwd");
    EXPECT_EQ(name_from_url("http://h/a%5Cb"), "a_b");
}

TEST(Destination, NameIsNeitherHiddenNorAnOption) {
    EXPECT_EQ(name_from_url("http://h/.bashrc"), "_bashrc");
    EXPECT_EQ(name_from_url("http://h/-rf"), "_rf");
}

TEST(Destination, NameIsCleanText) {
    EXPECT_EQ(name_from_url("http://h/a%00b%0Ac%1B%7F"), "a_b_c__");
    EXPECT_EQ(name_from_url("http://h/%FF%FE.bin"), "__.bin");
}

TEST(Destination, WithoutASegmentThereIsAName) {
    for (const char* url : {"http://h", "http://h/", "http://h/dir/", "http://h?x=/y", "http://h/..",
                            "http://h/%2E", "http://h/%20"}) {
        EXPECT_EQ(name_from_url(url), "index.html") << url;
    }
}

TEST(Destination, LongNamesAreCutBetweenCharacters) {
    std::string url = "http://h/";
    for (int i = 0; i < 150; ++i) url += "%C3%A9";
    const auto name = name_from_url(url);
    EXPECT_EQ(name.size(), 200U);
    EXPECT_EQ(name.substr(198), "é");
    EXPECT_EQ(name_from_url("http://h/x" + url.substr(9)).size(), 199U);
}

TEST(Destination, RelativeOutputIsMadeAbsolute) {
    EXPECT_EQ(destination_of("y", "/nowhere/here"), "/nowhere/here/y");
    EXPECT_EQ(destination_of("../y", "/nowhere/here"), "/nowhere/y");
    EXPECT_EQ(destination_of("/other/y", "/nowhere/here"), "/other/y");
}

TEST(Destination, ADirectoryEndsLikeOne) {
    const auto directory = std::filesystem::temp_directory_path();
    EXPECT_EQ(destination_of("", "/nowhere/here").string(), "/nowhere/here/");
    EXPECT_EQ(destination_of("new/", "/nowhere").string(), "/nowhere/new/");
    EXPECT_EQ(destination_of(directory, "/").string(), (directory / "").string());
    EXPECT_EQ(destination_of(".", directory).string(), (directory / "").string());
    EXPECT_TRUE(is_directory("new/", "/nowhere"));
    EXPECT_TRUE(is_directory(directory, "/nowhere"));
    EXPECT_FALSE(is_directory("new", "/nowhere"));
}

}  // namespace

}  // namespace haul::cli
