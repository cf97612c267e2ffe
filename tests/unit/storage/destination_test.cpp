#include "storage/destination.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <climits>

#include "unit/temp_dir.hpp"

namespace haul::storage {
namespace {

using model::IfExists;

class Destination : public testing::Test {
protected:
    ErrorCode refusal(const std::string& path, IfExists if_exists = IfExists::Fail) {
        auto checked = check_destination({.path = path, .if_exists = if_exists});
        EXPECT_FALSE(checked) << path;
        if (checked) return {};
        EXPECT_NE(checked.error().message.find("destination"), std::string::npos) << checked.error().message;
        return checked.error().code;
    }

    TempDir dir_;
};

TEST_F(Destination, MayBeAnyFreeNameInADirectory) {
    EXPECT_TRUE(check_destination({.path = dir_ / "file", .if_exists = IfExists::Fail}));
    EXPECT_TRUE(check_destination({.path = dir_ / std::string(NAME_MAX, 'n'), .if_exists = IfExists::Fail}));
    EXPECT_TRUE(check_destination({.path = dir_ / "with blank \xc3\xa9", .if_exists = IfExists::Fail}));
}

TEST_F(Destination, NamesAreChecked) {
    for (const std::string& path :
         {std::string{"relative"}, std::string{"./file"}, std::string{"~/file"},
          dir_ / std::string(NAME_MAX + 1, 'n'), "/" + std::string(PATH_MAX, 'd') + "/file",
          dir_ / std::string("a\0b", 3)})
        EXPECT_EQ(refusal(path), ErrorCode::InvalidArgument) << path;
}

TEST_F(Destination, DirectoryMustBeThere) {
    EXPECT_EQ(refusal(dir_ / "no/file"), ErrorCode::DestinationDenied);
    write_file(dir_ / "file", "");
    EXPECT_EQ(refusal(dir_ / "file/file"), ErrorCode::DestinationDenied);
}

TEST_F(Destination, DirectoryMustBeWritable) {
    std::filesystem::permissions(dir_.path(), std::filesystem::perms{0555});
    bool is_root = ::geteuid() == 0;
    if (is_root) {
        ASSERT_EQ(::seteuid(65534), 0);  // root may write anywhere
    }
    EXPECT_EQ(refusal(dir_ / "file"), ErrorCode::DestinationDenied);
    if (is_root) {
        ASSERT_EQ(::seteuid(0), 0);
    }
    std::filesystem::permissions(dir_.path(), std::filesystem::perms{0755});
}

TEST_F(Destination, ExistingFileIsThereUnlessToldOtherwise) {
    write_file(dir_ / "file", "mine");
    EXPECT_EQ(refusal(dir_ / "file"), ErrorCode::DestinationExists);
    EXPECT_TRUE(check_destination({.path = dir_ / "file", .if_exists = IfExists::Replace}));
    EXPECT_TRUE(check_destination({.path = dir_ / "file", .if_exists = IfExists::Rename}));
    std::filesystem::create_symlink(dir_ / "nowhere", dir_ / "link");
    EXPECT_EQ(refusal(dir_ / "link"), ErrorCode::DestinationExists);
}

TEST_F(Destination, DirectoryGetsASlashAndItsFilesOtherNamesWhereTheyAreTaken) {
    std::filesystem::create_directory(dir_ / "sub");
    for (const auto& path : {dir_ / "sub", dir_ / "sub/"}) {
        auto checked = check_destination({.path = path});
        ASSERT_TRUE(checked) << checked.error().message;
        EXPECT_EQ(checked->path, dir_ / "sub/");
        EXPECT_EQ(checked->if_exists, IfExists::Rename);
        EXPECT_EQ(check_destination({.path = path, .if_exists = IfExists::Replace})->if_exists,
                  IfExists::Replace);
    }
    EXPECT_EQ(refusal(dir_ / "none/"), ErrorCode::DestinationDenied);
}

TEST_F(Destination, FilenameIsTheNameInADirectory) {
    auto checked = check_destination({.path = dir_ / "", .filename = "file"});
    ASSERT_TRUE(checked) << checked.error().message;
    EXPECT_EQ(checked->path, dir_ / "file");
    EXPECT_EQ(checked->if_exists, IfExists::Fail);
    write_file(dir_ / "file", "mine");
    EXPECT_EQ(check_destination({.path = dir_.path(), .filename = "file"}).error().code,
              ErrorCode::DestinationExists);
    auto of_a_file = check_destination({.path = dir_ / "other", .filename = "file"});
    ASSERT_FALSE(of_a_file);
    EXPECT_EQ(of_a_file.error().code, ErrorCode::InvalidArgument);
    std::filesystem::create_directory(dir_ / "sub");
    EXPECT_EQ(check_destination({.path = dir_ / "", .filename = "sub"}).error().code,
              ErrorCode::InvalidArgument)
        << "a directory can't be the file";
}

TEST_F(Destination, FileMovesWithinItsFileSystem) {
    write_file(dir_ / "part", "bytes");
    EXPECT_TRUE(can_move(dir_ / "part", dir_.path()));
    EXPECT_FALSE(can_move(dir_ / "none", dir_.path()));
    EXPECT_FALSE(can_move(dir_ / "part", dir_ / "none/"));
    EXPECT_FALSE(can_move(dir_ / "part", "/proc/")) << "another file system";
    EXPECT_FALSE(can_move(dir_.path(), dir_.path())) << "no file";
}

}  // namespace
}  // namespace haul::storage
