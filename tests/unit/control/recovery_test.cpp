// After a crash of the process or of the machine: the stored state is taken up again. And the way out.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

class Recovery : public ControlTest {
protected:
    Recovery() { transfers_->entities[kUrl] = {.size = 1000, .stalls_after = 300}; }
    void let_finish() { transfers_->entities[kUrl].stalls_after.reset(); }
    const Fields to_file_{{"destination", std::string{"/d/file"}}};
};

TEST_F(Recovery, SuspendedTaskStaysSuspended) {
    auto id = must_create();
    crash();
    boot();
    settle();
    EXPECT_EQ(state(id), "suspended");
    EXPECT_TRUE(transfers_->started.empty());
}

TEST_F(Recovery, RunningTaskGoesOnWithTheBytesOfItsPartFile) {
    auto id = must_start(to_file_);
    ASSERT_EQ(state(id), "running");
    crash();
    boot();
    settle();
    ASSERT_EQ(transfers_->started.size(), 1U);
    const auto& request = transfers_->started[0];
    EXPECT_EQ(request.attempt, Attempt{2});
    EXPECT_EQ(request.part.trust, model::PartTrust::Size);
    EXPECT_EQ(request.validator.etag, "\"one\"");
    transfers_->finish(id);
    settle();
    EXPECT_EQ(state(id), "finished");
    EXPECT_EQ(events(open_session()), (Words{"finished-downloading", "completed"}))
        << "no word of a new beginning";
}

TEST_F(Recovery, AfterAPowerCutOnlySyncedBytesAreTrusted) {
    auto id = must_start(to_file_);
    control_->on_storeroom(ports::FileReport{id, {1}, model::fact::Synced{model::Coverage{200}}});
    settle();
    crash();
    boot("another boot");
    settle();
    ASSERT_EQ(transfers_->started.size(), 1U);
    EXPECT_EQ(transfers_->started[0].part.trust, model::PartTrust::Synced);
    EXPECT_EQ(transfers_->started[0].part.synced, model::Coverage{200});
}

TEST_F(Recovery, PowerCutIsRememberedByTasksThatDoNotRun) {
    auto id = must_start(to_file_);
    control_->on_storeroom(ports::FileReport{id, {1}, model::fact::Synced{model::Coverage{200}}});
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Suspend{}));
    settle();
    crash();
    boot("another boot");
    settle();
    crash();
    boot("another boot");
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    EXPECT_EQ(transfers_->started.at(0).part.trust, model::PartTrust::Synced);
}

TEST_F(Recovery, WaitingTaskKeepsItsDelay) {
    auto id = must_start();
    transfers_->interrupt(id, model::fact::Ending::Retry);
    settle();
    auto due = task(id).next_attempt;
    crash();
    boot();
    settle();
    EXPECT_EQ(state(id), "waiting");
    EXPECT_EQ(clock_.alarm, due);
    pass(1s);
    EXPECT_EQ(state(id), "running");
    EXPECT_EQ(task(id).failures, 1U);
}

TEST_F(Recovery, DeadlineSurvives) {
    auto id = must_start({{"resource-timeout", std::uint64_t{60'000'000}}});
    crash();
    clock_.time += 2min;
    boot();
    settle();
    pass(0s);
    EXPECT_EQ(state(id), "failed");
    EXPECT_EQ(task(id).reason, model::Reason::Deadline);
    EXPECT_EQ(disk_.files.size(), 1U) << "its bytes may be continued";
}

TEST_F(Recovery, PublicationIsFinishedBeforeOrAfterItsRename) {
    for (bool renamed : {false, true}) {
        auto id = must_start({{"destination", "/d/file" + std::to_string(renamed)}});
        transfers_->finish(id);
        transfers_->deliver();
        control_->settle();
        ASSERT_EQ(state(id), "publishing");
        if (renamed) files_->deliver();  // and its report dies with the process
        crash();
        boot();
        settle();
        EXPECT_EQ(state(id), "finished");
        EXPECT_TRUE(disk_.has(task(id).path));
    }
    EXPECT_EQ(disk_.files.size(), 2U);
    EXPECT_EQ(events(open_session()),
              (Words{"finished-downloading", "completed", "finished-downloading", "completed"}));
}

TEST_F(Recovery, CancelledTasksPartFileGoesAfterACrash) {
    auto id = must_start(to_file_);
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Cancel{}));
    control_->settle();
    ASSERT_EQ(disk_.files.size(), 1U);
    crash();
    boot();
    settle();
    EXPECT_EQ(state(id), "cancelled");
    EXPECT_TRUE(disk_.files.empty());
    EXPECT_TRUE(journal_->discards.all()->empty());
    EXPECT_EQ(events(open_session()), Words{"cancelled"});
}

TEST_F(Recovery, EndedTasksStayEnded) {
    let_finish();
    auto id = must_start();
    crash();
    boot("another boot");
    settle();
    EXPECT_EQ(state(id), "finished");
    EXPECT_TRUE(transfers_->started.empty());
    EXPECT_TRUE(files_->publications.empty());
    EXPECT_TRUE(control_->is_idle());
}

TEST_F(Recovery, UnsettledTurnNeverWas) {
    auto session = open_session();
    ASSERT_TRUE(create(session, {{"start", true}}));
    crash();
    boot();
    settle();
    EXPECT_TRUE(control_->list_all_tasks(kMe, "")->empty());
}

TEST_F(Recovery, OldTasksAreForgottenAtTheStart) {
    let_finish();
    auto id = must_start();
    ASSERT_TRUE(control_->acknowledge(kMe, open_session(), {2}));
    settle();
    crash();
    clock_.time += 25h;
    boot();
    settle();
    EXPECT_EQ(code_of(control_->task_details(kMe, id)), ErrorCode::NoSuchTask);
}

TEST_F(Recovery, StopKeepsTheBytesAndStartsNothing) {
    auto id = must_start();
    auto other = must_create();
    control_->stop();
    EXPECT_FALSE(control_->is_stopped());
    ASSERT_TRUE(control_->command(kMe, other, model::fact::Resume{}));
    settle();
    EXPECT_TRUE(control_->is_stopped());
    EXPECT_EQ(state(id), "waiting");
    EXPECT_EQ(task(id).done, model::Coverage{300});
    EXPECT_EQ(transfers_->started.size(), 1U);
    crash();
    boot();
    settle();
    EXPECT_TRUE(transfers_->is_running(id));
    EXPECT_TRUE(transfers_->is_running(other));
}

TEST_F(Recovery, IdleIsNothingLeftToDo) {
    EXPECT_TRUE(control_->is_idle());
    auto session = open_session();
    EXPECT_TRUE(control_->is_idle());
    ASSERT_TRUE(control_->attach(kMe, session));
    EXPECT_FALSE(control_->is_idle()) << "a live client";
    control_->on_client_gone(kMe.client);
    settle();
    EXPECT_TRUE(control_->is_idle());
    auto id = must_create();
    EXPECT_TRUE(control_->is_idle()) << "a suspended task";
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    EXPECT_FALSE(control_->is_idle()) << "a running one";
    transfers_->interrupt(id, model::fact::Ending::Retry);
    settle();
    EXPECT_FALSE(control_->is_idle()) << "one that waits";
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Suspend{}));
    settle();
    EXPECT_TRUE(control_->is_idle());
    ASSERT_TRUE(control_->wait(kMe, id, 1s, [](const model::Task&) {}));
    EXPECT_FALSE(control_->is_idle()) << "a call without its reply";
    settle();
    pass(1s);
    EXPECT_TRUE(control_->is_idle());
    EXPECT_EQ(clock_.alarm, std::nullopt) << "and nothing wakes it";
}

TEST_F(Recovery, PublishingIsWork) {
    auto id = must_start();
    transfers_->finish(id);
    transfers_->deliver();
    control_->settle();
    ASSERT_EQ(state(id), "publishing");
    EXPECT_FALSE(control_->is_idle());
}

}  // namespace
}  // namespace haul::control
