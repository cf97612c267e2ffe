// Calls of Wait: replies that come when the task has ended, or the time is over.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

using namespace std::chrono_literals;

class Waiting : public ControlTest {
protected:
    Waiting() { transfers_->entities[kUrl] = {.size = 1000, .stalls_after = 1}; }

    /// What the reply will say; "" while there is none.
    std::shared_ptr<std::string> wait(TaskId id, Duration timeout = 0s, const Caller& caller = kMe) {
        auto said = std::make_shared<std::string>();
        auto waiting = control_->wait(caller, id, timeout, [said](const model::Task& task) {
            *said += std::string{model::to_word(task.state)} + "/" +
                     std::string{model::to_word(task.reason)} + ";";
        });
        EXPECT_TRUE(waiting) << waiting.error().message;
        return said;
    }
};

TEST_F(Waiting, EndsWhenTheTaskDoes) {
    auto id = must_start();
    auto first = wait(id);
    auto second = wait(id, 1h);
    settle();
    EXPECT_EQ(*first, "");
    transfers_->finish(id);
    settle();
    EXPECT_EQ(*first, "finished/;");
    EXPECT_EQ(*second, "finished/;");
    EXPECT_TRUE(clients_.watched.empty());
    pass(2h);
    EXPECT_EQ(*second, "finished/;") << "one reply";
}

TEST_F(Waiting, TellsWhyTheTaskEnded) {
    auto id = must_start();
    auto said = wait(id);
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Cancel{}));
    settle();
    EXPECT_EQ(*said, "cancelled/client;");
}

TEST_F(Waiting, ForAnEndedTaskIsShort) {
    auto id = must_create();
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Cancel{}));
    settle();
    auto said = wait(id);
    settle();
    EXPECT_EQ(*said, "cancelled/client;");
    EXPECT_TRUE(clients_.watched.empty());
}

TEST_F(Waiting, EndsWithItsTime) {
    auto id = must_start();
    auto brief = wait(id, 5s);
    auto longer = wait(id, 10s);
    settle();
    EXPECT_EQ(clock_.alarm, clock_.time + 5s);
    pass(5s);
    EXPECT_EQ(*brief, "running/;");
    EXPECT_EQ(*longer, "");
    EXPECT_EQ(clients_.watched.at(":1.1"), 1);
    pass(5s);
    EXPECT_EQ(*longer, "running/;");
    EXPECT_TRUE(clients_.watched.empty());
}

TEST_F(Waiting, IsForgottenWithItsClient) {
    auto id = must_start();
    auto mine = wait(id, 5s);
    auto others = wait(id, 5s, {kMe.owner, ":1.7"});
    control_->on_client_gone(":1.1");
    transfers_->finish(id);
    settle();
    EXPECT_EQ(*mine, "");
    EXPECT_EQ(*others, "finished/;");
}

TEST_F(Waiting, IsALimitOfItsOwner) {
    settings_.limits.waits_per_owner = 2;
    crash();
    boot();
    auto id = must_start();
    auto first = wait(id);
    wait(id);
    auto refused = control_->wait(kMe, id, 0s, [](const model::Task&) { ADD_FAILURE(); });
    EXPECT_EQ(code_of(refused), ErrorCode::LimitExceeded);
    auto strangers = create(open_session("s", kStranger), {}, kUrl, kStranger);
    settle();
    wait(strangers->front(), 0s, kStranger);
    transfers_->finish(id);
    settle();
    wait(must_start());  // there is room again
}

TEST_F(Waiting, ForAnEndedTaskIsAnsweredWhateverBecomesOfTheTurn) {
    auto id = must_create();
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Cancel{}));
    settle();
    break_commits(true);
    ASSERT_TRUE(create(open_session()));
    auto said = wait(id);
    settle();
    EXPECT_EQ(*said, "cancelled/client;");
}

TEST_F(Waiting, ForAnEndThatIsRolledBackGoesOn) {
    auto id = must_start();
    break_commits(true);
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Cancel{}));
    auto said = wait(id);
    settle();
    EXPECT_EQ(*said, "") << "it is not cancelled";
    EXPECT_EQ(state(id), "running");
    break_commits(false);
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Cancel{}));
    settle();
    pass(1s);
    EXPECT_EQ(*said, "cancelled/client;");
}

}  // namespace
}  // namespace haul::control
