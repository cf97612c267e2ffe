// The life of an upload: what its server says of it, what may not be done twice, and what is left there.

#include "model/limits.hpp"
#include "model/upload_life.hpp"
#include "unit/model/stepping.hpp"

namespace haul::model {
namespace {

using enum TaskState;
using enum Effect;
using Effects = std::vector<Effect>;
using Types = std::vector<EventType>;

constexpr const char* kResourceUrl = "http://example.org/uploads/secret";

/// What may be made again (a PUT), and what may not (a POST).
const Surroundings kAgain = kNoon;
const Surroundings kOnce = [] {
    auto around = kNoon;
    around.may_repeat = false;
    return around;
}();

/// An upload in this state: the server has said that it has half of the 1000 bytes.
Task upload_in(TaskState state, UploadState upload = {}) {
    auto task = task_in(state);
    task.kind = TaskKind::Upload;
    task.destination.clear();
    task.validator = {};
    task.synced = {};
    task.source_file = {.path = "/s/file", .identity = {.device = 3, .inode = 4, .size = 1000}};
    upload.offset = 500;
    task.upload = std::move(upload);
    task.done = Coverage{500};
    return task;
}

UploadState at_resource() {
    return {.protocol = UploadProtocol::Ietf, .url = kResourceUrl};
}
UploadState all_sent() {
    return {.protocol = UploadProtocol::Auto, .may_be_there = true};
}

fact::Interrupted broken(Ending ending, Reason reason = Reason::Connection) {
    return {.ending = ending, .reason = reason, .text = "it broke", .done = Coverage{500}};
}

const fact::Answered kAnswered{
    .state = {.protocol = UploadProtocol::Auto, .offset = 1000}, .reply = {.status = 201}, .final_url = ""};

// --- what the server says ---

TEST(UploadLife, ServersWordMovesTheOffset) {
    auto next = must_step(upload_in(Running), fact::Uploaded{{.url = kResourceUrl, .offset = 700}, false});
    EXPECT_EQ(next.task.done, Coverage{700});
    EXPECT_EQ(next.task.upload.url, kResourceUrl);
    EXPECT_TRUE(next.effects.empty());
    EXPECT_TRUE(next.news.empty());
    next = must_step(next.task, fact::Uploaded{{.url = kResourceUrl, .offset = 300}, false});
    EXPECT_EQ(next.task.done, Coverage{300}) << "and back, too";
}

TEST(UploadLife, HeldOneGoesOnAfterTheCommit) {
    auto next = must_step(upload_in(Running), fact::Uploaded{all_sent(), true});
    EXPECT_EQ(next.effects, Effects{ProceedTransfer});
    EXPECT_TRUE(next.task.upload.may_be_there);
}

TEST(UploadLife, LateWordCountsAndLetsNothingGoOn) {
    for (auto state : {Suspended, Waiting}) {
        auto next = must_step(upload_in(state), fact::Uploaded{{.offset = 700}, true});
        EXPECT_EQ(next.task.state, state);
        EXPECT_EQ(next.task.done, Coverage{700});
        EXPECT_TRUE(next.effects.empty());
    }
}

TEST(UploadLife, WordAfterTheEndIsNothing) {
    for (auto state : {Finished, Failed, Cancelled}) {
        auto next = must_step(upload_in(state), fact::Uploaded{{.url = kResourceUrl, .offset = 700}, true});
        EXPECT_EQ(next.task.upload.url, "") << "its URL is a secret";
        EXPECT_EQ(next.task.done, Coverage{500});
        EXPECT_TRUE(next.effects.empty());
    }
}

TEST(UploadLife, AnswerFinishesItWithOneEvent) {
    auto next = must_step(upload_in(Running, at_resource()), kAnswered);
    EXPECT_EQ(next.task.state, Finished);
    EXPECT_EQ(next.task.reason, Reason::None);
    EXPECT_EQ(types_of(next.news), Types{EventType::Completed});
    EXPECT_EQ(next.effects, Effects{DiscardPart}) << "the copy that it was read from, and no farewell";
    const auto& details = next.news[0].details;
    EXPECT_EQ(*find(details, "status"), Value{std::uint16_t{201}});
    EXPECT_EQ(*find(details, "bytes-done"), Value{std::uint64_t{1000}});
    EXPECT_EQ(*find(details, "bytes-total"), Value{std::int64_t{1000}});
    EXPECT_EQ(*find(details, "url"), Value{std::string{"http://example.org/file"}}) << "redacted";
    EXPECT_EQ(find(details, "path"), nullptr);
    EXPECT_EQ(next.task.upload.url, "");
}

TEST(UploadLife, AnswerFromElsewhereIsTold) {
    auto fact = kAnswered;
    fact.final_url = "http://example.net/there";
    auto next = must_step(upload_in(Running), fact);
    EXPECT_EQ(types_of(next.news), (Types{EventType::Redirected, EventType::Completed}));
    EXPECT_EQ(next.task.final_url, "http://example.net/there");
}

TEST(UploadLife, LateAnswerChangesNothing) {
    for (auto state : {Suspended, Waiting, Failed, Cancelled}) {
        auto next = must_step(upload_in(state), kAnswered);
        EXPECT_EQ(next.task.state, state);
        EXPECT_TRUE(next.news.empty());
    }
}

// --- what may be done twice ---

struct End {
    const char* name;
    Ending ending;
    TaskState again;  ///< where it may be repeated
    TaskState once;   ///< where it may not
};

class UploadThatMayBeThere : public testing::TestWithParam<End> {};

TEST_P(UploadThatMayBeThere, IsRepeatedWhereThatDoesNoHarm) {
    auto next = must_step(upload_in(Running, all_sent()), broken(GetParam().ending), kAgain).task;
    EXPECT_EQ(to_word(next.state), to_word(GetParam().again));
    EXPECT_EQ(next.error_text, "it broke");
}

TEST_P(UploadThatMayBeThere, IsNotSentTwiceElse) {
    auto next = must_step(upload_in(Running, all_sent()), broken(GetParam().ending), kOnce);
    EXPECT_EQ(to_word(next.task.state), to_word(GetParam().once));
    EXPECT_TRUE(next.task.error_text.starts_with("it broke")) << next.task.error_text;
    if (GetParam().once == Waiting) return;
    EXPECT_EQ(next.task.reason, Reason::Connection);
    EXPECT_EQ(types_of(next.news), Types{EventType::Failed});
    EXPECT_EQ(next.effects, Effects{DiscardPart});
    bool is_advised = next.task.error_text.find("not sent twice") != std::string::npos;
    EXPECT_EQ(is_advised, GetParam().ending != Ending::Final) << next.task.error_text;
}

TEST_P(UploadThatMayBeThere, GoesOnAtItsResource) {
    if (GetParam().ending == Ending::Refetch) return;  // the server has forgotten it
    auto upload = all_sent();
    upload.url = kResourceUrl;
    auto next = must_step(upload_in(Running, upload), broken(GetParam().ending), kOnce).task;
    EXPECT_EQ(to_word(next.state), to_word(GetParam().again)) << "the server can be asked";
}

INSTANTIATE_TEST_SUITE_P(Upload, UploadThatMayBeThere,
                         testing::Values(End{"Stopped", Ending::Stopped, Waiting, Failed},
                                         End{"Retry", Ending::Retry, Waiting, Failed},
                                         End{"Refetch", Ending::Refetch, Waiting, Failed},
                                         End{"SourceMissing", Ending::SourceMissing, Waiting, Failed},
                                         End{"Credentials", Ending::Credentials, Waiting, Waiting},
                                         End{"Final", Ending::Final, Failed, Failed}),
                         [](const auto& info) { return info.param.name; });

TEST(UploadLife, NothingSentIsSentAgainWhateverTheMethod) {
    for (auto ending : {Ending::Stopped, Ending::Retry, Ending::Refetch})
        EXPECT_EQ(must_step(upload_in(Running), broken(ending), kOnce).task.state, Waiting);
}

TEST(UploadLife, LastWordOfTheEngineCounts) {
    auto fact = broken(Ending::Retry);
    fact.upload = all_sent();
    EXPECT_EQ(must_step(upload_in(Running), fact, kOnce).task.state, Failed);
    fact.upload = UploadState{};
    EXPECT_EQ(must_step(upload_in(Running, all_sent()), fact, kOnce).task.state, Waiting)
        << "it was not sent after all";
}

TEST(UploadLife, PartsAreAskedForAndCanBeBroughtAgain) {
    auto upload = all_sent();
    upload.protocol = UploadProtocol::S3;
    EXPECT_EQ(must_step(upload_in(Running, upload), broken(Ending::Retry), kOnce).task.state, Waiting);
}

TEST(UploadLife, UploadThatIsForgottenAfterItsLastByteIsNotMadeAnew) {
    auto upload = at_resource();
    upload.may_be_there = true;
    auto fact = broken(Ending::Refetch, Reason::HttpStatus);
    auto next = must_step(upload_in(Running, upload), fact, kOnce).task;
    EXPECT_EQ(next.state, Failed);
    EXPECT_EQ(next.reason, Reason::HttpStatus);
    EXPECT_EQ(must_step(upload_in(Running, upload), fact, kAgain).task.state, Waiting);
}

TEST(UploadLife, FailureWithoutAReasonIsOneOfTheConnection) {
    auto next = must_step(upload_in(Running, all_sent()), broken(Ending::Stopped, Reason::None), kOnce).task;
    EXPECT_EQ(next.reason, Reason::Connection);
}

TEST(UploadLife, AdviceFitsBehindAnyTrouble) {
    auto text = unrepeatable_text(std::string(10 * kMaxErrorText, 'x'));
    EXPECT_LE(text.size(), kMaxErrorText);
    EXPECT_TRUE(text.ends_with("does no harm")) << text;
}

TEST(UploadLife, WhoAsksForCredentialsHasNotTakenAnything) {
    auto next = must_step(upload_in(Running, all_sent()), broken(Ending::Credentials), kOnce);
    EXPECT_EQ(next.task.blocked, Block::Credentials);
    EXPECT_FALSE(next.task.upload.may_be_there);
    EXPECT_EQ(types_of(next.news), Types{EventType::CredentialsNeeded});
}

// --- a start of the daemon ---

TEST(UploadLife, RestartOfTheDaemonGoesOnWhereThatIsAllowed) {
    for (bool same_boot : {true, false}) {
        fact::Recovered fact{same_boot};
        EXPECT_EQ(must_step(upload_in(Running, all_sent()), fact, kAgain).task.state, Waiting);
        EXPECT_EQ(must_step(upload_in(Running, at_resource()), fact, kOnce).task.state, Waiting);
        auto failed = must_step(upload_in(Running, all_sent()), fact, kOnce);
        EXPECT_EQ(failed.task.state, Failed);
        EXPECT_EQ(failed.task.reason, Reason::Connection);
        EXPECT_TRUE(failed.task.error_text.starts_with("the daemon was stopped")) << failed.task.error_text;
        EXPECT_EQ(types_of(failed.news), Types{EventType::Failed});
    }
}

TEST(UploadLife, RestartKeepsWhatTheServerHas) {
    auto next = must_step(upload_in(Running, at_resource()), fact::Recovered{false});
    EXPECT_EQ(next.task.done, Coverage{500}) << "no disk of ours can lose it";
    EXPECT_EQ(next.task.upload.url, kResourceUrl);
    EXPECT_EQ(next.task.blocked, Block::Queue);
    EXPECT_TRUE(next.news.empty());
}

TEST(UploadLife, DeviceNumbersOfAnotherBootAreNotCompared) {
    for (auto state : {Suspended, Waiting, Running}) {
        auto task = must_step(upload_in(state), fact::Recovered{false}).task;
        EXPECT_EQ(task.source_file.identity.device, 0U);
        EXPECT_EQ(task.source_file.identity.inode, 4U);
        EXPECT_EQ(must_step(upload_in(state), fact::Recovered{true}).task.source_file.identity.device, 3U);
    }
}

TEST(UploadLife, RestartDoesNotWakeWhatDoesNotRun) {
    for (auto state : {Suspended, Waiting, Finished, Failed, Cancelled}) {
        auto next = must_step(upload_in(state, all_sent()), fact::Recovered{false}, kOnce);
        EXPECT_EQ(next.task.state, state);
        EXPECT_TRUE(next.news.empty());
        EXPECT_TRUE(next.effects.empty());
    }
}

// --- the source, and uploads that the server forgets ---

TEST(UploadLife, MissingSourceIsWaitedForAndToldOnce) {
    auto around = kNoon;
    around.retries = 0;
    auto fact = broken(Ending::SourceMissing, Reason::Source);
    auto next = must_step(upload_in(Running), fact, around);
    EXPECT_EQ(next.task.state, Waiting);
    EXPECT_EQ(next.task.blocked, Block::File);
    EXPECT_EQ(next.task.next_attempt, kNoon.now + kSourceDelay);
    ASSERT_EQ(types_of(next.news), Types{EventType::Waiting});
    EXPECT_EQ(*find(next.news[0].details, "blocked-by"), Value{std::vector<std::string>{"file"}});
    next = must_step(must_step(next.task, fact::Admit{}).task, fact, around);
    EXPECT_EQ(next.task.blocked, Block::File) << "no failure that counts";
    EXPECT_TRUE(next.news.empty());
    auto moved = fact;
    moved.progressed = true;
    next = must_step(must_step(next.task, fact::Admit{}).task, moved, around);
    EXPECT_EQ(types_of(next.news), Types{EventType::Waiting}) << "it was there in between";
}

TEST(UploadLife, SourceThatWasFoundStays) {
    auto found = upload_in(Waiting);
    auto other = found.source_file;
    other.path += "-other";
    EXPECT_EQ(must_step(found, fact::SourceFound{other}).task.source_file.path, found.source_file.path);
    EXPECT_EQ(must_step(found, fact::SourceLacking{.is_final = true, .text = ""}).task.state, Waiting);
}

TEST(UploadLife, ForgottenUploadBeginsAgainAfterADelay) {
    auto fact = broken(Ending::Refetch, Reason::HttpStatus);
    UploadState anew{.protocol = UploadProtocol::Tus, .checksum = "sha1", .is_discovered = true};
    fact.upload = anew;
    auto next = must_step(upload_in(Running, at_resource()), fact);
    EXPECT_EQ(next.task.state, Waiting);
    EXPECT_EQ(next.task.blocked, Block::RetryDelay) << "it may be forgotten each time";
    EXPECT_TRUE(next.task.next_attempt);
    EXPECT_EQ(next.task.upload, anew) << "what the strategy knows stays";
    EXPECT_TRUE(next.task.done.is_empty());
    EXPECT_EQ(next.task.total, 1000U) << "the file is still as large";
    ASSERT_EQ(types_of(next.news), Types{EventType::ResumedFromZero});
    EXPECT_EQ(*find(next.news[0].details, "bytes-done"), Value{std::uint64_t{500}});
    fact.done = {};
    EXPECT_TRUE(must_step(upload_in(Running), fact).news.empty()) << "nothing was lost";
}

TEST(UploadLife, BytesAreNotGivenUpForTheWantOfAValidator) {
    auto next = must_step(upload_in(Waiting, at_resource()), fact::Admit{});
    EXPECT_EQ(next.effects, Effects{StartTransfer});
    EXPECT_EQ(next.task.done, Coverage{500});
    EXPECT_TRUE(next.news.empty());
}

// --- clients ---

TEST(UploadLife, WhatCannotBeRepeatedIsNeitherSuspendedNorTurnedElsewhere) {
    for (const Fact& fact : {Fact{fact::Suspend{}}, Fact{fact::ReplaceUrl{"http://example.net/"}}}) {
        auto refused = step(upload_in(Running, all_sent()), fact, kOnce);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::InvalidState);
        EXPECT_TRUE(step(upload_in(Running, all_sent()), fact, kAgain));
        EXPECT_TRUE(step(upload_in(Running), fact, kOnce)) << "not sent yet";
        auto resource = all_sent();
        resource.url = kResourceUrl;
        EXPECT_TRUE(step(upload_in(Running, resource), fact, kOnce)) << "the server can be asked";
    }
}

TEST(UploadLife, LateWordOfASuspendedOneIsKept) {
    auto fact = broken(Ending::Stopped);
    fact.upload = at_resource();
    fact.upload->offset = 700;
    fact.done = Coverage{700};
    auto task = must_step(upload_in(Suspended), fact).task;
    EXPECT_EQ(task.state, Suspended);
    EXPECT_EQ(task.done, Coverage{700});
    EXPECT_EQ(task.upload.url, kResourceUrl);
}

TEST(UploadLife, CancelLeavesNothingAtTheServer) {
    auto next = must_step(upload_in(Running, at_resource()), fact::Cancel{});
    EXPECT_EQ(next.task.state, Cancelled);
    EXPECT_EQ(next.effects, (Effects{StopTransfer, ForgetUpload, DiscardPart}));
    EXPECT_EQ(next.forgotten.url, kResourceUrl);
    EXPECT_EQ(next.forgotten.protocol, UploadProtocol::Ietf);
    EXPECT_EQ(next.task.upload.url, "") << "the URL goes with the task's end";
    EXPECT_EQ(next.task.upload.protocol, UploadProtocol::Ietf) << "the protocol is still of interest";
    EXPECT_FALSE(next.task.keeps_part);
}

TEST(UploadLife, CancelMayCallOffWhatMayBeThere) {
    auto upload = at_resource();
    upload.may_be_there = true;
    EXPECT_EQ(must_step(upload_in(Waiting, upload), fact::Cancel{}).effects,
              (Effects{ForgetUpload, DiscardPart}));
}

TEST(UploadLife, CancelHasNothingToForgetWithoutAResource) {
    EXPECT_EQ(must_step(upload_in(Running, all_sent()), fact::Cancel{}).effects,
              (Effects{StopTransfer, DiscardPart}));
    UploadState parts{.protocol = UploadProtocol::S3};
    EXPECT_EQ(must_step(upload_in(Suspended, parts), fact::Cancel{}).effects,
              (Effects{ForgetUpload, DiscardPart}))
        << "a multipart upload is there before its first part";
}

TEST(UploadLife, UploadsKeepNothingForResumeData) {
    auto next = must_step(upload_in(Running, at_resource()), fact::CancelKeeping{});
    EXPECT_FALSE(next.task.keeps_part);
    EXPECT_EQ(next.effects, (Effects{StopTransfer, ForgetUpload, DiscardPart}));
}

TEST(UploadLife, FailureLeavesNothingAtTheServer) {
    for (const Fact& fact : {Fact{broken(Ending::Final, Reason::HttpStatus)}, Fact{fact::DeadlinePassed{}}}) {
        auto next = must_step(upload_in(Running, at_resource()), fact);
        EXPECT_EQ(next.task.state, Failed);
        EXPECT_EQ(next.forgotten.url, kResourceUrl);
        EXPECT_EQ(next.task.upload.url, "");
    }
}

TEST(UploadLife, FailureDoesNotCallOffWhatMayBeComplete) {
    auto upload = at_resource();
    upload.may_be_there = true;
    auto next = must_step(upload_in(Running, upload), broken(Ending::Final));
    EXPECT_EQ(next.effects, Effects{DiscardPart}) << "it may be somebody's file by now";
    EXPECT_EQ(next.task.upload.url, "");
    next = must_step(upload_in(Running, at_resource()), broken(Ending::Final, Reason::Incomplete));
    EXPECT_EQ(next.effects, Effects{DiscardPart}) << "nor what the server says is complete";
}

// --- and downloads know nothing of all this ---

TEST(UploadLife, DownloadIsNeverUnrepeatable) {
    auto task = task_in(Running);
    task.upload = all_sent();
    EXPECT_FALSE(is_unrepeatable(task, false));
    for (auto ending : {Ending::Stopped, Ending::Retry, Ending::Refetch})
        EXPECT_EQ(must_step(task_in(Running), interrupted(ending), kOnce).task.state, Waiting);
    EXPECT_EQ(must_step(task_in(Running), interrupted(Ending::Refetch)).task.blocked, Block::Queue)
        << "and is fetched again at once";
    EXPECT_EQ(must_step(task_in(Running), fact::Cancel{}).effects, (Effects{StopTransfer, DiscardPart}));
}

}  // namespace
}  // namespace haul::model
