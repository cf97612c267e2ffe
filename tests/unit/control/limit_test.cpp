// Limits that are set while the daemon runs.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

const Caller kAdministrator{{0}, ":1.9"};

class LimitTest : public ControlTest {
protected:
    ErrorCode code_of(const Result<>& result) { return result ? ErrorCode{} : result.error().code; }
    std::uint64_t limit(const std::string& name) { return control_->limits().at(name); }
    void must_set(const std::string& name, std::uint64_t value) {
        auto set = control_->set_limit(kMe, name, value);
        ASSERT_TRUE(set) << set.error().message;
        settle();
    }
};

TEST_F(LimitTest, IsInForceAtOnceAndAfterARestart) {
    auto configured = limit("tasks-per-owner");
    must_set("tasks-per-owner", 1);
    must_create();
    auto refused = create(open_session());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::LimitExceeded);
    crash();
    settings_ = {};
    boot();
    EXPECT_EQ(limit("tasks-per-owner"), 1U);
    must_set("tasks-per-owner", LimitBook::kDefault);
    EXPECT_EQ(limit("tasks-per-owner"), configured);
}

TEST_F(LimitTest, OfAHostIsForConnectionsToo) {
    must_set("active-per-host", 3);
    EXPECT_EQ(transfers_->connections_per_host, 3U);
    crash();
    settings_ = {};
    boot();
    EXPECT_EQ(transfers_->connections_per_host, 3U);
}

TEST_F(LimitTest, RefusesWhatIsNoLimitAndWhoMayNot) {
    const std::pair<const char*, std::uint64_t> bad[]{{"", 1},
                                                      {"no-such", 1},
                                                      {"active-transfers", 0},
                                                      {"data-saver", 2},
                                                      {"max-rate@", 1},
                                                      {"max-rate@22:00-22:00", 1},
                                                      {"max-rate@noon", 1}};
    for (const auto& [name, value] : bad) {
        auto set = control_->set_limit(kMe, name, value);
        EXPECT_EQ(code_of(set), ErrorCode::InvalidArgument) << name;
        settle();
    }
    EXPECT_EQ(code_of(control_->set_limit(kStranger, "max-rate", 1)), ErrorCode::NotPermitted);
    EXPECT_TRUE(control_->set_limit(kAdministrator, "max-rate", 1));
    settle();
}

TEST_F(LimitTest, WindowsWithRatesAreBounded) {
    for (int minute = 0; minute < 32; ++minute)
        must_set("max-rate@00:" + std::string(minute < 10 ? "0" : "") + std::to_string(minute) + "-12:00", 1);
    EXPECT_EQ(code_of(control_->set_limit(kMe, "max-rate@13:00-14:00", 1)), ErrorCode::LimitExceeded);
    settle();
    must_set("max-rate@00:31-12:00", LimitBook::kDefault);
    must_set("max-rate@13:00-14:00", 1);
}

TEST_F(LimitTest, DataSaverConstrains) {
    transfers_->entities[kUrl] = {.size = 1000, .stalls_after = 1};
    must_set("data-saver", 1);
    EXPECT_TRUE(control_->conditions().data_saver);
    auto id = must_start({{"allow-constrained", false}});
    EXPECT_EQ(state(id), "waiting");
    crash();
    boot();
    settle();
    EXPECT_EQ(state(id), "waiting");
    must_set("data-saver", 0);
    EXPECT_EQ(state(id), "running");
    must_set("data-saver", 1);
    EXPECT_EQ(state(id), "waiting");
}

TEST_F(LimitTest, RateOfTheMachineFollowsItsWindows) {
    auto day = std::chrono::floor<std::chrono::days>(clock_.time);
    clock_.time = day + std::chrono::hours{12};
    must_set("max-rate", 5'000'000);
    EXPECT_EQ(transfers_->rates.machine, 5'000'000U);
    must_set("max-rate@22:00-06:00", 0);
    EXPECT_EQ(transfers_->rates.machine, 5'000'000U);
    pass(std::chrono::hours{10});
    EXPECT_EQ(transfers_->rates.machine, std::nullopt) << "at night there is no limit";
    pass(std::chrono::hours{8});
    EXPECT_EQ(transfers_->rates.machine, 5'000'000U);
    must_set("max-rate@06:00-22:00", 1'000);
    must_set("max-rate@05:00-12:00", 2'000);
    EXPECT_EQ(transfers_->rates.machine, 1'000U) << "the lowest of those that are open";
    crash();
    boot();
    EXPECT_EQ(transfers_->rates.machine, 1'000U);
    must_set("max-rate", LimitBook::kDefault);
    must_set("max-rate@06:00-22:00", LimitBook::kDefault);
    must_set("max-rate@05:00-12:00", LimitBook::kDefault);
    EXPECT_EQ(transfers_->rates.machine, std::nullopt);
}

TEST_F(LimitTest, ThatWasNotCommittedIsNotInForce) {
    break_commits(true);
    ASSERT_TRUE(control_->set_limit(kMe, "active-transfers", 1));
    control_->settle();
    EXPECT_NE(limit("active-transfers"), 1U);
    break_commits(false);
}

}  // namespace
}  // namespace haul::control
