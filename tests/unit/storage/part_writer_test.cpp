#include "storage/part_writer.hpp"

#include <gtest/gtest.h>

#include <random>

#include "unit/temp_dir.hpp"

namespace haul::storage {
namespace {

PartFile open_part(const std::string& path) {
    auto part = PartFile::open({.path = path});
    if (!part) {
        ADD_FAILURE() << part.error().text;
        std::abort();
    }
    return std::move(*part);
}

TEST(PartWriter, WritesWhereItBegins) {
    TempDir dir;
    write_file(dir / "p", "0123456789");
    auto part = open_part(dir / "p");
    PartWriter writer{part, 3};
    ASSERT_TRUE(writer.append("ab"));
    ASSERT_TRUE(writer.append("c"));
    EXPECT_EQ(read_file(dir / "p"), "012abc6789") << "few bytes are written as they come";
    EXPECT_EQ(writer.begin(), 3U);
    EXPECT_EQ(writer.end(), 6U);
    EXPECT_EQ(writer.written(), 6U);
}

TEST(PartWriter, HasNothingBeforeItsFirstByte) {
    TempDir dir;
    auto part = open_part(dir / "p");
    PartWriter writer{part, 1'000'000};
    ASSERT_TRUE(writer.append(""));
    ASSERT_TRUE(writer.flush());
    EXPECT_EQ(writer.end(), writer.begin());
    EXPECT_EQ(std::filesystem::file_size(dir / "p"), 0U) << "no hole for nothing";
}

TEST(PartWriter, FullDiskIsToldWithThePath) {
    auto part = PartFile::open({.path = "/dev/full"});
    ASSERT_FALSE(part) << "a device is no part file";
    EXPECT_NE(part.error().text.find("/dev/full"), std::string::npos);
}

class LargePart : public testing::TestWithParam<unsigned> {};

/// So much that the bytes are gathered into blocks.
TEST_P(LargePart, HasTheBytesThatCame) {
    std::mt19937 random{GetParam()};
    auto any = [&](std::size_t from, std::size_t to) {
        return std::uniform_int_distribution{from, to}(random);
    };
    TempDir dir;
    std::string sent(any(0, 5000), 's');
    write_file(dir / "p", sent);
    auto part = open_part(dir / "p");
    PartWriter writer{part, sent.size()};
    for (auto pieces = any(60, 110); pieces > 0; --pieces) {
        std::string piece(any(1, 150'000), static_cast<char>('a' + pieces % 26));
        ASSERT_TRUE(writer.append(piece));
        sent += piece;
        ASSERT_EQ(writer.end(), sent.size());
        ASSERT_EQ(std::filesystem::file_size(dir / "p"), writer.written());
        if (any(0, 9) == 0) {
            ASSERT_TRUE(writer.flush());
            ASSERT_EQ(writer.written(), writer.end());
        }
    }
    EXPECT_TRUE(sent.starts_with(read_file(dir / "p")))
        << "whenever the process ends, it has a beginning of what came";
    ASSERT_TRUE(writer.flush());
    EXPECT_TRUE(read_file(dir / "p") == sent);
    ASSERT_TRUE(part.clear());
    PartWriter again{part, 0};
    ASSERT_TRUE(again.append("again"));
    ASSERT_TRUE(again.flush());
    EXPECT_EQ(read_file(dir / "p"), "again");
}

/// As several connections do it: spans that touch, in pieces that alternate.
TEST_P(LargePart, HasTheBytesOfSeveralWriters) {
    std::mt19937 random{GetParam()};
    auto any = [&](std::size_t from, std::size_t to) {
        return std::uniform_int_distribution{from, to}(random);
    };
    TempDir dir;
    constexpr std::size_t kSpan = 6 * 1024 * 1024;  // enough for each to gather
    std::string wanted;
    auto part = open_part(dir / "p");
    std::vector<PartWriter> writers;
    for (std::size_t i = 0; i < 3; ++i) {
        wanted += std::string(kSpan + i, static_cast<char>('a' + i));
        writers.emplace_back(part, wanted.size() - kSpan - i);
    }
    bool is_done = false;
    while (!is_done) {
        is_done = true;
        for (std::size_t i = 0; i < 3; ++i) {
            auto left = kSpan + i - (writers[i].end() - writers[i].begin());
            auto size = std::min(left, any(1, 300'000));
            ASSERT_TRUE(writers[i].append(std::string(size, static_cast<char>('a' + i))));
            is_done = is_done && size == left;
        }
    }
    for (auto& writer : writers) ASSERT_TRUE(writer.flush());
    EXPECT_TRUE(read_file(dir / "p") == wanted);
}

INSTANTIATE_TEST_SUITE_P(PartWriter, LargePart, testing::Range(1U, 4U));

}  // namespace
}  // namespace haul::storage
