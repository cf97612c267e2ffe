// The life of a download, told by the engine and the storeroom.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

using namespace std::chrono_literals;
using model::fact::Ending;
using Words = std::vector<std::string>;

class Life : public ControlTest {
protected:
    Life() { transfers_->entities[kUrl] = {.size = 1000}; }
    void let_stall(Bytes after) { transfers_->entities[kUrl].stalls_after = after; }
};

TEST_F(Life, GoesFromItsCreationToItsFile) {
    auto session = open_session();
    auto id = must_create({{"destination", std::string{"/d/file"}}});
    EXPECT_EQ(state(id), "suspended");
    EXPECT_TRUE(transfers_->started.empty()) << "created suspended";
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    EXPECT_EQ(state(id), "finished");
    EXPECT_EQ(events(session), (Words{"finished-downloading", "completed"}));
    EXPECT_TRUE(disk_.has("/d/file"));
    EXPECT_EQ(disk_.files.size(), 1U) << "no part file is left behind";
    EXPECT_EQ(task(id).path, "/d/file");
}

TEST_F(Life, PartFileIsHiddenBesideItsDestination) {
    let_stall(1);
    auto id = must_start({{"destination", std::string{"/d/file"}}});
    EXPECT_EQ(transfers_->started.at(0).part.path,
              "/d/.haul." + journal_->instance + "." + std::to_string(id.value) + ".part");
}

TEST_F(Life, ResultWithoutADestinationIsSpooled) {
    auto id = must_start();
    EXPECT_EQ(task(id).path, "/spool/" + std::to_string(id.value));
    EXPECT_EQ(files_->publications.at(0).mode, 0600U);
    auto fd = control_->open_result(kMe, id);
    ASSERT_TRUE(fd) << fd.error().message;
}

TEST_F(Life, RequestCarriesWhatTheClientSet) {
    let_stall(1);
    must_start({{"headers", std::map<std::string, std::string>{{"X-A", "b"}}},
                {"request-timeout", std::uint64_t{5'000'000}},
                {"redirects", std::string{"deny"}},
                {"ca-file", std::string{"/ca.pem"}},
                {"max-size", std::uint64_t{10}},
                {"expected-size", std::uint64_t{7}}});
    const auto& request = transfers_->started.at(0);
    EXPECT_EQ(request.url, kUrl);
    ASSERT_EQ(request.secrets.headers.size(), 1U);
    EXPECT_EQ(request.secrets.headers[0].value, "b");
    EXPECT_EQ(request.request_timeout, 5s);
    EXPECT_EQ(request.options.redirects, model::RedirectPolicy::Deny);
    EXPECT_EQ(request.options.ca_file, "/ca.pem");
    EXPECT_EQ(request.options.max_size, 10U);
    EXPECT_EQ(request.options.expected_size, 7U);
}

TEST_F(Life, SuspendedTaskGoesOnWithItsBytes) {
    let_stall(300);
    auto id = must_start();
    transfers_->receive(id, 100);
    settle();
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Suspend{}));
    settle();
    EXPECT_EQ(state(id), "suspended");
    EXPECT_EQ(task(id).done, model::Coverage{400});
    EXPECT_FALSE(transfers_->is_running(id));
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    EXPECT_EQ(transfers_->started.at(1).attempt, Attempt{2});
    EXPECT_EQ(transfers_->started.at(1).validator.etag, "\"one\"");
    transfers_->finish(id);
    settle();
    EXPECT_EQ(state(id), "finished");
}

TEST_F(Life, ResumingBeforeTheAttemptHasEndedLosesNothing) {
    let_stall(300);
    auto id = must_start();
    // Both in one turn: the first attempt's last report comes when the second one runs.
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Suspend{}));
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    EXPECT_EQ(state(id), "running");
    ASSERT_TRUE(transfers_->is_running(id));
    transfers_->finish(id);
    settle();
    EXPECT_EQ(state(id), "finished");
}

TEST_F(Life, AnotherEntityIsWrittenOnlyAfterTheJournalKnows) {
    let_stall(300);
    auto id = must_start();
    transfers_->interrupt(id, Ending::Retry);
    transfers_->entities[kUrl].etag = "\"two\"";
    transfers_->entities[kUrl].stalls_after.reset();
    settle();
    EXPECT_EQ(state(id), "waiting");
    pass(1s);
    EXPECT_EQ(transfers_->proceeded.size(), 1U);
    EXPECT_EQ(state(id), "finished");
    EXPECT_EQ(task(id).validator.etag, "\"two\"");
    EXPECT_EQ(events(task(id).session), (Words{"resumed-from-zero", "finished-downloading", "completed"}));
}

TEST_F(Life, FailedAttemptIsTriedAgainWhenItsDelayIsOver) {
    let_stall(0);
    auto id = must_start();
    transfers_->interrupt(id, Ending::Retry);
    settle();
    EXPECT_EQ(state(id), "waiting");
    EXPECT_EQ(clock_.alarm, clock_.time + 500ms);
    pass(499ms);
    EXPECT_EQ(transfers_->started.size(), 1U);
    pass(1ms);
    EXPECT_EQ(transfers_->started.size(), 2U);
    EXPECT_EQ(state(id), "running");
}

TEST_F(Life, DeadlineEndsTheTask) {
    let_stall(1);
    auto id = must_start({{"resource-timeout", std::uint64_t{60'000'000}}});
    pass(59s);
    EXPECT_EQ(state(id), "running");
    pass(1s);
    EXPECT_EQ(state(id), "failed");
    EXPECT_EQ(task(id).reason, model::Reason::Deadline);
    EXPECT_FALSE(transfers_->is_running(id));
    EXPECT_EQ(disk_.files.size(), 1U) << "its bytes may be continued";
}

TEST_F(Life, DeadlineOfASuspendedTaskWaitsForItsResume) {
    auto id = must_create({{"resource-timeout", std::uint64_t{60'000'000}}});
    pass(1h);
    EXPECT_EQ(state(id), "suspended");
    EXPECT_EQ(clock_.alarm, std::nullopt);
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    control_->settle();
    pass(0s);
    EXPECT_EQ(state(id), "failed");
}

TEST_F(Life, NotBeforeIsKept) {
    auto id = must_start({{"not-before", static_cast<std::uint64_t>(to_usec(clock_.time + 1h))}});
    EXPECT_EQ(task(id).blocked, model::Block::NotBefore);
    pass(59min);
    EXPECT_EQ(state(id), "waiting");
    pass(1min);
    EXPECT_EQ(state(id), "finished");
}

TEST_F(Life, FullDiskIsTriedAgainAndAgain) {
    let_stall(1);
    auto id = must_start();
    for (int i = 0; i < 5; ++i) {
        transfers_->interrupt(id, Ending::DiskFull);
        settle();
        EXPECT_EQ(task(id).blocked, model::Block::DiskSpace);
        pass(model::kDiskSpaceDelay);
        ASSERT_TRUE(transfers_->is_running(id));
    }
    EXPECT_EQ(events(task(id).session), Words{"waiting"}) << "told once, as long as nothing comes";
}

TEST_F(Life, CancelledTaskLeavesNoFile) {
    let_stall(300);
    auto id = must_start({{"destination", std::string{"/d/file"}}});
    EXPECT_EQ(disk_.files.size(), 1U);
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Cancel{}));
    control_->settle();
    EXPECT_TRUE(files_->discards.empty()) << "the attempt still has its part file open";
    settle();
    EXPECT_EQ(state(id), "cancelled");
    EXPECT_TRUE(disk_.files.empty());
    EXPECT_TRUE(journal_->discards.all()->empty());
    EXPECT_EQ(events(task(id).session), Words{"cancelled"});
}

TEST_F(Life, FailureKeepsItsReason) {
    transfers_->entities.clear();
    auto id = must_start();
    EXPECT_EQ(state(id), "failed");
    EXPECT_EQ(task(id).reason, model::Reason::HttpStatus);
    EXPECT_EQ(task(id).status, 404);
    EXPECT_TRUE(disk_.files.empty());
}

TEST_F(Life, RefusedDestinationFailsTheTask) {
    let_stall(1);
    auto id = must_start({{"destination", std::string{"/d/file"}}});
    disk_.open("/d/file");
    transfers_->finish(id);
    settle();
    EXPECT_EQ(state(id), "failed");
    EXPECT_EQ(task(id).reason, model::Reason::Destination);
    EXPECT_EQ(disk_.files.size(), 1U) << "the existing file and no part file";
}

TEST_F(Life, ReportsOfOldAttemptsCountForNothing) {
    let_stall(300);
    auto id = must_start();
    control_->on_transfer(
        {.task = id, .attempt = {7}, .fact = model::fact::Arrived{.size = 5, .inode = 1}, .last = true});
    control_->on_storeroom(ports::FileReport{id, {7}, model::fact::SyncFailed{"EIO"}});
    control_->on_transfer(
        {.task = {99}, .attempt = {1}, .fact = model::fact::Progressed{5, 10}, .last = false});
    settle();
    EXPECT_EQ(state(id), "running");
    EXPECT_TRUE(transfers_->is_running(id));
}

TEST_F(Life, SyncedOffsetsAreRemembered) {
    let_stall(300);
    auto id = must_start();
    control_->on_storeroom(ports::FileReport{id, {1}, model::fact::Synced{model::Coverage{200}}});
    settle();
    EXPECT_EQ(task(id).synced, model::Coverage{200});
}

TEST_F(Life, ProgressIsLiveAndForTheAttachedClientAlone) {
    let_stall(300);
    auto id = must_start();
    transfers_->receive(id, 100);
    settle();
    EXPECT_TRUE(clients_.told.empty()) << "nobody is attached";
    ASSERT_TRUE(control_->attach(kMe, task(id).session));
    transfers_->receive(id, 100);
    settle();
    EXPECT_EQ(clients_.told, (Words{":1.1 progress task=" + std::to_string(id.value) + " 500/1000"}));
    EXPECT_EQ(control_->view(id)->done, 500U);
    EXPECT_EQ(control_->list_tasks(kMe, task(id).session, "", {0}, 0)->at(0).done, 500U);
    EXPECT_EQ(*find(*control_->task_details(kMe, id), "bytes-done"), Value{std::uint64_t{500}});
}

TEST_F(Life, LimitsHoldAndTheNextOneFollows) {
    settings_.limits.active_transfers = 3;
    settings_.limits.active_per_host = 2;
    crash();
    boot();
    auto url = [&](const std::string& host) {
        auto text = "http://" + host + "/file";
        transfers_->entities[text] = {.size = 10, .stalls_after = 1};
        return text;
    };
    std::vector<TaskId> tasks;
    for (const char* host : {"a", "a", "a", "b", "b"}) tasks.push_back(must_start({}, url(host)));
    auto running = [&] {
        std::string running;
        for (auto id : tasks) running += transfers_->is_running(id) ? 'r' : '-';
        return running;
    };
    EXPECT_EQ(running(), "rr-r-");
    EXPECT_EQ(control_->active_tasks(kMe), 3U);
    transfers_->finish(tasks[3]);
    settle();
    EXPECT_EQ(running(), "rr--r") << "the third of host a has to wait for its host";
    transfers_->finish(tasks[0]);
    settle();
    EXPECT_EQ(running(), "-rr-r");
}

TEST_F(Life, PriorityDecidesWhoGoesFirst) {
    settings_.limits.active_transfers = 1;
    crash();
    boot();
    let_stall(1);
    auto running = must_start();
    auto low = must_start({{"priority", 0.1}});
    auto high = must_start({{"priority", 0.2}});
    ASSERT_TRUE(control_->set_priority(kMe, low, 0.3));
    settle();
    transfers_->finish(running);
    settle();
    EXPECT_TRUE(transfers_->is_running(low));
    EXPECT_FALSE(transfers_->is_running(high));
}

TEST_F(Life, MirrorsAreAskedInTheirOrder) {
    transfers_->entities.clear();
    std::string secret = "http://user:sEcReT@b/file";
    transfers_->entities["http://c/file"] = {.size = 1000};
    auto id = must_start({{"mirrors", std::vector<std::string>{secret, "http://c/file"}}});
    ASSERT_EQ(transfers_->started.size(), 3U);
    EXPECT_EQ(transfers_->started[0].url, kUrl);
    EXPECT_EQ(transfers_->started[1].url, secret) << "whole";
    EXPECT_EQ(transfers_->started[2].url, "http://c/file");
    EXPECT_EQ(state(id), "finished");
    auto details = *control_->task_details(kMe, id);
    EXPECT_EQ(*find(details, "mirrors"), (Value{std::vector<std::string>{"http://b/file", "http://c/file"}}));
}

TEST_F(Life, MirrorWithAnotherEntityIsLeftBeforeBytesAreGivenUp) {
    let_stall(300);
    transfers_->entities["http://b/file"] = {.size = 1000, .etag = "\"other\""};
    transfers_->entities["http://c/file"] = {.size = 1000};
    auto id = must_start({{"mirrors", std::vector<std::string>{"http://b/file", "http://c/file"}}});
    transfers_->interrupt(id, Ending::Retry);
    settle();
    EXPECT_EQ(state(id), "finished");
    EXPECT_EQ(events(task(id).session), (Words{"finished-downloading", "completed"})) << "nothing was lost";
    EXPECT_EQ(transfers_->started.back().url, "http://c/file");
}

TEST_F(Life, SegmentsBeginOnlyAfterTheJournalKnows) {
    constexpr Bytes kLarge = 4 * 1024 * 1024;
    transfers_->entities[kUrl] = {.size = kLarge, .stalls_after = kLarge / 2};
    auto id = must_start({{"connections", std::uint32_t{4}}});
    EXPECT_EQ(transfers_->proceeded.size(), 1U);
    EXPECT_EQ(task(id).trust, model::PartTrust::Covered);
    EXPECT_EQ(code_of(control_->open_result(kMe, id)), ErrorCode::InvalidState);
    crash();
    boot();
    settle();
    EXPECT_EQ(transfers_->started.at(0).part.trust, model::PartTrust::Covered);
    EXPECT_EQ(transfers_->started.at(0).part.done, model::Coverage{kLarge / 2});
}

TEST_F(Life, GrowingFileOfOneConnectionCanBeOpened) {
    let_stall(300);
    auto id = must_create();
    EXPECT_EQ(code_of(control_->open_result(kMe, id)), ErrorCode::InvalidState) << "nothing is there";
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    EXPECT_TRUE(control_->open_result(kMe, id));
    transfers_->interrupt(id, Ending::Retry);
    settle();
    ASSERT_EQ(state(id), "waiting");
    EXPECT_TRUE(control_->open_result(kMe, id));
}

TEST_F(Life, WrongChecksumFailsTheTaskAndItsFileNeverAppears) {
    auto id = must_start(
        {{"destination", std::string{"/d/file"}}, {"checksum", "sha-256=" + std::string(64, 'a')}});
    EXPECT_EQ(state(id), "failed");
    EXPECT_EQ(task(id).reason, model::Reason::Checksum);
    EXPECT_TRUE(disk_.files.empty());
    EXPECT_TRUE(files_->publications.empty());
}

TEST_F(Life, ChecksumIsLookedAtAgainAfterACrashDuringPublishing) {
    let_stall(300);
    auto checksum = "sha-256=" + std::string(64, 'a');
    auto id = must_start({{"checksum", checksum}});
    control_->on_transfer({.task = id,
                           .attempt = {1},
                           .fact = model::fact::Arrived{.size = 1000,
                                                        .inode = disk_.files.begin()->second.inode,
                                                        .is_verified = true},
                           .last = true});
    control_->settle();
    ASSERT_EQ(files_->publications.size(), 1U);
    EXPECT_TRUE(files_->publications[0].digests.empty()) << "it was verified while it came";
    crash();
    boot();
    ASSERT_EQ(files_->publications.size(), 1U);
    ASSERT_EQ(files_->publications[0].digests.size(), 1U);
    EXPECT_EQ(to_text(files_->publications[0].digests[0]), checksum);
}

TEST_F(Life, NameOfAFileInADirectoryComesFromTheUrlWhereNobodyElseGivesOne) {
    auto id = must_start({{"destination", std::string{"/d/"}}});
    EXPECT_TRUE(transfers_->started.at(0).wants_name);
    EXPECT_EQ(task(id).path, "/d/file");
    auto second = must_start({{"destination", std::string{"/d/"}}});
    EXPECT_EQ(task(second).path, "/d/file (1)") << "renamed unless told otherwise";
    auto named = must_start({{"destination", std::string{"/d/"}}, {"filename", std::string{"mine"}}});
    EXPECT_EQ(task(named).path, "/d/mine");
}

TEST_F(Life, NameOfAFileInADirectoryComesFromTheServer) {
    let_stall(300);
    auto id = must_start({{"destination", std::string{"/d/"}}});
    auto& part = disk_.files.begin()->second;
    part.size = 1000;
    model::fact::Arrived arrived{
        .entity = {.filename = "from the server"}, .size = 1000, .inode = part.inode, .is_verified = true};
    control_->on_transfer({.task = id, .attempt = {1}, .fact = arrived, .last = true});
    settle();
    EXPECT_EQ(task(id).path, "/d/from the server");
    EXPECT_EQ(*find(*control_->task_details(kMe, id), "filename"), Value{std::string{"from the server"}});
}

}  // namespace
}  // namespace haul::control
