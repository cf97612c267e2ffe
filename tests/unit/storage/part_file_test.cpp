#include "storage/part_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <random>

#include "storage/part_writer.hpp"
#include "unit/temp_dir.hpp"

namespace haul::storage {
namespace {

using model::Coverage;
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

/// Writes behind the last byte that counts.
void append(PartFile& part, std::string_view bytes) {
    PartWriter writer{part, part.coverage().end()};
    ASSERT_TRUE(writer.append(bytes));
    ASSERT_TRUE(writer.flush());
}

Coverage islands(Bytes prefix, std::initializer_list<model::Span> spans) {
    Coverage coverage{prefix};
    for (auto span : spans) coverage.add(span);
    return coverage;
}

TEST(PartFile, IsMadeForItsOwnerAlone) {
    TempDir dir;
    auto part = must_open({.path = dir / "p"});
    EXPECT_EQ(part.coverage(), Coverage{});
    struct stat info {};
    ASSERT_EQ(::stat((dir / "p").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    EXPECT_EQ(info.st_ino, part.inode());
}

TEST(PartFile, GoesOnWhereItEnded) {
    TempDir dir;
    {
        auto part = must_open({.path = dir / "p"});
        append(part, "one");
    }
    auto part = must_open({.path = dir / "p"});
    EXPECT_EQ(part.coverage(), Coverage{3});
    append(part, "two");
    EXPECT_EQ(read_file(dir / "p"), "onetwo");
}

TEST(PartFile, IsCutToItsSyncedBytesWhereItsSizeIsNotTrusted) {
    TempDir dir;
    write_file(dir / "p", "synced, and then lost in a power cut");
    auto part = must_open({.path = dir / "p", .trust = PartTrust::Synced, .synced = Coverage{6}});
    EXPECT_EQ(part.coverage(), Coverage{6});
    append(part, "!");
    EXPECT_EQ(read_file(dir / "p"), "synced!");
}

TEST(PartFile, ShorterThanItsSyncedBytesIsAsLongAsItIs) {
    TempDir dir;
    write_file(dir / "p", "abc");
    EXPECT_EQ(must_open({.path = dir / "p", .trust = PartTrust::Synced, .synced = Coverage{6}}).coverage(),
              Coverage{3});
}

TEST(PartFile, KeepsItsSizeWhereThatIsTrusted) {
    TempDir dir;
    write_file(dir / "p", "abc");
    model::PartPlace place{
        .path = dir / "p", .trust = PartTrust::Size, .done = Coverage{2}, .synced = Coverage{1}};
    EXPECT_EQ(must_open(place).coverage(), Coverage{3});
}

TEST(PartFile, OfSeveralConnectionsHasWhatTheJournalKnowsOf) {
    TempDir dir;
    write_file(dir / "p", "0123456789");
    model::PartPlace place{.path = dir / "p",
                           .trust = PartTrust::Covered,
                           .done = islands(2, {{4, 6}, {7, 8}}),
                           .synced = Coverage{1}};
    EXPECT_EQ(must_open(place).coverage(), place.done);
    EXPECT_EQ(read_file(dir / "p"), "01234567") << "what the journal does not know of is cut off";
}

TEST(PartFile, OfSeveralConnectionsHasItsSyncedIslandsAfterAPowerCut) {
    TempDir dir;
    write_file(dir / "p", "0123456789");
    model::PartPlace place{.path = dir / "p",
                           .trust = PartTrust::Synced,
                           .done = islands(2, {{4, 9}}),
                           .synced = islands(1, {{4, 6}})};
    EXPECT_EQ(must_open(place).coverage(), place.synced);
    EXPECT_EQ(read_file(dir / "p"), "012345");
}

TEST(PartFile, ShorterThanItsIslandsHasNoneBehindItsEnd) {
    TempDir dir;
    write_file(dir / "p", "01234");
    model::PartPlace place{
        .path = dir / "p", .trust = PartTrust::Covered, .done = islands(2, {{4, 6}, {7, 8}})};
    EXPECT_EQ(must_open(place).coverage(), islands(2, {{4, 5}}));
    std::filesystem::remove(dir / "p");
    EXPECT_EQ(must_open(place).coverage(), Coverage{}) << "somebody removed it";
}

TEST(PartFile, CanGiveUpItsBytes) {
    TempDir dir;
    auto part = must_open({.path = dir / "p"});
    append(part, "one");
    ASSERT_TRUE(part.clear());
    EXPECT_EQ(part.coverage(), Coverage{});
    append(part, "2");
    EXPECT_EQ(read_file(dir / "p"), "2");
}

TEST(PartFile, ReservedRoomLeavesItsSizeAsItIs) {
    TempDir dir;
    auto part = must_open({.path = dir / "p"});
    ASSERT_TRUE(part.reserve(1 << 20));
    EXPECT_EQ(std::filesystem::file_size(dir / "p"), 0U);
    append(part, "one");
    EXPECT_EQ(must_open({.path = dir / "p"}).coverage(), Coverage{3});
}

TEST(PartFile, MoreThanTheDiskHasIsAFullDisk) {
    TempDir dir;
    auto part = must_open({.path = dir / "p"});
    EXPECT_TRUE(part.check_room(1));
    auto room = part.check_room(Bytes{1} << 60U);
    ASSERT_FALSE(room);
    EXPECT_EQ(room.error().ending, Ending::DiskFull);
    EXPECT_NE(room.error().text.find(dir / "p"), std::string::npos) << room.error().text;
}

TEST(PartFile, MoreThanADiskCanHaveIsNotReserved) {
    TempDir dir{TempDir::Where::Memory};
    auto part = must_open({.path = dir / "p"});
    EXPECT_TRUE(part.reserve(Bytes{1} << 60U)) << "where pages are memory nothing is set aside";
    EXPECT_EQ(std::filesystem::file_size(dir / "p"), 0U);
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
    EXPECT_EQ(to_trouble(EMFILE, "open", "/p").ending, Ending::Retry) << "nor is a lack of descriptors";
    EXPECT_EQ(to_trouble(EIO, "write", "/p").ending, Ending::DiskFailed);
    EXPECT_EQ(to_trouble(EACCES, "open", "/p").ending, Ending::Final);
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

}  // namespace
}  // namespace haul::storage
