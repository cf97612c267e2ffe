#include "model/transition.hpp"

#include "model/limits.hpp"
#include "unit/model/stepping.hpp"

namespace haul::model {
namespace {

using enum TaskState;
using enum Effect;
using Effects = std::vector<Effect>;
using Types = std::vector<EventType>;

// --- the table: states x facts ---

struct Arrow {
    const char* what;
    TaskState from;
    Fact fact;
    TaskState to;
    Effects effects;
    Types news;
};

class Arrows : public testing::TestWithParam<Arrow> {};

TEST_P(Arrows, LeadWhereTheTableSays) {
    const auto& arrow = GetParam();
    auto next = must_step(task_in(arrow.from), arrow.fact);
    EXPECT_EQ(to_word(next.task.state), to_word(arrow.to));
    EXPECT_EQ(next.effects, arrow.effects);
    EXPECT_EQ(types_of(next.news), arrow.news);
}

const fact::Restarted kRestarted{kOther, "changed"};
const fact::Arrived kArrived{.entity = kEntity, .size = 1000, .inode = 7, .is_verified = true};
const fact::Arrived kUnverified{.entity = kEntity, .size = 1000, .inode = 7};
const fact::Began kBegan{kEntity, Coverage{700}};
const fact::Segmented kSegmented{kEntity, Coverage{500}};
const fact::Unpublished kRefused{.ending = Ending::Final, .text = "x"};
const fact::SyncFailed kSyncFailed{"EIO"};
const fact::ReplaceUrl kReplaceUrl{"http://example.net/other"};
const Types kNone;

INSTANTIATE_TEST_SUITE_P(
    FromSuspended, Arrows,
    testing::Values(
        Arrow{"Resume", Suspended, fact::Resume{}, Waiting, {}, kNone},
        Arrow{"Suspend", Suspended, fact::Suspend{}, Suspended, {}, kNone},
        Arrow{"Cancel", Suspended, fact::Cancel{}, Cancelled, {DiscardPart}, {EventType::Cancelled}},
        Arrow{"CancelKeeping", Suspended, fact::CancelKeeping{}, Cancelled, {}, {EventType::Cancelled}},
        Arrow{"ReplaceUrl", Suspended, kReplaceUrl, Suspended, {}, kNone},
        Arrow{"CredentialsGiven", Suspended, fact::CredentialsGiven{}, Suspended, {}, kNone},
        Arrow{"Segmented", Suspended, kSegmented, Suspended, {}, kNone},
        Arrow{"Covered", Suspended, fact::Covered{Coverage{900}}, Suspended, {}, kNone},
        Arrow{"NotModified", Suspended, fact::NotModified{304}, Suspended, {}, kNone},
        Arrow{"Admit", Suspended, fact::Admit{}, Suspended, {}, kNone},
        Arrow{"DeadlinePassed", Suspended, fact::DeadlinePassed{}, Suspended, {}, kNone},
        Arrow{"Began", Suspended, kBegan, Suspended, {}, kNone},
        Arrow{"Restarted", Suspended, kRestarted, Suspended, {}, kNone},
        Arrow{"Arrived", Suspended, kArrived, Suspended, {}, kNone},
        Arrow{"Interrupted", Suspended, interrupted(Ending::Stopped), Suspended, {}, kNone},
        Arrow{"InterruptedForGood", Suspended, interrupted(Ending::Final), Suspended, {}, kNone},
        Arrow{"SyncFailed", Suspended, kSyncFailed, Suspended, {}, kNone},
        Arrow{"Published", Suspended, fact::Published{"/d/file"}, Suspended, {}, kNone},
        Arrow{"Unpublished", Suspended, kRefused, Suspended, {}, kNone},
        Arrow{"Recovered", Suspended, fact::Recovered{true}, Suspended, {}, kNone}),
    [](const auto& info) { return info.param.what; });

INSTANTIATE_TEST_SUITE_P(
    FromWaiting, Arrows,
    testing::Values(
        Arrow{"Resume", Waiting, fact::Resume{}, Waiting, {}, kNone},
        Arrow{"Suspend", Waiting, fact::Suspend{}, Suspended, {}, kNone},
        Arrow{"Cancel", Waiting, fact::Cancel{}, Cancelled, {DiscardPart}, {EventType::Cancelled}},
        Arrow{"CancelKeeping", Waiting, fact::CancelKeeping{}, Cancelled, {}, {EventType::Cancelled}},
        Arrow{"ReplaceUrl", Waiting, kReplaceUrl, Waiting, {}, kNone},
        Arrow{"CredentialsGiven", Waiting, fact::CredentialsGiven{}, Waiting, {}, kNone},
        Arrow{"Segmented", Waiting, kSegmented, Waiting, {}, kNone},
        Arrow{"Covered", Waiting, fact::Covered{Coverage{900}}, Waiting, {}, kNone},
        Arrow{"NotModified", Waiting, fact::NotModified{304}, Waiting, {}, kNone},
        Arrow{"Admit", Waiting, fact::Admit{}, Running, {StartTransfer}, kNone},
        Arrow{"DeadlinePassed", Waiting, fact::DeadlinePassed{}, Failed, {}, {EventType::Failed}},
        Arrow{"Began", Waiting, kBegan, Waiting, {}, kNone},
        Arrow{"Restarted", Waiting, kRestarted, Waiting, {}, kNone},
        Arrow{"Progressed", Waiting, fact::Progressed{900, {}}, Waiting, {}, kNone},
        Arrow{"Arrived", Waiting, kArrived, Waiting, {}, kNone},
        Arrow{"Interrupted", Waiting, interrupted(Ending::Final), Waiting, {}, kNone},
        Arrow{"SyncFailed", Waiting, kSyncFailed, Waiting, {}, kNone},
        Arrow{"Published", Waiting, fact::Published{"/d/file"}, Waiting, {}, kNone},
        Arrow{"Recovered", Waiting, fact::Recovered{false}, Waiting, {}, kNone}),
    [](const auto& info) { return info.param.what; });

INSTANTIATE_TEST_SUITE_P(
    FromRunning, Arrows,
    testing::Values(
        Arrow{"Resume", Running, fact::Resume{}, Running, {}, kNone},
        Arrow{"Suspend", Running, fact::Suspend{}, Suspended, {StopTransfer}, kNone},
        Arrow{"Cancel",
              Running,
              fact::Cancel{},
              Cancelled,
              {StopTransfer, DiscardPart},
              {EventType::Cancelled}},
        Arrow{"Admit", Running, fact::Admit{}, Running, {}, kNone},
        Arrow{"DeadlinePassed", Running, fact::DeadlinePassed{}, Failed, {StopTransfer}, {EventType::Failed}},
        Arrow{"Began", Running, kBegan, Running, {}, kNone},
        Arrow{"Restarted", Running, kRestarted, Running, {ProceedTransfer}, {EventType::ResumedFromZero}},
        Arrow{"Progressed", Running, fact::Progressed{900, {}}, Running, {}, kNone},
        Arrow{"CancelKeeping",
              Running,
              fact::CancelKeeping{},
              Cancelled,
              {StopTransfer},
              {EventType::Cancelled}},
        Arrow{"ReplaceUrl", Running, kReplaceUrl, Waiting, {StopTransfer}, kNone},
        Arrow{"CredentialsGiven", Running, fact::CredentialsGiven{}, Running, {}, kNone},
        Arrow{"Segmented", Running, kSegmented, Running, {ProceedTransfer}, kNone},
        Arrow{"Covered", Running, fact::Covered{Coverage{900}}, Running, {}, kNone},
        Arrow{
            "NotModified", Running, fact::NotModified{304}, Finished, {DiscardPart}, {EventType::Completed}},
        Arrow{"Arrived", Running, kArrived, Publishing, {Publish}, kNone},
        Arrow{"ArrivedUnverified", Running, kUnverified, Publishing, {CheckAndPublish}, kNone},
        Arrow{"Stopped", Running, interrupted(Ending::Stopped), Waiting, {}, kNone},
        Arrow{"Retry", Running, interrupted(Ending::Retry), Waiting, {}, kNone},
        Arrow{"Refetch", Running, interrupted(Ending::Refetch), Waiting, {}, {EventType::ResumedFromZero}},
        Arrow{"ResumeRefused", Running, interrupted(Ending::ResumeRefused), Waiting, {}, kNone},
        Arrow{"NotHere", Running, interrupted(Ending::NotHere), Waiting, {}, kNone},
        Arrow{"Credentials",
              Running,
              interrupted(Ending::Credentials),
              Waiting,
              {},
              {EventType::CredentialsNeeded}},
        Arrow{"DiskFull", Running, interrupted(Ending::DiskFull), Waiting, {}, {EventType::Waiting}},
        Arrow{"DiskFailed", Running, interrupted(Ending::DiskFailed), Waiting, {}, kNone},
        Arrow{"Final", Running, interrupted(Ending::Final), Failed, {}, {EventType::Failed}},
        Arrow{"Synced", Running, fact::Synced{Coverage{550}}, Running, {}, kNone},
        Arrow{"SyncFailed", Running, kSyncFailed, Waiting, {StopTransfer}, kNone},
        Arrow{"Published", Running, fact::Published{"/d/file"}, Running, {}, kNone},
        Arrow{"Unpublished", Running, kRefused, Running, {}, kNone},
        Arrow{"Recovered", Running, fact::Recovered{true}, Waiting, {}, kNone},
        Arrow{"RecoveredAfterPowerCut", Running, fact::Recovered{false}, Waiting, {}, kNone}),
    [](const auto& info) { return info.param.what; });

INSTANTIATE_TEST_SUITE_P(
    FromPublishing, Arrows,
    testing::Values(Arrow{"Resume", Publishing, fact::Resume{}, Publishing, {}, kNone},
                    Arrow{"Admit", Publishing, fact::Admit{}, Publishing, {}, kNone},
                    Arrow{"DeadlinePassed", Publishing, fact::DeadlinePassed{}, Publishing, {}, kNone},
                    Arrow{"Arrived", Publishing, kArrived, Publishing, {}, kNone},
                    Arrow{"Interrupted", Publishing, interrupted(Ending::Final), Publishing, {}, kNone},
                    Arrow{"Published",
                          Publishing,
                          fact::Published{"/d/file"},
                          Finished,
                          {},
                          {EventType::FinishedDownloading, EventType::Completed}},
                    Arrow{"Refused", Publishing, kRefused, Failed, {DiscardPart}, {EventType::Failed}},
                    Arrow{"DiskFull",
                          Publishing,
                          fact::Unpublished{.ending = Ending::DiskFull, .text = "x"},
                          Waiting,
                          {},
                          {EventType::Waiting}},
                    Arrow{"DiskFailed",
                          Publishing,
                          fact::Unpublished{.ending = Ending::DiskFailed, .text = "x"},
                          Waiting,
                          {},
                          kNone},
                    Arrow{"SyncFailed", Publishing, kSyncFailed, Waiting, {}, kNone},
                    Arrow{
                        "Recovered", Publishing, fact::Recovered{true}, Publishing, {CheckAndPublish}, kNone},
                    Arrow{"RecoveredAfterPowerCut",
                          Publishing,
                          fact::Recovered{false},
                          Publishing,
                          {CheckAndPublish},
                          kNone}),
    [](const auto& info) { return info.param.what; });

// --- what clients may not ask ---

TEST(Transition, ClientsHearWhatAStateDoesNotAllow) {
    const std::pair<TaskState, Fact> refused[]{{Publishing, fact::Suspend{}},
                                               {Publishing, fact::Cancel{}},
                                               {Finished, fact::Resume{}},
                                               {Finished, fact::Suspend{}},
                                               {Finished, fact::Cancel{}},
                                               {Failed, fact::Resume{}},
                                               {Failed, fact::Suspend{}},
                                               {Failed, fact::Cancel{}},
                                               {Cancelled, fact::Resume{}},
                                               {Cancelled, fact::Suspend{}},
                                               {Publishing, kReplaceUrl},
                                               {Finished, kReplaceUrl},
                                               {Failed, kReplaceUrl},
                                               {Cancelled, kReplaceUrl},
                                               {Publishing, fact::CancelKeeping{}},
                                               {Finished, fact::CancelKeeping{}},
                                               {Cancelled, fact::CancelKeeping{}},
                                               {Publishing, fact::CredentialsGiven{}},
                                               {Failed, fact::CredentialsGiven{}}};
    for (const auto& [state, fact] : refused) {
        auto next = step(task_in(state), fact, kNoon);
        ASSERT_FALSE(next) << to_word(state) << " fact " << fact.index();
        EXPECT_EQ(next.error().code, ErrorCode::InvalidState);
        EXPECT_NE(next.error().message.find(to_word(state)), std::string::npos) << next.error().message;
    }
}

TEST(Transition, CancellingTwiceIsOnce) {
    auto next = must_step(task_in(Cancelled), fact::Cancel{});
    EXPECT_EQ(next.task.state, Cancelled);
    EXPECT_TRUE(next.news.empty());
    EXPECT_TRUE(next.effects.empty());
}

// --- what a step does to the task ---

TEST(Transition, RunningTaskKeepsItsBytesWhenInterrupted) {
    for (auto ending : {Ending::Stopped, Ending::Retry, Ending::DiskFull}) {
        auto task = must_step(task_in(Running), interrupted(ending)).task;
        EXPECT_EQ(task.done, Coverage{600});
        EXPECT_EQ(task.validator.etag, "\"one\"");
        EXPECT_EQ(task.total, 1000U);
    }
}

TEST(Transition, LostBytesGoBackToTheSyncedOnes) {
    auto task = must_step(task_in(Running), interrupted(Ending::DiskFailed)).task;
    EXPECT_EQ(task.done, Coverage{200});
    EXPECT_EQ(task.trust, PartTrust::Synced);
    task = must_step(task_in(Running), kSyncFailed).task;
    EXPECT_EQ(task.done, Coverage{200});
    EXPECT_EQ(task.trust, PartTrust::Synced);
}

TEST(Transition, PowerCutLeavesOnlySyncedBytes) {
    for (auto state : {Suspended, Waiting, Running}) {
        auto task = must_step(task_in(state), fact::Recovered{false}).task;
        EXPECT_EQ(task.done, Coverage{200}) << to_word(state);
        EXPECT_EQ(task.trust, PartTrust::Synced) << to_word(state);
        task = must_step(task_in(state), fact::Recovered{true}).task;
        EXPECT_EQ(task.done, Coverage{500}) << to_word(state);
        EXPECT_EQ(task.trust, PartTrust::Size) << to_word(state);
    }
    auto publishing = must_step(task_in(Publishing), fact::Recovered{false}).task;
    EXPECT_EQ(publishing.trust, PartTrust::Synced);
    EXPECT_EQ(publishing.done, Coverage{1000}) << "what was to be published, to find it under its final name";
}

TEST(Transition, RestartedTaskBelongsToItsNewEntity) {
    auto next = must_step(task_in(Running), kRestarted);
    EXPECT_EQ(next.task.done, Coverage{});
    EXPECT_EQ(next.task.synced, Coverage{});
    EXPECT_EQ(next.task.total, 7U);
    EXPECT_EQ(next.task.validator.etag, "\"two\"");
    EXPECT_EQ(*find(next.news.front().details, "bytes-done"), Value{std::uint64_t{500}})
        << "what was given up";
}

TEST(Transition, RestartWithoutBytesIsNoNews) {
    auto task = task_in(Running);
    task.done = task.synced = {};
    EXPECT_TRUE(must_step(task, kRestarted).news.empty());
}

TEST(Transition, BytesWithoutProofAreGivenUpWhenTheNextAttemptBegins) {
    auto task = task_in(Waiting);
    task.validator = {.etag = "W/\"weak\"", .last_modified = {}};
    auto next = must_step(task, fact::Admit{});
    EXPECT_EQ(next.task.done, Coverage{});
    EXPECT_EQ(next.task.synced, Coverage{});
    EXPECT_EQ(types_of(next.news), Types{EventType::ResumedFromZero});
}

TEST(Transition, AdmittedTaskCountsItsAttempt) {
    auto task = must_step(task_in(Waiting), fact::Admit{}).task;
    EXPECT_EQ(task.attempts.value, task_in(Waiting).attempts.value + 1);
    EXPECT_EQ(task.blocked, Block::None);
    EXPECT_EQ(task.next_attempt, std::nullopt);
}

TEST(Transition, RetryWaitsWithinItsBackoff) {
    auto task = must_step(task_in(Running), interrupted(Ending::Retry)).task;
    EXPECT_EQ(task.blocked, Block::RetryDelay);
    EXPECT_EQ(task.next_attempt, kNoon.now + std::chrono::milliseconds{500}) << "half of the first ceiling";
    EXPECT_EQ(task.error_text, "it broke");
}

TEST(Transition, RetryAfterIsHonoured) {
    auto fact = interrupted(Ending::Retry);
    fact.asked_delay = std::chrono::seconds{30};
    EXPECT_EQ(must_step(task_in(Running), fact).task.next_attempt, kNoon.now + std::chrono::seconds{30});
    fact.asked_delay = std::chrono::days{30};
    EXPECT_EQ(must_step(task_in(Running), fact).task.next_attempt, kNoon.now + kLongestAskedDelay);
}

TEST(Transition, ProgressStartsTheCountOfFailuresAgain) {
    auto task = task_in(Running);
    task.failures = 5;
    auto fact = interrupted(Ending::Retry);
    EXPECT_EQ(must_step(task, fact).task.failures, 1U);
    fact.progressed = false;
    EXPECT_EQ(must_step(task, fact).task.failures, 6U);
    fact.ending = Ending::Stopped;
    EXPECT_EQ(must_step(task, fact).task.failures, 5U) << "our own wish is no failure";
}

TEST(Transition, RetriesAreALimit) {
    auto around = kNoon;
    around.retries = 2;
    auto task = task_in(Running);
    auto fact = interrupted(Ending::Retry);
    fact.progressed = false;
    task.failures = 1;
    EXPECT_EQ(must_step(task, fact, around).task.state, Waiting);
    task.failures = 2;
    auto last = must_step(task, fact, around).task;
    EXPECT_EQ(last.state, Failed);
    EXPECT_EQ(last.reason, Reason::Connection);
    around.retries = 0;
    task.failures = 0;
    EXPECT_EQ(must_step(task, fact, around).task.state, Failed) << "no retries at all";
}

TEST(Transition, FullDiskIsNoFailure) {
    auto around = kNoon;
    around.retries = 0;
    auto next = must_step(task_in(Running), interrupted(Ending::DiskFull), around);
    EXPECT_EQ(next.task.state, Waiting);
    EXPECT_EQ(next.task.blocked, Block::DiskSpace);
    EXPECT_EQ(next.task.next_attempt, kNoon.now + kDiskSpaceDelay);
    EXPECT_EQ(*find(next.news.front().details, "blocked-by"), Value{std::vector<std::string>{"disk-space"}});
}

TEST(Transition, LateReportOfASuspendedTaskKeepsItsBytes) {
    auto task = must_step(task_in(Suspended), interrupted(Ending::Stopped)).task;
    EXPECT_EQ(task.state, Suspended);
    EXPECT_EQ(task.done, Coverage{600});
    EXPECT_EQ(task.validator.etag, "\"one\"");
}

TEST(Transition, ResumeKeepsADelayThatIsNotOver) {
    auto task = task_in(Suspended);
    task.next_attempt = kNoon.now + std::chrono::hours{1};
    EXPECT_EQ(must_step(task, fact::Resume{}).task.blocked, Block::NotBefore);
    task.failures = 1;
    EXPECT_EQ(must_step(task, fact::Resume{}).task.blocked, Block::RetryDelay);
    task.next_attempt = kNoon.now;
    EXPECT_EQ(must_step(task, fact::Resume{}).task.blocked, Block::Queue);
    EXPECT_TRUE(must_step(task, fact::Resume{}).task.resumed_before);
}

TEST(Transition, EndForgetsTheSecretsOfTheUrl) {
    auto ended = must_step(task_in(Running), fact::Cancel{});
    EXPECT_EQ(ended.task.url, "http://example.org/file");
    EXPECT_EQ(*find(ended.news.front().details, "url"), Value{std::string{"http://example.org/file"}});
    EXPECT_EQ(ended.task.deadline, std::nullopt);
    EXPECT_EQ(ended.task.ended, kNoon.now);
}

TEST(Transition, CompletedEventTellsWhatThereIs) {
    auto task = task_in(Publishing);
    task.token = "mine";
    auto details = must_step(task, fact::Published{"/d/file (1)"}).news.back().details;
    EXPECT_EQ(*find(details, "path"), Value{std::string{"/d/file (1)"}});
    EXPECT_EQ(*find(details, "bytes-done"), Value{std::uint64_t{1000}});
    EXPECT_EQ(*find(details, "bytes-total"), Value{std::int64_t{1000}});
    EXPECT_EQ(*find(details, "status"), Value{std::uint16_t{200}});
    EXPECT_EQ(*find(details, "token"), Value{std::string{"mine"}});
    EXPECT_EQ(find(details, "error"), nullptr);
}

TEST(Transition, FailedEventTellsWhy) {
    auto fact = interrupted(Ending::Final);
    fact.reason = Reason::HttpStatus;
    fact.entity.status = 404;
    fact.entity.total.reset();
    auto details = must_step(task_in(Running), fact).news.back().details;
    EXPECT_EQ(*find(details, "error"), Value{std::string{"http-status"}});
    EXPECT_EQ(*find(details, "error-text"), Value{std::string{"it broke"}});
    EXPECT_EQ(*find(details, "status"), Value{std::uint16_t{404}});
}

TEST(Transition, ErrorTextsAreShort) {
    auto fact = interrupted(Ending::Final);
    fact.text = std::string(10 * kMaxErrorText, 'x');
    EXPECT_LE(must_step(task_in(Running), fact).task.error_text.size(), kMaxErrorText + 3);
}

}  // namespace
}  // namespace haul::model
