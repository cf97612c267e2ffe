#include "storage/publication.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "unit/temp_dir.hpp"

namespace haul::storage {
namespace {

using model::IfExists;
using model::PartTrust;
using model::PublishRequest;
using model::fact::Ending;

std::uint64_t inode_of(const std::string& path) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

class Publishing : public testing::Test {
protected:
    /// A part file with this content, on its way to this name.
    PublishRequest request(const std::string& name, const std::string& content = "content") {
        auto part = dir_ / (".haul.part" + std::to_string(++parts_));
        write_file(part, content);
        return {.task = {1},
                .attempt = {1},
                .part = {.path = part},
                .destination = dir_ / name,
                .inode = inode_of(part),
                .size = content.size()};
    }
    Publication publish_one(const PublishRequest& request) { return publish({&request, 1}, 0644).front(); }
    bool exists(const std::string& name) { return inode_of(dir_ / name) != 0; }
    std::string content(const std::string& name) { return read_file(dir_ / name); }

    TempDir dir_;
    int parts_ = 0;
};

TEST_F(Publishing, GivesTheFileItsName) {
    auto asked = request("file");
    auto published = publish_one(asked);
    ASSERT_TRUE(published) << published.error().text;
    EXPECT_EQ(*published, dir_ / "file");
    EXPECT_EQ(content("file"), "content");
    EXPECT_EQ(inode_of(dir_ / "file"), asked.inode);
    EXPECT_EQ(inode_of(asked.part.path), 0U);
}

TEST_F(Publishing, SetsTheMode) {
    struct stat info {};
    ASSERT_TRUE(publish_one(request("plain")));
    ASSERT_EQ(::stat((dir_ / "plain").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0644U);
    auto asked = request("private");
    asked.mode = 0600;
    ASSERT_TRUE(publish_one(asked));
    ASSERT_EQ(::stat((dir_ / "private").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0600U);
}

TEST_F(Publishing, GroupsAreAsGoodAsOneByOne) {
    std::vector<PublishRequest> group;
    for (int i = 0; i < 10; ++i)
        group.push_back(request("file" + std::to_string(i), std::string(static_cast<std::size_t>(i), 'x')));
    group[3].part.path += ".gone";
    write_file(dir_ / "file7", "mine");
    auto published = publish(group, 0644);
    ASSERT_EQ(published.size(), group.size());
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (i == 3 || i == 7) {
            EXPECT_FALSE(published[i]) << i;
        } else {
            ASSERT_TRUE(published[i]) << published[i].error().text;
            EXPECT_EQ(read_file(*published[i]).size(), i);
        }
    }
    EXPECT_EQ(content("file7"), "mine");
}

TEST_F(Publishing, ExistingFileIsNotTouched) {
    write_file(dir_ / "file", "mine");
    auto asked = request("file");
    auto published = publish_one(asked);
    ASSERT_FALSE(published);
    EXPECT_EQ(published.error().ending, Ending::Final);
    EXPECT_NE(published.error().text.find(dir_ / "file"), std::string::npos) << published.error().text;
    EXPECT_EQ(content("file"), "mine");
    EXPECT_NE(inode_of(asked.part.path), 0U) << "the part file is the caller's to remove";
}

TEST_F(Publishing, DanglingLinkIsAnExistingFile) {
    std::filesystem::create_symlink(dir_ / "nowhere", dir_ / "file");
    EXPECT_FALSE(publish_one(request("file")));
    EXPECT_FALSE(exists("nowhere"));
}

TEST_F(Publishing, ReplacesWhereItMay) {
    write_file(dir_ / "file", "old");
    auto asked = request("file");
    asked.if_exists = IfExists::Replace;
    ASSERT_TRUE(publish_one(asked));
    EXPECT_EQ(content("file"), "content");
}

TEST_F(Publishing, DirectoryIsNeverReplaced) {
    std::filesystem::create_directory(dir_ / "file");
    auto asked = request("file");
    asked.if_exists = IfExists::Replace;
    auto published = publish_one(asked);
    ASSERT_FALSE(published);
    EXPECT_EQ(published.error().ending, Ending::Final);
}

TEST_F(Publishing, FindsAFreeName) {
    for (const auto& [name, second, third] :
         {std::tuple{"file.tar.gz", "file.tar (1).gz", "file.tar (2).gz"},
          std::tuple{"file", "file (1)", "file (2)"}, std::tuple{".hidden", ".hidden (1)", ".hidden (2)"}}) {
        write_file(dir_ / name, "mine");
        for (const char* expected : {second, third}) {
            auto asked = request(name);
            asked.if_exists = IfExists::Rename;
            auto published = publish_one(asked);
            ASSERT_TRUE(published) << published.error().text;
            EXPECT_EQ(*published, dir_ / expected);
        }
        EXPECT_EQ(content(name), "mine");
    }
}

TEST_F(Publishing, SecondTimeAfterARenameIsDone) {
    // A crash came after the rename and before the journal's commit.
    auto asked = request("file");
    ASSERT_TRUE(publish_one(asked));
    for (auto trust : {PartTrust::Size, PartTrust::Synced}) {
        asked.part.trust = trust;
        auto again = publish_one(asked);
        ASSERT_TRUE(again) << again.error().text;
        EXPECT_EQ(*again, dir_ / "file");
    }
    EXPECT_EQ(content("file"), "content");
}

TEST_F(Publishing, SecondTimeFindsTheFreeNameAgain) {
    write_file(dir_ / "file", "mine");
    write_file(dir_ / "file (1)", "mine too");
    auto asked = request("file");
    asked.if_exists = IfExists::Rename;
    ASSERT_EQ(*publish_one(asked), dir_ / "file (2)");
    auto again = publish_one(asked);
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_EQ(*again, dir_ / "file (2)");
    EXPECT_FALSE(exists("file (3)"));
}

TEST_F(Publishing, VanishedPartIsNotTakenForDone) {
    for (const char* name : {"free", "taken"}) {
        auto asked = request(name);
        if (std::string_view{name} == "taken")
            write_file(dir_ / name, "content");  // as long, but another file
        std::filesystem::remove(asked.part.path);
        auto published = publish_one(asked);
        ASSERT_FALSE(published);
        EXPECT_EQ(published.error().ending, Ending::DiskFailed);
        EXPECT_NE(published.error().text.find(asked.part.path), std::string::npos) << published.error().text;
    }
}

TEST_F(Publishing, PartThatIsNotTheOneThatArrivedIsRefused) {
    auto asked = request("file");
    auto another_inode = asked;
    ++another_inode.inode;
    auto another_size = asked;
    ++another_size.size;
    for (const auto& wrong : {another_inode, another_size}) {
        auto published = publish_one(wrong);
        ASSERT_FALSE(published);
        EXPECT_EQ(published.error().ending, Ending::DiskFailed);
        EXPECT_FALSE(exists("file"));
    }
}

TEST_F(Publishing, AfterAPowerCutOnlySyncedBytesCount) {
    auto asked = request("file");
    asked.part.trust = PartTrust::Synced;
    asked.part.synced = model::Coverage{asked.size - 1};
    auto published = publish_one(asked);
    ASSERT_FALSE(published);
    EXPECT_EQ(published.error().ending, Ending::DiskFailed);
    EXPECT_FALSE(exists("file"));
    asked.part.synced = model::Coverage{asked.size};
    EXPECT_TRUE(publish_one(asked));
}

TEST_F(Publishing, FollowsNoLinkAtThePartsPlace) {
    write_file(dir_ / "victim", "content");
    auto asked = request("file");
    std::filesystem::remove(asked.part.path);
    std::filesystem::create_symlink(dir_ / "victim", asked.part.path);
    asked.inode = inode_of(dir_ / "victim");
    EXPECT_FALSE(publish_one(asked));
    EXPECT_FALSE(exists("file"));
}

TEST_F(Publishing, VanishedDirectoryIsFinal) {
    auto published = publish_one(request("no/file"));
    ASSERT_FALSE(published);
    EXPECT_EQ(published.error().ending, Ending::Final);
}

TEST(Publication, OfNothingIsNothing) {
    EXPECT_TRUE(publish({}, 0644).empty());
}

}  // namespace
}  // namespace haul::storage
