#include "storage/source.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "unit/temp_dir.hpp"

namespace haul::storage {
namespace {

UniqueFd open_for(int flags, const std::string& path) {
    return UniqueFd{::open(path.c_str(), flags | O_CLOEXEC)};
}

void expect_refusal(const Result<model::SourceFile>& found, ErrorCode code, const std::string& word) {
    ASSERT_FALSE(found) << word;
    EXPECT_EQ(found.error().code, code) << found.error().message;
    EXPECT_NE(found.error().message.find(word), std::string::npos) << found.error().message;
}

class SourceTest : public testing::Test {
protected:
    std::string file(const std::string& name = "file", const std::string& content = "content") {
        write_file(dir_ / name, content);
        return dir_ / name;
    }

    TempDir dir_;
};

TEST_F(SourceTest, RegularFileIsToldWithItsIdentity) {
    auto path = file();
    auto found = look_at_source(path);
    ASSERT_TRUE(found) << found.error().message;
    struct stat info {};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(found->path, path);
    EXPECT_EQ(found->identity, identity_of(info));
    EXPECT_EQ(found->identity.size, 7U);
    EXPECT_EQ(found->identity.inode, info.st_ino);
    EXPECT_NE(found->identity.modified_ns, 0);
    EXPECT_FALSE(found->is_spooled);
}

TEST_F(SourceTest, EmptyFileIsOneToo) {
    auto found = look_at_source(file("empty", ""));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->identity.size, 0U);
}

TEST_F(SourceTest, LinkLeadsToItsFileAndKeepsItsName) {
    auto path = file();
    ASSERT_EQ(::symlink(path.c_str(), (dir_ / "link").c_str()), 0);
    auto found = look_at_source(dir_ / "link");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->path, dir_ / "link");
    EXPECT_EQ(found->identity, look_at_source(path)->identity);
}

TEST_F(SourceTest, PathHasToBeAbsoluteAndWhole) {
    expect_refusal(look_at_source("file"), ErrorCode::InvalidArgument, "absolute");
    expect_refusal(look_at_source(""), ErrorCode::InvalidArgument, "absolute");
    expect_refusal(look_at_source("/" + std::string(4095, 'x')), ErrorCode::InvalidArgument, "too long");
    expect_refusal(look_at_source(std::string("/a\0b", 4)), ErrorCode::InvalidArgument, "NUL");
}

TEST_F(SourceTest, WhatIsNoRegularFileIsRefusedByItsName) {
    ASSERT_EQ(::mkfifo((dir_ / "pipe").c_str(), 0600), 0);
    UniqueFd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_un address{.sun_family = AF_UNIX};
    auto name = dir_ / "socket";
    ASSERT_LT(name.size(), sizeof address.sun_path);
    name.copy(address.sun_path, name.size());
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    expect_refusal(look_at_source(dir_ / "pipe"), ErrorCode::SourceUnreadable, "is a pipe");
    expect_refusal(look_at_source(dir_ / "socket"), ErrorCode::SourceUnreadable, "is a socket");
    expect_refusal(look_at_source(dir_.path()), ErrorCode::SourceUnreadable, "is a directory");
    expect_refusal(look_at_source("/dev/zero"), ErrorCode::SourceUnreadable, "is a device");
    expect_refusal(look_at_source("/proc/self/status"), ErrorCode::SourceUnreadable, "tells no size");
}

TEST_F(SourceTest, MissingFileIsRefusedWithWhatToDo) {
    expect_refusal(look_at_source(dir_ / "none"), ErrorCode::SourceUnreadable, "make it first");
    expect_refusal(look_at_source(file() + "/none"), ErrorCode::SourceUnreadable, "make it first");
}

TEST_F(SourceTest, FileOfOthersIsRefused) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
    auto path = file();
    ASSERT_EQ(::chmod(path.c_str(), 0), 0);
    expect_refusal(look_at_source(path), ErrorCode::SourceUnreadable, "let the daemon's user read it");
}

TEST_F(SourceTest, DescriptorOfAFileHasItsPath) {
    auto path = file();
    auto found = look_at_source(open_for(O_RDONLY, path).get());
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->path, path);
    EXPECT_EQ(found->identity, look_at_source(path)->identity);
    EXPECT_TRUE(look_at_source(open_for(O_RDWR, path).get()));
}

TEST_F(SourceTest, DescriptorWithoutAPathIsToldWithoutOne) {
    auto path = file();
    auto deleted = open_for(O_RDONLY, path);
    ::unlink(path.c_str());
    auto found = look_at_source(deleted.get());
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->path, "");
    EXPECT_EQ(found->identity.size, 7U);

    file();  // another one in its place
    EXPECT_EQ(look_at_source(deleted.get())->path, "");

    UniqueFd memory{::memfd_create("x", MFD_CLOEXEC)};
    ASSERT_EQ(::write(memory.get(), "abc", 3), 3);
    found = look_at_source(memory.get());
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->path, "");
    EXPECT_EQ(found->identity.size, 3U);
}

TEST_F(SourceTest, DescriptorThatGivesNoFileIsRefused) {
    auto path = file();
    expect_refusal(look_at_source(open_for(O_WRONLY, path).get()), ErrorCode::SourceUnreadable,
                   "writing only");
    expect_refusal(look_at_source(open_for(O_PATH, path).get()), ErrorCode::SourceUnreadable,
                   "for its path only");
    expect_refusal(look_at_source(open_for(O_RDONLY | O_DIRECTORY, dir_.path()).get()),
                   ErrorCode::SourceUnreadable, "is a directory");
    expect_refusal(look_at_source(open_for(O_RDONLY, "/dev/null").get()), ErrorCode::SourceUnreadable,
                   "is a device");
    expect_refusal(look_at_source(-1), ErrorCode::SourceUnreadable, "can't be read");
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    UniqueFd reading{ends[0]};
    UniqueFd writing{ends[1]};
    expect_refusal(look_at_source(reading.get()), ErrorCode::SourceUnreadable, "is a pipe");
}

TEST(SameFile, ComparesEverythingThatIsKnown) {
    const model::FileIdentity wanted{.device = 1, .inode = 2, .size = 3, .modified_ns = 4, .changed_ns = 5};
    EXPECT_TRUE(same_file(wanted, wanted));
    for (auto member :
         {&model::FileIdentity::device, &model::FileIdentity::inode, &model::FileIdentity::size}) {
        auto other = wanted;
        other.*member = 9;
        EXPECT_FALSE(same_file(wanted, other));
        EXPECT_NE(what_changed(wanted, other), "");
    }
    for (auto member : {&model::FileIdentity::modified_ns, &model::FileIdentity::changed_ns}) {
        auto other = wanted;
        other.*member = 9;
        EXPECT_FALSE(same_file(wanted, other));
    }
}

TEST(SameFile, DevicesHaveOtherNumbersAfterARestart) {
    const model::FileIdentity wanted{.inode = 2, .size = 3};
    auto found = wanted;
    found.device = 7;
    EXPECT_TRUE(same_file(wanted, found));
    EXPECT_FALSE(same_file(found, wanted));
}

}  // namespace
}  // namespace haul::storage
