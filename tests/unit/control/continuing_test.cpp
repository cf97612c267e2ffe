// Bytes that outlive their task: cancelled with resume data, and continued by another one.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

using namespace std::chrono_literals;
using model::fact::Ending;
using Words = std::vector<std::string>;

class Continuing : public ControlTest {
protected:
    Continuing() { transfers_->entities[kUrl] = {.size = 1000, .stalls_after = 300}; }

    /// The resume data of a task with 300 bytes, or none.
    Blob cancel(TaskId id) {
        std::optional<Result<Blob>> told;
        auto called = control_->cancel_keeping(kMe, id, [&](Result<Blob> data) { told = std::move(data); });
        EXPECT_TRUE(called) << called.error().message;
        EXPECT_FALSE(told) << "before the turn is settled";
        settle();
        EXPECT_TRUE(told && *told);
        return told && *told ? **told : Blob{};
    }
    Blob cancelled(const Fields& options = {}, const std::string& url = kUrl) {
        transfers_->entities[url] = transfers_->entities[kUrl];
        return cancel(must_start(options, url));
    }
    Result<TaskId> go_on(const Blob& data, const std::string& url = "", const Fields& more = {},
                         const Caller& caller = kMe) {
        Fields options{{"resume-data", data}, {"start", true}};
        options.insert(options.end(), more.begin(), more.end());
        auto ids = create(open_session("s", caller), options, url, caller);
        settle();
        if (!ids) return tl::make_unexpected(ids.error());
        return ids->front();
    }
    void let_finish() {
        for (auto& [url, entity] : transfers_->entities) entity.stalls_after.reset();
    }
};

TEST_F(Continuing, AnotherTaskGoesOnWithTheBytes) {
    auto data = cancelled({{"destination", std::string{"/d/file"}}});
    ASSERT_FALSE(data.empty());
    EXPECT_EQ(disk_.files.size(), 1U) << "the part file stays";
    auto part = disk_.files.begin()->first;
    let_finish();
    auto id = go_on(data, "", {{"destination", std::string{"/d/other"}}});
    ASSERT_TRUE(id) << id.error().message;
    const auto& request = transfers_->started.back();
    EXPECT_EQ(request.url, kUrl);
    EXPECT_EQ(request.part.path, part);
    EXPECT_EQ(request.validator.etag, "\"one\"");
    EXPECT_EQ(request.total, 1000U);
    EXPECT_EQ(state(*id), "finished");
    EXPECT_EQ(disk_.files.size(), 1U);
    EXPECT_TRUE(disk_.has("/d/other"));
    EXPECT_EQ(events(open_session()), (Words{"cancelled", "finished-downloading", "completed"}))
        << "no word of a new beginning";
}

TEST_F(Continuing, EventOfTheEndHasTheSameResumeData) {
    auto data = cancelled();
    auto told = *control_->events(kMe, open_session(), {0}, 0);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(*find(told[0].details, "resume-data"), Value{data});
}

TEST_F(Continuing, FailedTaskLeavesItsBytesToo) {
    auto id = must_start();
    transfers_->interrupt(id, Ending::Final, model::Reason::Tls);
    settle();
    EXPECT_EQ(state(id), "failed");
    auto told = control_->events(kMe, open_session(), {0}, 0)->front();
    const auto* data = find(told.details, "resume-data");
    ASSERT_NE(data, nullptr);
    let_finish();
    auto next = go_on(std::get<Blob>(*data));
    ASSERT_TRUE(next) << next.error().message;
    EXPECT_EQ(state(*next), "finished");
}

TEST_F(Continuing, WorthlessBytesLeaveNoResumeData) {
    for (auto reason : {model::Reason::Checksum, model::Reason::Changed, model::Reason::Destination}) {
        auto id = must_start();
        transfers_->interrupt(id, Ending::Final, reason);
        settle();
        ASSERT_EQ(state(id), "failed");
        auto told = control_->events(kMe, open_session(), {0}, 0)->back();
        EXPECT_EQ(find(told.details, "resume-data"), nullptr) << model::to_word(reason);
        EXPECT_TRUE(disk_.files.empty()) << model::to_word(reason);
    }
}

TEST_F(Continuing, NothingToContinueIsNoData) {
    EXPECT_TRUE(cancel(must_create()).empty()) << "not a byte";
    transfers_->entities[kUrl].etag = "W/\"weak\"";
    EXPECT_TRUE(cancel(must_start()).empty()) << "nothing to prove them by";
    EXPECT_TRUE(disk_.files.empty());
    auto id = must_create();
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Cancel{}));
    settle();
    EXPECT_EQ(code_of(control_->cancel_keeping(kMe, id, [](const Result<Blob>&) {})),
              ErrorCode::InvalidState);
}

TEST_F(Continuing, ReplyComesWhenTheJournalHasEveryByte) {
    auto id = must_start();
    transfers_->receive(id, 100);
    settle();
    bool told = false;
    ASSERT_TRUE(control_->cancel_keeping(kMe, id, [&](const Result<Blob>&) { told = true; }));
    control_->settle();
    EXPECT_FALSE(told) << "the attempt has its part file open";
    EXPECT_EQ(task(id).done, model::Coverage{300});
    settle();
    EXPECT_TRUE(told);
    EXPECT_EQ(task(id).done, model::Coverage{400});
}

TEST_F(Continuing, FailedCommitIsTheReply) {
    auto id = must_start();
    std::optional<Result<Blob>> told;
    break_commits(true);
    ASSERT_TRUE(control_->cancel_keeping(kMe, id, [&](Result<Blob> data) { told = std::move(data); }));
    control_->settle();
    ASSERT_TRUE(told);
    EXPECT_FALSE(*told);
    break_commits(false);
    EXPECT_EQ(state(id), "running");
}

TEST_F(Continuing, DataAreUsedOnce) {
    auto data = cancelled();
    let_finish();
    ASSERT_TRUE(go_on(data));
    EXPECT_EQ(code_of(go_on(data)), ErrorCode::ValidatorMismatch);
}

TEST_F(Continuing, DataAreUsedOnceInOneCallToo) {
    auto data = cancelled();
    CreateRequest request{.url = "", .options = {{"resume-data", data}}};
    EXPECT_EQ(code_of(control_->create(kMe, open_session(), {request, request})),
              ErrorCode::ValidatorMismatch);
    settle();
    EXPECT_TRUE(go_on(data)) << "a call that was refused has used nothing";
}

TEST_F(Continuing, CallThatFailsHasUsedNothing) {
    auto data = cancelled();
    std::vector<CreateRequest> requests{{.url = "", .options = {{"resume-data", data}}},
                                        {.url = "ftp://refused"}};
    EXPECT_FALSE(control_->create(kMe, open_session(), requests));
    settle();
    auto session = open_session();
    break_commits(true);
    ASSERT_TRUE(create(session, {{"resume-data", data}}, ""));
    control_->settle();
    break_commits(false);
    pass(2s);
    EXPECT_TRUE(go_on(data));
}

TEST_F(Continuing, ForgedDataAreRefused) {
    auto data = cancelled();
    auto changed = data;
    changed[changed.size() / 2] ^= 1U;
    EXPECT_EQ(code_of(go_on(changed)), ErrorCode::InvalidArgument);
    changed = data;
    changed.pop_back();
    EXPECT_EQ(code_of(go_on(changed)), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of(go_on(Blob{})), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of(go_on(Blob(100, 'x'))), ErrorCode::InvalidArgument);
    EXPECT_TRUE(go_on(data));
}

TEST_F(Continuing, DataOfAnotherOwnerAreRefused) {
    auto data = cancelled();
    EXPECT_EQ(code_of(go_on(data, kUrl, {}, kStranger)), ErrorCode::InvalidArgument);
    EXPECT_TRUE(go_on(data));
}

TEST_F(Continuing, StaleDataAreRefused) {
    auto id = must_start();
    auto data = cancel(id);
    ASSERT_TRUE(control_->remove(kMe, id));
    settle();
    EXPECT_TRUE(disk_.files.empty()) << "the bytes go with their task";
    EXPECT_EQ(code_of(go_on(data)), ErrorCode::ValidatorMismatch);
}

TEST_F(Continuing, DataLiveForAWeekAfterTheEndWasAcknowledged) {
    auto id = must_start();
    auto data = cancel(id);
    ASSERT_TRUE(control_->acknowledge(kMe, open_session(), {1}));
    settle();
    crash();
    clock_.time += std::chrono::hours{24 * 7 - 1};
    boot();
    settle();
    EXPECT_EQ(state(id), "cancelled");
    EXPECT_EQ(disk_.files.size(), 1U);
    crash();
    clock_.time += 2h;
    boot();
    settle();
    EXPECT_EQ(code_of(go_on(data)), ErrorCode::ValidatorMismatch);
    EXPECT_TRUE(disk_.files.empty());
}

TEST_F(Continuing, UrlWithSecretsHasToBeGivenAgain) {
    const std::string url = "http://user:sEcReT@example.org/file?token=sEcReT";
    auto data = cancelled({}, url);
    EXPECT_EQ((std::string{data.begin(), data.end()}.find("sEcReT")), std::string::npos);
    EXPECT_EQ(code_of(go_on(data)), ErrorCode::InvalidArgument);
    let_finish();
    auto id = go_on(data, url);
    ASSERT_TRUE(id) << id.error().message;
    EXPECT_EQ(state(*id), "finished");
}

TEST_F(Continuing, EmptyUrlNeedsData) {
    EXPECT_EQ(code_of(create(open_session(), {}, "")), ErrorCode::InvalidArgument);
}

TEST_F(Continuing, AnotherFileSystemIsRefused) {
    auto data = cancelled({{"destination", std::string{"/d/file"}}});
    EXPECT_EQ(code_of(go_on(data, "", {{"destination", std::string{"/other/file"}}})),
              ErrorCode::InvalidArgument);
    EXPECT_TRUE(go_on(data, "", {{"destination", std::string{"/d/file"}}}));
}

TEST_F(Continuing, PartFileThatIsGoneIsRefused) {
    auto data = cancelled();
    disk_.files.clear();
    EXPECT_FALSE(go_on(data));
}

TEST_F(Continuing, DataOfATaskThatIsStillBeingStoppedHaveToWait) {
    auto id = must_start();
    ASSERT_TRUE(control_->cancel_keeping(kMe, id, [](const Result<Blob>&) {}));
    control_->settle();
    auto told = control_->events(kMe, open_session(), {0}, 0)->back();
    auto data = std::get<Blob>(*find(told.details, "resume-data"));
    let_finish();
    EXPECT_TRUE(go_on(data)) << "the session's call has let the attempt end";
}

TEST_F(Continuing, SuccessorThatIsCancelledLeavesNoFile) {
    auto data = cancelled({{"destination", std::string{"/d/file"}}});
    auto id = go_on(data, "", {{"destination", std::string{"/d/file"}}});
    ASSERT_TRUE(id);
    ASSERT_TRUE(control_->command(kMe, *id, model::fact::Cancel{}));
    settle();
    EXPECT_TRUE(disk_.files.empty());
}

TEST_F(Continuing, SuccessorThatNeverRanLeavesNoFileEither) {
    auto data = cancelled();
    auto ids = create(open_session(), {{"resume-data", data}}, "");
    ASSERT_TRUE(ids);
    settle();
    ASSERT_TRUE(control_->command(kMe, ids->front(), model::fact::Cancel{}));
    settle();
    EXPECT_TRUE(disk_.files.empty());
}

TEST_F(Continuing, PredecessorThatIsRemovedLeavesTheSuccessorsFileAlone) {
    auto first = must_start();
    auto id = go_on(cancel(first));
    ASSERT_TRUE(id);
    ASSERT_TRUE(control_->remove(kMe, first));
    settle();
    EXPECT_EQ(disk_.files.size(), 1U);
    transfers_->finish(*id);
    settle();
    EXPECT_EQ(state(*id), "finished");
}

TEST_F(Continuing, ChainOfTasksGoesOnAndOn) {
    auto data = cancelled();
    for (int i = 0; i < 3; ++i) {
        auto id = go_on(data);
        ASSERT_TRUE(id) << id.error().message;
        ASSERT_EQ(state(*id), "running");
        transfers_->receive(*id, 100);
        settle();
        data = cancel(*id);
        ASSERT_FALSE(data.empty());
    }
    let_finish();
    auto last = go_on(data);
    ASSERT_TRUE(last);
    EXPECT_EQ(state(*last), "finished");
    EXPECT_EQ(disk_.files.size(), 1U);
}

TEST_F(Continuing, DataOutliveTheProcessAndAPowerCut) {
    auto id = must_start();
    control_->on_storeroom(ports::FileReport{id, {1}, model::fact::Synced{model::Coverage{200}}});
    settle();
    auto data = cancel(id);
    crash();
    boot("another boot");
    settle();
    auto next = go_on(data);
    ASSERT_TRUE(next) << next.error().message;
    EXPECT_EQ(transfers_->started.back().part.trust, model::PartTrust::Synced);
    EXPECT_EQ(transfers_->started.back().part.synced, model::Coverage{200});
}

TEST_F(Continuing, SuccessorThatHasNotRunYetTrustsSyncedBytesAloneAfterAPowerCut) {
    auto first = must_start();
    control_->on_storeroom(ports::FileReport{first, {1}, model::fact::Synced{model::Coverage{200}}});
    settle();
    auto ids = create(open_session(), {{"resume-data", cancel(first)}}, "");
    ASSERT_TRUE(ids);
    settle();
    crash();
    boot("another boot");
    settle();
    EXPECT_EQ(task(ids->front()).done, model::Coverage{200});
    EXPECT_EQ(task(ids->front()).trust, model::PartTrust::Synced);
}

TEST_F(Continuing, SuccessorThatNeverRanPassesItsBytesOn) {
    auto ids = create(open_session(), {{"resume-data", cancelled()}}, "");
    ASSERT_TRUE(ids);
    settle();
    auto data = cancel(ids->front());
    ASSERT_FALSE(data.empty());
    let_finish();
    auto last = go_on(data);
    ASSERT_TRUE(last) << last.error().message;
    EXPECT_EQ(state(*last), "finished");
    EXPECT_EQ(disk_.files.size(), 1U);
}

TEST_F(Continuing, BytesOfSeveralConnectionsGoOnWithTheirIslands) {
    auto session = open_session();
    auto id = must_start();
    model::Coverage covered{300};
    covered.add({500, 600});
    control_->on_transfer(
        {.task = id,
         .attempt = {1},
         .fact = model::fact::Segmented{.entity = {.validator = {.etag = "\"one\""}, .total = 1000},
                                        .done = covered}});
    settle();
    std::optional<Result<Blob>> told;
    ASSERT_TRUE(control_->cancel_keeping(kMe, id, [&](Result<Blob> data) { told = std::move(data); }));
    control_->on_transfer(
        {.task = id,
         .attempt = {1},
         .fact = model::fact::Interrupted{.ending = Ending::Stopped,
                                          .done = covered,
                                          .is_segmented = true,
                                          .entity = {.validator = {.etag = "\"one\""}, .total = 1000}},
         .last = true});
    control_->settle();
    ASSERT_TRUE(told && *told);
    auto ids = create(session, {{"resume-data", **told}}, "");
    ASSERT_TRUE(ids) << ids.error().message;
    control_->settle();
    EXPECT_EQ(task(ids->front()).done, covered);
    EXPECT_EQ(task(ids->front()).trust, model::PartTrust::Covered);
}

TEST_F(Continuing, TokenThatIsKnownUsesNoData) {
    auto first = must_create({{"token", std::string{"t"}}});
    auto data = cancelled();
    auto same = go_on(data, "", {{"token", std::string{"t"}}});
    ASSERT_TRUE(same);
    EXPECT_EQ(*same, first);
    EXPECT_TRUE(go_on(data));
}

}  // namespace
}  // namespace haul::control
