// Tasks that wait for others to have finished.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

using Words = std::vector<std::string>;

class ChainTest : public ControlTest {
protected:
    ChainTest() {
        transfers_->entities[kUrl] = {.size = 1000};
        transfers_->entities[kSlow] = {.size = 1000, .stalls_after = 1};
    }

    TaskId must_follow(const std::vector<std::uint64_t>& after, Fields options = {}) {
        options.push_back({"after", after});
        return must_start(options);
    }
    void let_finish(TaskId id) {
        transfers_->entities[kSlow].stalls_after.reset();
        ASSERT_TRUE(control_->command(kMe, id, model::fact::Suspend{}));
        settle();
        ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
        settle();
    }
    Words blocked_by(TaskId id) {
        auto view = control_->view(id);
        return view ? model::to_words(view->task.blocked) : Words{};
    }

    const std::string kSlow = "http://example.org/slow";
};

TEST_F(ChainTest, StepRunsWhenTheOneBeforeHasFinished) {
    auto first = must_start({}, kSlow);
    auto second = must_follow({first.value});
    auto third = must_follow({second.value, first.value});
    EXPECT_EQ(state(second), "waiting");
    EXPECT_EQ(blocked_by(second), (Words{"queue"}));
    let_finish(first);
    EXPECT_EQ(state(first), "finished");
    EXPECT_EQ(state(second), "finished");
    EXPECT_EQ(state(third), "finished");
    EXPECT_TRUE(journal_->chains.untold()->empty());
}

TEST_F(ChainTest, EndsWhereAStepFails) {
    auto first = must_start({}, kSlow);
    auto second = must_follow({first.value});
    auto third = must_follow({second.value});
    ASSERT_TRUE(control_->command(kMe, first, model::fact::Cancel{}));
    settle();
    EXPECT_EQ(state(second), "cancelled");
    EXPECT_EQ(task(second).reason, model::Reason::Predecessor);
    EXPECT_EQ(state(third), "cancelled");
}

TEST_F(ChainTest, GoesOnAllTheSameWhereItsOptionSaysSo) {
    auto first = must_start({}, kSlow);
    auto second = must_follow({first.value}, {{"after-failure", std::string{"continue"}}});
    ASSERT_TRUE(control_->command(kMe, first, model::fact::Cancel{}));
    settle();
    EXPECT_EQ(state(second), "finished");
}

TEST_F(ChainTest, PredecessorMayHaveEndedLongBefore) {
    auto finished = must_start();
    ASSERT_EQ(state(finished), "finished");
    EXPECT_EQ(state(must_follow({finished.value})), "finished");
    auto cancelled = must_create();
    ASSERT_TRUE(control_->command(kMe, cancelled, model::fact::Cancel{}));
    settle();
    EXPECT_EQ(state(must_follow({cancelled.value})), "cancelled");
}

TEST_F(ChainTest, SurvivesACrashAtItsWorstMoment) {
    auto first = must_start({}, kSlow);
    auto second = must_follow({first.value});
    // The end of the first is committed, and was not told.
    auto row = task(first);
    row.state = model::TaskState::Finished;
    ASSERT_TRUE(journal_->tasks.update(row));
    crash();
    boot();
    settle();
    EXPECT_EQ(state(second), "finished");
}

TEST_F(ChainTest, RefusesWhatIsNotThereAndNotOnesOwn) {
    auto session = open_session();
    auto refused = create(session, {{"after", std::vector<std::uint64_t>{99}}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::NoSuchTask);
    settle();
    auto others = must_create({}, kUrl, kStranger);
    auto foreign = create(session, {{"after", std::vector<std::uint64_t>{others.value}}});
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().code, ErrorCode::NoSuchTask);
    settle();
}

TEST_F(ChainTest, OneBadPredecessorOfManyRequestsMakesNone) {
    auto session = open_session();
    auto before = control_->list_sessions(kMe).front()->tasks;
    auto refused = control_->create(
        kMe, session, {{.url = kUrl}, {.url = kUrl, .options = {{"after", std::vector<std::uint64_t>{99}}}}});
    ASSERT_FALSE(refused);
    settle();
    EXPECT_EQ(control_->list_sessions(kMe).front()->tasks, before);
    EXPECT_TRUE(journal_->tasks.list(session, std::nullopt, {}, 10)->empty());
}

TEST_F(ChainTest, EndThatWasNotToldIsNotForgotten) {
    auto first = must_start({}, kSlow);
    must_follow({first.value});
    auto row = task(first);
    row.state = model::TaskState::Finished;
    ASSERT_TRUE(journal_->tasks.update(row));
    ASSERT_TRUE(journal_->tasks.set_forget_after(first, clock_.time - std::chrono::hours{1}));
    auto removed = control_->remove(kMe, first);
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().code, ErrorCode::InvalidState);
    EXPECT_TRUE(journal_->tasks.forgettable(clock_.time, 10)->empty());
    settle();
}

TEST_F(ChainTest, RefusesCircles) {
    auto first = must_create();
    auto second = must_create({{"after", std::vector<std::uint64_t>{first.value}}});
    auto third = must_create({{"after", std::vector<std::uint64_t>{second.value}}});
    for (auto last : {first, second, third}) {
        auto circle = control_->set_option(kMe, first, "after", std::to_string(last.value));
        ASSERT_FALSE(circle) << last.value;
        EXPECT_EQ(circle.error().code, ErrorCode::InvalidArgument);
        EXPECT_NE(circle.error().message.find("circle"), std::string::npos) << circle.error().message;
        settle();
    }
}

TEST_F(ChainTest, ManyThatWaitForOneAreToldInSeveralTurns) {
    auto first = must_start({}, kSlow);
    std::vector<CreateRequest> requests(
        2500,
        {.url = kUrl, .options = {{"after", std::vector<std::uint64_t>{first.value}}, {"start", true}}});
    auto ids = control_->create(kMe, open_session(), requests);
    ASSERT_TRUE(ids) << ids.error().message;
    settle();
    ASSERT_TRUE(control_->command(kMe, first, model::fact::Cancel{}));
    control_->settle();
    EXPECT_NE(state(ids->back()), "cancelled") << "not all of them in one turn";
    pass(std::chrono::seconds{1});
    EXPECT_EQ(state(ids->back()), "cancelled");
}

}  // namespace
}  // namespace haul::control
