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
        auto checked = check_destination(path, if_exists);
        EXPECT_FALSE(checked) << path;
        if (checked) return {};
        EXPECT_NE(checked.error().message.find("destination"), std::string::npos) << checked.error().message;
        return checked.error().code;
    }

    TempDir dir_;
};

TEST_F(Destination, MayBeAnyFreeNameInADirectory) {
    EXPECT_TRUE(check_destination(dir_ / "file", IfExists::Fail));
    EXPECT_TRUE(check_destination(dir_ / std::string(NAME_MAX, 'n'), IfExists::Fail));
    EXPECT_TRUE(check_destination(dir_ / "with blank \xc3\xa9", IfExists::Fail));
}

TEST_F(Destination, NamesAreChecked) {
    for (const std::string& path :
         {std::string{"relative"}, std::string{"./file"}, std::string{"~/file"}, std::string{"/"}, dir_ / "",
          dir_ / ".", dir_ / "..", dir_ / std::string(NAME_MAX + 1, 'n'),
          "/" + std::string(PATH_MAX, 'd') + "/file", dir_ / std::string("a\0b", 3)})
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
    EXPECT_TRUE(check_destination(dir_ / "file", IfExists::Replace));
    EXPECT_TRUE(check_destination(dir_ / "file", IfExists::Rename));
    std::filesystem::create_symlink(dir_ / "nowhere", dir_ / "link");
    EXPECT_EQ(refusal(dir_ / "link"), ErrorCode::DestinationExists);
}

TEST_F(Destination, DirectoryIsNoFile) {
    std::filesystem::create_directory(dir_ / "sub");
    EXPECT_EQ(refusal(dir_ / "sub", IfExists::Replace), ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace haul::storage
