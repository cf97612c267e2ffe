#include "conditions/free_space.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "unit/temp_dir.hpp"

namespace haul::conditions {
namespace {

constexpr Bytes kEverything = std::numeric_limits<Bytes>::max();

class FreeSpaceTest : public testing::Test {
protected:
    void on_room(const std::string& directory) {
        told_.push_back(directory);
        if (told_.size() == 2)
            loop_.stop(0);
        else
            space_.watch(dir_ / "gone as well/", 1);
    }

    TempDir dir_;
    loop::EventLoop loop_;
    int changes_ = 0;
    std::vector<std::string> told_;
    FreeSpace space_{loop_,
                     {.on_change = [this] { ++changes_; },
                      .on_room = [this](const std::string& directory, Bytes) { on_room(directory); }}};
};

TEST_F(FreeSpaceTest, DiskIsShortWhileSomebodyWantsWhatItHasNot) {
    EXPECT_FALSE(space_.is_short());
    space_.watch(dir_ / "", kEverything);
    space_.watch("/proc/", kEverything);
    EXPECT_TRUE(space_.is_short());
    EXPECT_EQ(changes_, 1);
    space_.forget(dir_ / "");
    EXPECT_TRUE(space_.is_short());
    space_.forget("/proc/");
    space_.forget("/proc/");
    EXPECT_FALSE(space_.is_short());
    EXPECT_EQ(changes_, 2);
}

TEST_F(FreeSpaceTest, DirectoryThatIsGoneHoldsNobodyBack) {
    space_.watch(dir_ / "", kEverything);
    space_.watch(dir_ / "gone/", kEverything);
    loop_.run();
    EXPECT_EQ(told_, (std::vector<std::string>{dir_ / "gone/", dir_ / "gone as well/"}));
    EXPECT_TRUE(space_.is_short());
}

}  // namespace
}  // namespace haul::conditions
