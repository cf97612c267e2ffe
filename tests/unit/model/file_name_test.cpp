#include "model/file_name.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/text.hpp"
#include "model/utf8.hpp"

namespace haul::model {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (; times > 0; --times) all += text;
    return all;
}

TEST(FileName, OrdinaryNamesStayAsTheyAre) {
    for (const auto* name :
         {"file.txt", "a", "archive.tar.gz", "with blanks inside", "größe-€.pdf", "ファイル.zip", "😀.png",
          "-rf", "~", "a..b", "$(id)", "CON", "NUL.txt", "a:b", "_"})
        EXPECT_EQ(safe_file_name(name), name);
}

TEST(FileName, OnlyTheLastComponentCounts) {
    EXPECT_EQ(safe_file_name("/etc/passwd"), "passwd");
    EXPECT_EQ(safe_file_name("../../.ssh/authorized_keys"), "authorized_keys");
    EXPECT_EQ(safe_file_name("C:\\Windows\\notepad.exe"), "notepad.exe");
    EXPECT_EQ(safe_file_name("a/b\\c"), "c");
    EXPECT_EQ(safe_file_name("a\\b/c"), "c");
}

TEST(FileName, NothingLeftIsCalledDownload) {
    for (const auto* name :
         {"", ".", "..", "...", " ", " . ", "/", "a/", "a/..", "a\\.", "\t\n", "\u202e", ".\u200b."})
        EXPECT_EQ(safe_file_name(name), "download") << name;
}

TEST(FileName, NothingIsHidden) {
    EXPECT_EQ(safe_file_name(".bashrc"), "_bashrc");
    EXPECT_EQ(safe_file_name("..a"), "_.a");
    EXPECT_EQ(safe_file_name(" .a"), "_a");
    EXPECT_EQ(safe_file_name("\u200b.a"), "_a");
}

TEST(FileName, BlanksAndDotsAtTheEdgesGo) {
    EXPECT_EQ(safe_file_name("  a b  "), "a b");
    EXPECT_EQ(safe_file_name("a. . ."), "a");
    EXPECT_EQ(safe_file_name("a.txt."), "a.txt");
}

TEST(FileName, ControlCharactersGo) {
    EXPECT_EQ(safe_file_name("a\tb\nc\x7f\x1b[31m"), "abc[31m");
    EXPECT_EQ(safe_file_name(std::string_view{"a\0b.txt\0.exe", 12}), "ab.txt.exe");
    EXPECT_EQ(safe_file_name("a\u0080\u009fb"), "ab");
}

TEST(FileName, WhatDeceivesTheEyeGoes) {
    EXPECT_EQ(safe_file_name("invoice\u202etxt.exe"), "invoicetxt.exe");
    EXPECT_EQ(safe_file_name("a\u200bb\u200c\u200d\u200e\u200fc"), "abc");
    EXPECT_EQ(safe_file_name("a\u202a\u202b\u202c\u202d\u202eb"), "ab");
    EXPECT_EQ(safe_file_name("a\u2060\u2066\u2067\u2068\u2069b"), "ab");
    EXPECT_EQ(safe_file_name("\ufeffa\u061cb\u2028\u2029c"), "abc");
    EXPECT_EQ(safe_file_name("a\u200a\u2010\u2027\u202f\u205f\u206ab"),
              "a\u200a\u2010\u2027\u202f\u205f\u206ab");
}

TEST(FileName, WhatIsNoUtf8IsReplaced) {
    EXPECT_EQ(safe_file_name("caf\xe9.txt"), "caf_.txt");
    EXPECT_EQ(safe_file_name("a\xc0\xaf"), "a__");            // an overlong slash
    EXPECT_EQ(safe_file_name("a\xed\xa0\x80"), "a___");       // a surrogate
    EXPECT_EQ(safe_file_name("a\xf4\x90\x80\x80"), "a____");  // behind the last character
    EXPECT_EQ(safe_file_name("a\xe2\x82"), "a__");            // cut off
}

TEST(FileName, LongNamesAreCutBeforeTheExtension) {
    auto name = safe_file_name(std::string(300, 'a') + ".tar");
    EXPECT_EQ(name, std::string(196, 'a') + ".tar");
    EXPECT_EQ(safe_file_name(std::string(200, 'a')), std::string(200, 'a'));
    EXPECT_EQ(safe_file_name(std::string(201, 'a')), std::string(200, 'a'));
}

TEST(FileName, LongNamesAreCutBetweenCharacters) {
    EXPECT_EQ(safe_file_name(repeated("€", 100)), repeated("€", 66));
    EXPECT_EQ(safe_file_name("ab" + repeated("😀", 100) + ".txt"), "ab" + repeated("😀", 48) + ".txt");
}

TEST(FileName, WhatStandsBehindADotIsNotAlwaysAnExtension) {
    EXPECT_EQ(safe_file_name("a." + std::string(300, 'b')), "a." + std::string(198, 'b'));
    EXPECT_EQ(safe_file_name(std::string(195, 'a') + " ... " + std::string(100, 'b')), std::string(195, 'a'));
}

TEST(FileName, AUrlGivesItsLastSegment) {
    EXPECT_EQ(name_from_url("http://host/dir/file.txt"), "file.txt");
    EXPECT_EQ(name_from_url("http://host/a%20b.txt?name=/c#/d"), "a b.txt");
    EXPECT_EQ(name_from_url("http://host/file?x=http://other/y"), "file");
    EXPECT_EQ(name_from_url("http://host/%e2%82%ac"), "€");
    EXPECT_EQ(name_from_url("http://host/100%"), "100%");
    EXPECT_EQ(name_from_url("http://host/a%2"), "a%2");
    EXPECT_EQ(name_from_url("http://host/a%zz"), "a%zz");
    EXPECT_EQ(name_from_url("http://user:secret@host/file"), "file");
}

TEST(FileName, AnEncodedSlashIsNoDoor) {
    EXPECT_EQ(name_from_url("http://host/..%2f..%2Fetc%2fpasswd"), "passwd");
    EXPECT_EQ(name_from_url("http://host/%2e%2e"), "download");
    EXPECT_EQ(name_from_url("http://host/a%5cb"), "b");
    EXPECT_EQ(name_from_url("http://host/a%00.txt"), "a.txt");
    EXPECT_EQ(name_from_url("http://host/a%252fb"), "a%2fb");
}

TEST(FileName, AUrlWithoutAPathGivesNoName) {
    for (const auto* url : {"http://host", "http://host/", "http://user:secret@host", "http://host?a/b",
                            "http://host/dir/", "http://host#a/b", ""})
        EXPECT_EQ(name_from_url(url), "download") << url;
}

/// Bytes in which what matters is common.
std::string any_name() {
    auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(
        rc::gen::element<std::string>("/", "\\", ".", "..", " ", "€", "\u202e", "\xff", "\xc2", ".txt", "\n"),
        rc::gen::container<std::string>(rc::gen::arbitrary<char>()), rc::gen::just(std::string(90, 'x'))));
    std::string name;
    for (const auto& piece : pieces) name += piece;
    return name;
}

RC_GTEST_PROP(FileName, WhateverComesTheNameIsSafe, ()) {
    auto name = safe_file_name(any_name());
    RC_ASSERT(!name.empty());
    RC_ASSERT(name.size() <= kMaxFileName);
    RC_ASSERT(is_utf8(name));
    RC_ASSERT(!has_control_character(name));
    RC_ASSERT(name.find_first_of("/\\") == name.npos);
    RC_ASSERT(name.front() != '.' && name.front() != ' ');
    RC_ASSERT(name.back() != '.' && name.back() != ' ');
    RC_ASSERT(safe_file_name(name) == name);
}

}  // namespace
}  // namespace haul::model
