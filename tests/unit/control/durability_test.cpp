// Durable before visible: nothing is answered, told or begun before the commit, and nothing at all where it
// fails.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

class Durability : public ControlTest {
protected:
    Durability() { transfers_->entities[kUrl] = {.size = 1000}; }

    /// Whether everything is as if the turn had never been.
    void expect_nothing_visible() {
        EXPECT_TRUE(transfers_->started.empty());
        EXPECT_TRUE(files_->publications.empty());
        EXPECT_TRUE(clients_.told.empty());
    }
    const Fields start_{{"start", true}};
};

TEST_F(Durability, NothingIsDoneBeforeTheTurnIsSettled) {
    auto session = open_session();
    ASSERT_TRUE(control_->attach(kMe, session));
    settle();
    clients_.told.clear();
    ASSERT_TRUE(create(session, start_));
    auto told = outcome();
    EXPECT_EQ(*told, "");
    expect_nothing_visible();
    control_->settle();
    EXPECT_EQ(*told, "ok");
    EXPECT_EQ(transfers_->started.size(), 1U);
    ASSERT_EQ(clients_.told.size(), 1U);
    EXPECT_NE(clients_.told[0].find("running"), std::string::npos) << clients_.told[0];
}

TEST_F(Durability, ManyCallsShareOneCommit) {
    auto session = open_session();
    int count = 0;
    sqlite3_commit_hook(
        journal_->database.handle(), [](void* counter) { return ++*static_cast<int*>(counter), 0; }, &count);
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(create(session));
    control_->settle();
    EXPECT_EQ(count, 1);
}

TEST_F(Durability, FailedCommitOfACreationIsAnErrorAndNothingElse) {
    auto session = open_session();
    break_commits(true);
    auto ids = create(session, start_);
    auto told = outcome();
    control_->settle();
    ASSERT_NE(*told, "");
    EXPECT_NE(*told, "ok");
    expect_nothing_visible();
    EXPECT_EQ(journal_->tasks.list(session, {}, {0}, 10)->size(), 0U);
    EXPECT_EQ(*find(*control_->session_details(kMe, session), "tasks"), Value{std::uint64_t{0}});

    break_commits(false);
    pass(1s);
    EXPECT_TRUE(transfers_->started.empty()) << "a task that was never created does not start either";
    auto again = must_start();
    EXPECT_EQ(state(again), "finished");
}

TEST_F(Durability, FailedCommitOfASessionLeavesNone) {
    break_commits(true);
    auto session = control_->open_session(kMe, "new", {});
    auto told = outcome();
    control_->settle();
    EXPECT_NE(*told, "ok");
    EXPECT_TRUE(control_->list_sessions(kMe).empty());
    break_commits(false);
    open_session("new");
    EXPECT_EQ(control_->list_sessions(kMe).size(), 1U);
}

TEST_F(Durability, FailedResumeStartsNothingAndMayBeRepeated) {
    auto id = must_create();
    break_commits(true);
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    auto told = outcome();
    control_->settle();
    EXPECT_NE(*told, "ok");
    EXPECT_EQ(state(id), "suspended");
    expect_nothing_visible();
    break_commits(false);
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    pass(1s);
    EXPECT_EQ(state(id), "finished");
}

TEST_F(Durability, AdmissionThatFailsIsTriedAgain) {
    settings_.limits.active_transfers = 1;
    crash();
    boot();
    transfers_->entities[kUrl].stalls_after = 1;
    auto running = must_start();
    auto waiting = must_start();
    break_commits(true);
    transfers_->interrupt(running, model::fact::Ending::Final);
    settle();
    EXPECT_EQ(state(running), "running");
    EXPECT_EQ(state(waiting), "waiting");
    EXPECT_EQ(transfers_->started.size(), 1U);
    break_commits(false);
    pass(1s);
    EXPECT_EQ(state(running), "failed");
    EXPECT_EQ(state(waiting), "running");
}

TEST_F(Durability, EndIsToldOnlyOnceItIsCommitted) {
    transfers_->entities[kUrl].stalls_after = 1;
    auto id = must_start();
    ASSERT_TRUE(control_->attach(kMe, task(id).session));
    settle();
    clients_.told.clear();
    std::string waited;
    ASSERT_TRUE(
        control_->wait(kMe, id, 0s, [&](const model::Task& task) { waited = model::to_word(task.state); }));

    break_commits(true);
    transfers_->finish(id);
    settle();
    EXPECT_EQ(state(id), "running");
    EXPECT_TRUE(files_->publications.empty());
    EXPECT_TRUE(clients_.told.empty());
    EXPECT_EQ(waited, "");
    pass(10s);
    EXPECT_EQ(state(id), "running") << "still no room";

    break_commits(false);
    pass(1s);
    EXPECT_EQ(state(id), "finished") << "the report that came meanwhile is not lost";
    EXPECT_EQ(waited, "finished");
    EXPECT_EQ(events(task(id).session), (Words{"finished-downloading", "completed"}));
}

TEST_F(Durability, ReportsOfThePublicationAreNotLostEither) {
    transfers_->entities[kUrl].stalls_after = 1;
    auto id = must_start();
    transfers_->finish(id);
    control_->settle();
    transfers_->deliver();
    control_->settle();
    ASSERT_EQ(state(id), "publishing");
    break_commits(true);
    settle();
    EXPECT_EQ(state(id), "publishing");
    EXPECT_TRUE(disk_.has("/spool/" + std::to_string(id.value)));
    break_commits(false);
    pass(1s);
    EXPECT_EQ(state(id), "finished");
    EXPECT_EQ(files_->publications.size(), 1U);
}

TEST_F(Durability, FailedAcknowledgementKeepsTheEvents) {
    auto id = must_start();
    auto session = task(id).session;
    ASSERT_TRUE(control_->attach(kMe, session));
    settle();
    clients_.told.clear();
    break_commits(true);
    ASSERT_TRUE(control_->acknowledge(kMe, session, {2}));
    settle();
    EXPECT_EQ(events(session).size(), 2U);
    EXPECT_TRUE(clients_.told.empty());
    EXPECT_TRUE(disk_.has(task(id).path)) << "the spooled result too";
    break_commits(false);
    ASSERT_TRUE(control_->acknowledge(kMe, session, {2}));
    settle();
    pass(1s);
    EXPECT_TRUE(events(session).empty());
    EXPECT_EQ(clients_.told, (Words{":1.1 all-delivered session=" + std::to_string(session.value) + " 2"}));
}

TEST_F(Durability, FullJournalRefusesAndGoesOnWhenThereIsRoom) {
    auto session = open_session();
    fill_journal();
    std::size_t created = 0;
    std::optional<Error> refusal;
    while (!refusal && created < 100) {
        auto ids = create(session, {{"description", std::string(1000, 'd')}});
        auto told = outcome();
        control_->settle();
        EXPECT_EQ(*told == "ok", ids.has_value());
        if (ids)
            ++created;
        else
            refusal = ids.error();
    }
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->code, ErrorCode::JournalUnavailable);
    EXPECT_NE(refusal->message.find("make room"), std::string::npos) << refusal->message;
    EXPECT_EQ(journal_->tasks.list(session, {}, {0}, 1000)->size(), created);
    make_room();
    pass(1s);
    EXPECT_EQ(state(must_start()), "finished");
}

TEST_F(Durability, DoomedTurnTakesAllItsCallsWithIt) {
    auto session = open_session();
    fill_journal();
    auto renamed = control_->open_session(kMe, "s", {{"description", std::string{"new"}}});
    auto first = outcome();
    ASSERT_TRUE(renamed) << renamed.error().message;
    ASSERT_FALSE(create(session, {}, kUrl + std::string(8000, 'x')));
    control_->settle();
    EXPECT_NE(*first, "ok") << "half of a failed call may be in the transaction";
    EXPECT_EQ(find(*control_->session_details(kMe, session), "description"), nullptr);
}

TEST_F(Durability, ReportIsNotLostWhereNoTransactionCanBegin) {
    transfers_->entities[kUrl].stalls_after = 1;
    auto id = must_start();
    ASSERT_TRUE(journal_->database.execute("PRAGMA query_only=ON"));
    transfers_->finish(id);
    settle();
    EXPECT_EQ(state(id), "running");
    ASSERT_TRUE(journal_->database.execute("PRAGMA query_only=OFF"));
    pass(1s);
    EXPECT_EQ(state(id), "finished");
}

TEST_F(Durability, AdmissionIsTriedAgainWhereNoTransactionCanBegin) {
    transfers_->entities[kUrl].stalls_after = 1;
    auto id = must_start();
    transfers_->interrupt(id, model::fact::Ending::Retry);
    settle();
    ASSERT_TRUE(journal_->database.execute("PRAGMA query_only=ON"));
    pass(1s);
    EXPECT_EQ(state(id), "waiting");
    ASSERT_TRUE(journal_->database.execute("PRAGMA query_only=OFF"));
    pass(1s);
    settle();
    EXPECT_EQ(state(id), "running");
}

}  // namespace
}  // namespace haul::control
