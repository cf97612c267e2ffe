#include "storage/part_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <random>

#include "unit/temp_dir.hpp"

namespace haul::storage {
namespace {

using model::PartTrust;
using model::fact::Ending;

PartFile must_open(const model::PartPlace& place) {
    auto part = PartFile::open(place);
    if (!part) {
        ADD_FAILURE() << part.error().text;
        std::abort();
    }
    return std::move(*part);
}

TEST(PartFile, IsMadeForItsOwnerAlone) {
    TempDir dir;
    auto part = must_open({.path = dir / "p"});
    EXPECT_EQ(part.size(), 0U);
    struct stat info {};
    ASSERT_EQ(::stat((dir / "p").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    EXPECT_EQ(info.st_ino, part.inode());
}

TEST(PartFile, GoesOnWhereItEnded) {
    TempDir dir;
    ASSERT_TRUE(must_open({.path = dir / "p"}).append("one"));
    auto part = must_open({.path = dir / "p"});
    EXPECT_EQ(part.size(), 3U);
    ASSERT_TRUE(part.append("two"));
    EXPECT_EQ(part.size(), 6U);
    EXPECT_EQ(read_file(dir / "p"), "onetwo");
}

TEST(PartFile, IsCutToItsSyncedBytesWhereItsSizeIsNotTrusted) {
    TempDir dir;
    write_file(dir / "p", "synced, and then lost in a power cut");
    auto part = must_open({.path = dir / "p", .trust = PartTrust::Synced, .synced = 6});
    EXPECT_EQ(part.size(), 6U);
    ASSERT_TRUE(part.append("!"));
    EXPECT_EQ(read_file(dir / "p"), "synced!");
}

TEST(PartFile, ShorterThanItsSyncedBytesIsAsLongAsItIs) {
    TempDir dir;
    write_file(dir / "p", "abc");
    EXPECT_EQ(must_open({.path = dir / "p", .trust = PartTrust::Synced, .synced = 6}).size(), 3U);
}

TEST(PartFile, KeepsItsSizeWhereThatIsTrusted) {
    TempDir dir;
    write_file(dir / "p", "abc");
    EXPECT_EQ(must_open({.path = dir / "p", .trust = PartTrust::Size, .synced = 1}).size(), 3U);
}

TEST(PartFile, CanGiveUpItsBytes) {
    TempDir dir;
    auto part = must_open({.path = dir / "p"});
    ASSERT_TRUE(part.append("one"));
    ASSERT_TRUE(part.clear());
    EXPECT_EQ(part.size(), 0U);
    ASSERT_TRUE(part.append("2"));
    EXPECT_EQ(read_file(dir / "p"), "2");
}

TEST(PartFile, FollowsNoSymbolicLink) {
    TempDir dir;
    write_file(dir / "victim", "safe");
    std::filesystem::create_symlink(dir / "victim", dir / "p");
    auto part = PartFile::open({.path = dir / "p"});
    ASSERT_FALSE(part);
    EXPECT_EQ(part.error().ending, Ending::Final);
    EXPECT_EQ(read_file(dir / "victim"), "safe");
}

TEST(PartFile, MissingDirectoryIsFinalAndNamesThePath) {
    TempDir dir;
    auto part = PartFile::open({.path = dir / "no/p"});
    ASSERT_FALSE(part);
    EXPECT_EQ(part.error().ending, Ending::Final);
    EXPECT_NE(part.error().text.find("no/p"), std::string::npos) << part.error().text;
}

TEST(PartFile, FullDiskIsNoFailure) {
    EXPECT_EQ(to_trouble(ENOSPC, "write", "/p").ending, Ending::DiskFull);
    EXPECT_EQ(to_trouble(EDQUOT, "write", "/p").ending, Ending::DiskFull);
}

TEST(PartFile, PipeInItsPlaceIsRefusedAtOnce) {
    TempDir dir;
    ASSERT_EQ(::mkfifo((dir / "p").c_str(), 0600), 0);
    EXPECT_EQ(PartFile::open({.path = dir / "p"}).error().ending, Ending::Final);
}

TEST(PartFile, SecondNameOfAnotherFileIsRefused) {
    TempDir dir;
    must_open({.path = dir / "other"});
    ASSERT_EQ(::link((dir / "other").c_str(), (dir / "p").c_str()), 0);
    EXPECT_EQ(PartFile::open({.path = dir / "p"}).error().ending, Ending::Final);
}

TEST(PartFile, DuplicateOutlivesIt) {
    TempDir dir;
    UniqueFd duplicate = must_open({.path = dir / "p"}).duplicate();
    EXPECT_EQ(::fdatasync(duplicate.get()), 0);
}

class LargePartFile : public testing::TestWithParam<unsigned> {};

/// So much that the bytes are gathered into blocks.
TEST_P(LargePartFile, HasTheBytesThatCame) {
    std::mt19937 random{GetParam()};
    auto any = [&](std::size_t from, std::size_t to) {
        return std::uniform_int_distribution{from, to}(random);
    };
    TempDir dir;
    std::string sent(any(0, 5000), 's');
    write_file(dir / "p", sent);
    auto part = must_open({.path = dir / "p"});
    for (auto pieces = any(60, 110); pieces > 0; --pieces) {
        std::string piece(any(1, 150'000), static_cast<char>('a' + pieces % 26));
        ASSERT_TRUE(part.append(piece));
        sent += piece;
        ASSERT_EQ(part.size(), sent.size());
        ASSERT_EQ(std::filesystem::file_size(dir / "p"), part.written());
        if (any(0, 9) == 0) {
            ASSERT_TRUE(part.flush());
            ASSERT_EQ(part.written(), part.size());
        }
    }
    EXPECT_TRUE(sent.starts_with(read_file(dir / "p")))
        << "whenever the process ends, it has a beginning of what came";
    ASSERT_TRUE(part.flush());
    EXPECT_TRUE(read_file(dir / "p") == sent);
    ASSERT_TRUE(part.clear());
    ASSERT_TRUE(part.append("again"));
    ASSERT_TRUE(part.flush());
    EXPECT_EQ(read_file(dir / "p"), "again");
}

INSTANTIATE_TEST_SUITE_P(PartFile, LargePartFile, testing::Range(1U, 4U));

}  // namespace
}  // namespace haul::storage
