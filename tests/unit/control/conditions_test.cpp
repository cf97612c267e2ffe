// What the machine's conditions, windows and the machine's sleep do to tasks.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

const model::Conditions kHome{.connectivity = model::Connectivity::Full};
const model::Conditions kOffline{.connectivity = model::Connectivity::None};
const model::Conditions kMetered{.connectivity = model::Connectivity::Full, .metered = model::Answer::Yes};
const model::Conditions kAsleep{.connectivity = model::Connectivity::Full, .is_asleep = true};

class ConditionsTest : public ControlTest {
protected:
    ConditionsTest() { transfers_->entities[kUrl] = {.size = 1000, .stalls_after = 100}; }

    void come(const model::Conditions& conditions) {
        control_->on_conditions(conditions);
        settle();
        pass(2s);  // what a new network lets go on, it does within a second
    }
    Words blocked_by(TaskId id) {
        auto view = control_->view(id);
        EXPECT_TRUE(view);
        return view ? model::to_words(view->task.blocked) : Words{};
    }
    std::string why(TaskId id) {
        auto details = control_->task_details(kMe, id);
        const auto* why = details ? find(*details, "why") : nullptr;
        return why ? std::get<std::string>(*why) : "";
    }
};

TEST_F(ConditionsTest, TaskWaitsForANetworkThatItMayUse) {
    come(kMetered);
    auto id = must_start({{"allow-expensive", false}});
    EXPECT_EQ(state(id), "waiting");
    EXPECT_EQ(blocked_by(id), (Words{"expensive-network"}));
    EXPECT_NE(why(id).find("allow-expensive"), std::string::npos) << why(id);
    EXPECT_TRUE(transfers_->started.empty());
    come(kHome);
    EXPECT_EQ(state(id), "running");
    EXPECT_EQ(blocked_by(id), Words{});
    EXPECT_EQ(why(id), "");
}

TEST_F(ConditionsTest, RunningTaskIsPausedWithItsBytesAndGoesOn) {
    auto session = open_session();
    auto id = must_start();
    ASSERT_EQ(state(id), "running");
    come(kOffline);
    EXPECT_EQ(state(id), "waiting");
    EXPECT_EQ(blocked_by(id), (Words{"network"}));
    EXPECT_EQ(task(id).done.bytes(), 100U);
    EXPECT_EQ(events(session), (Words{"waiting"}));
    EXPECT_EQ(transfers_->started.size(), 1U);
    transfers_->entities[kUrl].stalls_after.reset();
    come(kHome);
    EXPECT_EQ(state(id), "finished");
    EXPECT_EQ(transfers_->started.at(1).part.done.bytes(), 100U);
}

TEST_F(ConditionsTest, AttemptsBeginALittleAfterTheNetworkHasCome) {
    come(kOffline);
    auto id = must_start();
    control_->on_conditions(kHome);
    settle();
    EXPECT_EQ(state(id), "waiting") << "a house of machines would ask all at once";
    ASSERT_TRUE(clock_.alarm);
    EXPECT_LE(*clock_.alarm, clock_.time + 1s);
    pass(1s);
    EXPECT_EQ(state(id), "running");
}

TEST_F(ConditionsTest, NoTimerRunsForTasksThatWaitForTheMachine) {
    come(kOffline);
    std::vector<TaskId> tasks;
    for (int i = 0; i < 100; ++i) tasks.push_back(must_start());
    EXPECT_EQ(clock_.alarm, task(tasks.front()).deadline) << "but for the first deadline";
}

TEST_F(ConditionsTest, SessionNarrowsAndTaskCannotWiden) {
    come(kMetered);
    auto session = open_session("narrow", kMe, {{"allow-expensive", false}});
    auto ids = create(session, {{"allow-expensive", true}, {"start", true}});
    settle();
    EXPECT_EQ(blocked_by(ids->front()), (Words{"expensive-network"}));
    auto suspended = create(session);
    settle();
    ASSERT_TRUE(control_->set_option(kMe, suspended->front(), "allow-expensive", "true"));
    ASSERT_TRUE(control_->command(kMe, suspended->front(), model::fact::Resume{}));
    settle();
    EXPECT_EQ(blocked_by(suspended->front()), (Words{"expensive-network"}));
}

TEST_F(ConditionsTest, MachineSleepsWhenAllAttemptsHaveEnded) {
    auto id = must_start();
    control_->on_conditions(kAsleep);
    control_->settle();
    EXPECT_EQ(sleep_.allowed, 0) << "the attempt has still to say how many bytes it has";
    settle();
    EXPECT_EQ(sleep_.allowed, 1);
    EXPECT_EQ(state(id), "waiting");
    EXPECT_EQ(task(id).done.bytes(), 100U);
    settle();
    EXPECT_EQ(sleep_.allowed, 1) << "once";
    come(kHome);
    EXPECT_EQ(state(id), "running") << "over connections that are new";
    EXPECT_EQ(transfers_->started.size(), 2U);
}

TEST_F(ConditionsTest, MachineWithoutAttemptsSleepsAtOnce) {
    control_->on_conditions(kAsleep);
    control_->settle();
    EXPECT_EQ(sleep_.allowed, 1);
}

TEST_F(ConditionsTest, MachineStaysAwakeWhileBytesFlowThatWantIt) {
    auto plain = must_start();
    EXPECT_FALSE(sleep_.is_kept_awake);
    auto id = must_start({{"keep-awake", true}});
    EXPECT_FALSE(sleep_.is_kept_awake) << "no byte has come";
    transfers_->receive(id, 10);
    settle();
    EXPECT_TRUE(sleep_.is_kept_awake);
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Suspend{}));
    settle();
    EXPECT_FALSE(sleep_.is_kept_awake);
    EXPECT_EQ(state(plain), "running");
}

TEST_F(ConditionsTest, WindowOpensAndCloses) {
    auto day = std::chrono::floor<std::chrono::days>(clock_.time);
    clock_.time = day + 12h;
    auto id = must_start({{"window", std::string{"22:00-06:00"}}});  // the tests' zone is UTC
    EXPECT_EQ(blocked_by(id), (Words{"schedule"}));
    EXPECT_EQ(clock_.alarm, std::optional{WallTime{day + 22h}});
    pass(10h);
    EXPECT_EQ(state(id), "running");
    pass(8h);
    EXPECT_EQ(state(id), "waiting");
    EXPECT_EQ(blocked_by(id), (Words{"schedule"}));
    EXPECT_EQ(task(id).done.bytes(), 100U);
    pass(16h);
    EXPECT_EQ(state(id), "running");
}

TEST_F(ConditionsTest, AttachedClientHearsOfConditions) {
    auto session = open_session();
    come(kOffline);
    must_start();
    ASSERT_TRUE(control_->attach(kMe, session));
    settle();
    auto before = clients_.told.size();
    come(kHome);
    EXPECT_GT(clients_.told.size(), before);
}

}  // namespace
}  // namespace haul::control
