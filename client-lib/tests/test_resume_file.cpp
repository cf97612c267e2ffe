#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "resume_file.hpp"

namespace haul::cli {

namespace {

/// A directory of the test's own.
class ResumeFiles : public testing::Test {
protected:
    ResumeFiles() {
        auto made = (std::filesystem::temp_directory_path() / "haul-XXXXXX").string();
        directory_ = ::mkdtemp(made.data());
    }
    ~ResumeFiles() override { std::filesystem::remove_all(directory_); }

    std::size_t count() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory_), {}));
    }
    std::string content() const {
        std::ifstream file(directory_ / "data");
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::filesystem::path directory_;
};

TEST_F(ResumeFiles, DataIsKeptForItsOwnerAlone) {
    auto file = ResumeFile::open(directory_ / "data");
    ASSERT_TRUE(file);
    EXPECT_FALSE(std::filesystem::exists(directory_ / "data"));
    ASSERT_TRUE(file->keep({'o', 'n', 'e'}));
    EXPECT_EQ(content(), "one");
    EXPECT_EQ(count(), 1U);
    struct stat state {};
    ASSERT_EQ(::stat((directory_ / "data").c_str(), &state), 0);
    EXPECT_EQ(state.st_mode & 07777, 0600U);
}

TEST_F(ResumeFiles, WhatWasThereStaysUntilThereIsMore) {
    std::ofstream(directory_ / "data") << "old";
    { EXPECT_TRUE(ResumeFile::open(directory_ / "data")); }
    EXPECT_EQ(content(), "old");
    EXPECT_EQ(count(), 1U);
    ASSERT_TRUE(ResumeFile::open(directory_ / "data")->keep({'n', 'e', 'w'}));
    EXPECT_EQ(content(), "new");
}

TEST_F(ResumeFiles, APlaceThatIsNotThereIsNamed) {
    const auto file = ResumeFile::open(directory_ / "none" / "data");
    ASSERT_FALSE(file);
    EXPECT_NE(file.error().message.find("none/data"), std::string::npos);
}

}  // namespace

}  // namespace haul::cli
