// Tasks whose disk is full, and what they hear of it.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

using model::fact::Ending;

constexpr Bytes kMiB = 1U << 20U;

class Space : public ControlTest {
protected:
    Space() { transfers_->entities[kUrl] = {.size = 3 * kMiB, .stalls_after = 1}; }
};

TEST_F(Space, RoomOnItsDiskLetsATaskGoOn) {
    auto id = must_start({{"destination", std::string{"/d/file"}}});
    transfers_->interrupt(id, Ending::DiskFull);
    settle();
    constexpr Bytes kWanted = 3 * kMiB - 1;
    EXPECT_EQ(space_.wanted, (std::map<std::string, Bytes>{{"/d/", kWanted}}));
    control_->on_room("/d/", kWanted - 1);
    control_->on_room("/elsewhere/", 2 * kWanted);
    settle();
    EXPECT_EQ(state(id), "waiting");
    control_->on_room("/d/", kWanted);
    settle();
    EXPECT_TRUE(transfers_->is_running(id));
    EXPECT_TRUE(space_.wanted.empty());
}

TEST_F(Space, RoomIsForThoseWhoFindEnoughOfIt) {
    const std::string other = "http://example.org/large";
    transfers_->entities[other] = {.size = 9 * kMiB, .stalls_after = 1};
    auto small = must_start({{"destination", std::string{"/d/small"}}});
    auto large = must_start({{"destination", std::string{"/d/large"}}}, other);
    for (auto id : {large, small}) {
        transfers_->interrupt(id, Ending::DiskFull);
        settle();
    }
    EXPECT_EQ(space_.wanted.at("/d/"), 3 * kMiB - 1);
    control_->on_room("/d/", 5 * kMiB);
    settle();
    EXPECT_EQ(state(small), "running");
    EXPECT_EQ(state(large), "waiting");
    EXPECT_EQ(space_.wanted.at("/d/"), 9 * kMiB - 1);
    crash();
    space_.wanted.clear();
    boot();
    EXPECT_EQ(space_.wanted.at("/d/"), 9 * kMiB - 1) << "after a crash, too";
    ASSERT_TRUE(control_->command(kMe, large, model::fact::Cancel{}));
    settle();
    EXPECT_TRUE(space_.wanted.empty());
}

}  // namespace
}  // namespace haul::control
