// Somebody sets the wall clock: nothing comes early, and nothing is lost.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

using namespace std::chrono_literals;
using model::fact::Ending;

class ClockSet : public ControlTest, public testing::WithParamInterface<Duration> {
protected:
    ClockSet() { transfers_->entities[kUrl] = {.size = 1000, .stalls_after = 1}; }

    void set_clock(Duration by) {
        clock_.time += by;
        clock_.set_by += by;
    }
    /// As the daemon hears of it: an alarm may be the first to ring.
    void hear_of_it() {
        control_->on_alarm();
        settle();
        control_->on_clock_set();
        settle();
    }
};

TEST_P(ClockSet, MovesDeadlines) {
    auto id = must_start({{"resource-timeout", std::uint64_t{3'600'000'000}}});
    set_clock(GetParam());
    hear_of_it();
    EXPECT_EQ(state(id), "running");
    pass(59min);
    EXPECT_EQ(state(id), "running");
    pass(1min);
    EXPECT_EQ(state(id), "failed");
    EXPECT_EQ(task(id).reason, model::Reason::Deadline);
}

TEST_P(ClockSet, MovesDelays) {
    auto id = must_start({{"retry-delay", std::uint64_t{60'000'000}}});
    transfers_->interrupt(id, Ending::Retry);
    settle();
    ASSERT_EQ(state(id), "waiting");
    auto left = *task(id).next_attempt - clock_.time;
    set_clock(GetParam());
    hear_of_it();
    EXPECT_EQ(*task(id).next_attempt - clock_.time, left);
    EXPECT_EQ(state(id), "waiting");
    pass(left);
    EXPECT_EQ(state(id), "running");
}

TEST_P(ClockSet, MovesThemAlsoWhileTheDaemonIsNotThere) {
    auto id = must_start({{"retry-delay", std::uint64_t{60'000'000}}});
    transfers_->interrupt(id, Ending::Retry);
    settle();
    auto left = *task(id).next_attempt - clock_.time;
    crash();
    set_clock(GetParam());
    boot();
    settle();
    EXPECT_EQ(*task(id).next_attempt - clock_.time, left);
}

TEST_P(ClockSet, LeavesTimesThatTheClientGave) {
    auto time = clock_.time + 1h;
    auto id = must_start({{"not-before", static_cast<std::uint64_t>(to_usec(time))}});
    set_clock(GetParam());
    hear_of_it();
    EXPECT_EQ(state(id), GetParam() >= 1h ? "running" : "waiting");
    if (GetParam() < 1h) {
        EXPECT_EQ(task(id).next_attempt, time);
    }
}

TEST_P(ClockSet, MovesWaits) {
    auto id = must_start();
    bool has_replied = false;
    ASSERT_TRUE(control_->wait(kMe, id, 10s, [&](const model::Task&) { has_replied = true; }));
    settle();
    set_clock(GetParam());
    hear_of_it();
    EXPECT_FALSE(has_replied);
    pass(10s);
    EXPECT_TRUE(has_replied);
}

TEST_P(ClockSet, DoesNotPutOffWhatANewNetworkLetsGo) {
    control_->on_conditions({.connectivity = model::Connectivity::None});
    settle();
    auto id = must_start();
    control_->on_conditions({.connectivity = model::Connectivity::Full});
    settle();
    ASSERT_EQ(state(id), "waiting");
    set_clock(GetParam());
    hear_of_it();
    EXPECT_EQ(state(id), "running");
}

INSTANTIATE_TEST_SUITE_P(Steps, ClockSet,
                         testing::Values(Duration{24h * 365}, Duration{2s}, Duration{-2s},
                                         Duration{-24h * 365}),
                         [](const auto& step) {
                             return (step.param < Duration{} ? "Back" : "Forth") +
                                    std::to_string(std::abs(step.param.count()) / 1'000'000);
                         });

TEST_F(ControlTest, ClockThatLostItsTimeDoesNotPutAttemptsOffForYears) {
    transfers_->entities[kUrl] = {.size = 1000, .stalls_after = 1};
    auto id = must_start({{"retry-delay", std::uint64_t{60'000'000}}});
    transfers_->interrupt(id, Ending::Retry);
    settle();
    crash();
    auto right = clock_.time;
    clock_.time = to_wall_time(1'600'000'000'000'000);  // the machine has no clock that goes on without power
    boot("another boot");
    settle();
    EXPECT_EQ(state(id), "running");
    auto deadline = *task(id).deadline;
    auto step = right - clock_.time;
    clock_.time = right;
    clock_.set_by += step;
    control_->on_clock_set();
    settle();
    EXPECT_EQ(task(id).deadline, deadline) << "it was made under the right clock";
    EXPECT_EQ(state(id), "running");
}

}  // namespace
}  // namespace haul::control
