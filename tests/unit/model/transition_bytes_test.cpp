// What becomes of a task's bytes: refused resumes, several connections, resume data, full disks, another URL.

#include "model/limits.hpp"
#include "model/resume_rule.hpp"
#include "unit/model/stepping.hpp"

namespace haul::model {
namespace {

using enum TaskState;
using enum Effect;
using Effects = std::vector<Effect>;
using Types = std::vector<EventType>;

Coverage with_islands(Bytes prefix, Span island) {
    Coverage coverage{prefix};
    coverage.add(island);
    return coverage;
}

Task take(Task task, const Fact& fact) {
    return must_step(task, fact).task;
}

// --- refused resumes ---

TEST(Transition, RefusedResumesEndInACleanStart) {
    auto refused = interrupted(Ending::ResumeRefused);
    refused.progressed = false;
    auto task = task_in(Running);
    for (std::uint32_t i = 1; i < kMaxFailedResumes; ++i) {
        auto next = must_step(task, refused);
        EXPECT_EQ(next.task.state, Waiting);
        EXPECT_EQ(next.task.blocked, Block::RetryDelay) << "with a delay";
        EXPECT_EQ(next.task.done, Coverage{600}) << i;
        EXPECT_TRUE(next.news.empty()) << i;
        task = take(next.task, fact::Admit{});
    }
    auto last = must_step(task, refused);
    EXPECT_EQ(last.task.state, Waiting);
    EXPECT_TRUE(last.task.done.is_empty());
    EXPECT_FALSE(can_continue(last.task.validator)) << "so that the next request has no range";
    EXPECT_EQ(types_of(last.news), Types{EventType::ResumedFromZero});
    task = take(last.task, fact::Admit{});
    EXPECT_EQ(take(task, refused).failed_resumes, 1U) << "and the count begins again";
}

TEST(Transition, ByteThatComesForgivesRefusedResumes) {
    auto task = task_in(Running);
    task.failed_resumes = kMaxFailedResumes - 1;
    EXPECT_EQ(take(task, interrupted(Ending::Retry)).failed_resumes, 0U);
    auto refused = interrupted(Ending::ResumeRefused);
    EXPECT_EQ(take(task, refused).failed_resumes, 1U);
}

// --- several connections ---

TEST(Transition, SegmentedTaskTrustsWhatTheJournalHas) {
    auto task = take(task_in(Running), fact::Segmented{kEntity, Coverage{600}});
    EXPECT_EQ(task.trust, PartTrust::Covered);
    EXPECT_EQ(task.done, Coverage{600});
    auto covered = with_islands(700, {800, 900});
    task = take(task, fact::Covered{covered});
    EXPECT_EQ(task.done, covered);
    EXPECT_EQ(take(task, fact::Progressed{950, 1000}).done, covered) << "a number tells nothing of gaps";
}

TEST(Transition, SegmentedTaskOfTheSameBootGoesOnWithItsIslands) {
    auto covered = with_islands(700, {800, 900});
    auto task = take(take(task_in(Running), fact::Segmented{kEntity, {}}), fact::Covered{covered});
    auto recovered = take(task, fact::Recovered{true});
    EXPECT_EQ(recovered.state, Waiting);
    EXPECT_EQ(recovered.done, covered);
    EXPECT_EQ(recovered.trust, PartTrust::Covered);
}

TEST(Transition, SegmentedTaskOfAnotherBootGoesOnWithItsSyncedIslands) {
    auto synced = with_islands(600, {800, 850});
    auto task = take(take(task_in(Running), fact::Segmented{kEntity, {}}),
                     fact::Covered{with_islands(700, {800, 900})});
    task = take(take(task, fact::Synced{synced}), fact::Recovered{false});
    EXPECT_EQ(task.done, synced);
    EXPECT_EQ(task.trust, PartTrust::Synced);
}

TEST(Transition, InterruptedSegmentsKeepTheirIslands) {
    auto fact = interrupted(Ending::Retry);
    fact.done = with_islands(300, {500, 900});
    fact.is_segmented = true;
    auto task = take(task_in(Running), fact);
    EXPECT_EQ(task.done, fact.done);
    EXPECT_EQ(task.trust, PartTrust::Covered);
    fact.is_segmented = false;
    fact.done = Coverage{900};
    EXPECT_EQ(take(task_in(Running), fact).trust, PartTrust::Size);
}

TEST(Transition, RestartForgetsIslands) {
    auto task = take(task_in(Running), fact::Segmented{kEntity, with_islands(1, {5, 6})});
    task = take(task, fact::Restarted{kOther, "changed"});
    EXPECT_TRUE(task.done.is_empty());
    EXPECT_EQ(task.trust, PartTrust::Size);
}

// --- failed syncs ---

TEST(Transition, LateReportAfterAFailedSyncBringsNothingBack) {
    for (auto state : {Running, Suspended}) {
        auto task = take(task_in(state), fact::SyncFailed{"EIO"});
        ASSERT_NE(task.state, Running);
        ASSERT_EQ(task.done, Coverage{200});
        task = take(task, interrupted(Ending::Stopped));
        EXPECT_EQ(task.done, Coverage{200}) << to_word(state);
        EXPECT_EQ(task.trust, PartTrust::Synced) << to_word(state);
    }
}

TEST(Transition, SyncedBytesAfterTheAttemptAreSynced) {
    auto task = take(task_in(Waiting), fact::Synced{Coverage{400}});
    EXPECT_EQ(task.synced, Coverage{400});
    EXPECT_EQ(task.done, Coverage{500});
    task.done = {};
    task.synced = {};
    EXPECT_TRUE(take(task, fact::Synced{Coverage{400}}).synced.is_empty()) << "they were given up meanwhile";
}

// --- resume data ---

TEST(Transition, CancelledTaskKeepsBytesThatCanBeContinued) {
    auto next = must_step(task_in(Suspended), fact::CancelKeeping{});
    EXPECT_TRUE(next.task.keeps_part);
    EXPECT_EQ(next.effects, Effects{});
    EXPECT_EQ(next.task.done, Coverage{500});
    auto weak = task_in(Suspended);
    weak.validator = {.etag = "W/\"one\"", .last_modified = {}};
    EXPECT_FALSE(take(weak, fact::CancelKeeping{}).keeps_part);
    auto empty = task_in(Suspended);
    empty.done = {};
    next = must_step(empty, fact::CancelKeeping{});
    EXPECT_FALSE(next.task.keeps_part);
    EXPECT_EQ(next.effects, Effects{DiscardPart});
}

TEST(Transition, PlainCancelKeepsNothing) {
    auto next = must_step(task_in(Suspended), fact::Cancel{});
    EXPECT_FALSE(next.task.keeps_part);
    EXPECT_EQ(next.effects, Effects{DiscardPart});
}

TEST(Transition, FailedTaskKeepsItsBytesUnlessTheyAreWorthless) {
    for (auto reason : {Reason::HttpStatus, Reason::Connection, Reason::Tls, Reason::Protocol}) {
        auto fact = interrupted(Ending::Final);
        fact.reason = reason;
        EXPECT_TRUE(take(task_in(Running), fact).keeps_part) << to_word(reason);
    }
    for (auto reason : {Reason::Changed, Reason::Checksum, Reason::Limit, Reason::Destination}) {
        auto fact = interrupted(Ending::Final);
        fact.reason = reason;
        auto next = must_step(task_in(Running), fact);
        EXPECT_FALSE(next.task.keeps_part) << to_word(reason);
        EXPECT_EQ(next.effects, Effects{DiscardPart}) << to_word(reason);
    }
}

TEST(Transition, LateReportsOfATaskThatKeepsItsBytesCount) {
    auto task = take(task_in(Running), fact::CancelKeeping{});
    auto next = must_step(task, interrupted(Ending::Stopped));
    EXPECT_EQ(next.task.state, Cancelled);
    EXPECT_EQ(next.task.done, Coverage{600});
    EXPECT_TRUE(next.news.empty());
    EXPECT_TRUE(next.effects.empty());
    task = take(next.task, fact::Synced{Coverage{600}});
    EXPECT_EQ(task.synced, Coverage{600});
    EXPECT_EQ(take(task_in(Cancelled), interrupted(Ending::Stopped)).done, Coverage{500})
        << "of one that keeps nothing they do not";
}

TEST(Transition, KeptBytesSurviveAPowerCutAsFarAsTheyAreSynced) {
    auto task = take(task_in(Suspended), fact::CancelKeeping{});
    EXPECT_EQ(take(task, fact::Recovered{true}).done, Coverage{500});
    task = take(task, fact::Recovered{false});
    EXPECT_EQ(task.state, Cancelled);
    EXPECT_EQ(task.done, Coverage{200});
    EXPECT_EQ(task.trust, PartTrust::Synced);
}

// --- another URL ---

TEST(Transition, ReplacedUrlBeginsItsSourcesAnew) {
    auto task = task_in(Waiting);
    task.source = 2;
    task.sources_tried = 2;
    task.dead_sources = 0b11;
    task.failures = 4;
    task.final_url = "http://elsewhere/";
    task.next_attempt = kNoon.now + std::chrono::hours{1};
    task.blocked = Block::RetryDelay;
    task = take(task, fact::ReplaceUrl{"http://new/file"});
    EXPECT_EQ(task.url, "http://new/file");
    EXPECT_EQ(task.source, 0U);
    EXPECT_EQ(task.sources_tried, 0U);
    EXPECT_EQ(task.dead_sources, 0b10U) << "the mirror is as dead as it was";
    EXPECT_EQ(task.failures, 0U);
    EXPECT_EQ(task.final_url, "");
    EXPECT_EQ(task.blocked, Block::Queue) << "no delay: it is another server, maybe";
    EXPECT_EQ(task.next_attempt, std::nullopt);
    EXPECT_EQ(task.done, Coverage{500}) << "the server's answer tells whether they fit";
    EXPECT_EQ(task.validator.etag, "\"one\"");
}

TEST(Transition, ReplacedUrlLeavesNotBeforeAsItIs) {
    auto task = task_in(Waiting);
    task.blocked = Block::NotBefore;
    task.next_attempt = kNoon.now + std::chrono::hours{1};
    auto next = take(task, fact::ReplaceUrl{"http://new/file"});
    EXPECT_EQ(next.blocked, Block::NotBefore);
    EXPECT_EQ(next.next_attempt, task.next_attempt);
}

TEST(Transition, ReplacedUrlTellsOfNoRedirectOfTheOldOne) {
    auto task = task_in(Running);
    task.final_url = "http://elsewhere/";
    task = take(task, fact::ReplaceUrl{"http://new/file"});
    auto late = interrupted(Ending::Stopped);
    late.entity.final_url = "http://elsewhere/";
    auto next = must_step(task, late);
    EXPECT_TRUE(next.news.empty());
    EXPECT_EQ(next.task.final_url, "");
    EXPECT_EQ(next.task.done, Coverage{600}) << "its bytes count";
}

TEST(Transition, ReplacedUrlMayBringSecrets) {
    auto task = task_in(Suspended);
    task.has_secrets = false;
    EXPECT_FALSE(take(task, fact::ReplaceUrl{"http://new/file", false}).has_secrets);
    EXPECT_TRUE(take(task, fact::ReplaceUrl{"http://new/file?token=1", true}).has_secrets);
}

// --- redirects ---

TEST(Transition, EachNewFinalUrlIsToldOnce) {
    auto entity = kEntity;
    entity.final_url = "http://elsewhere/";
    auto next = must_step(task_in(Running), fact::Began{entity, Coverage{600}});
    ASSERT_EQ(types_of(next.news), Types{EventType::Redirected});
    EXPECT_EQ(*find(next.news[0].details, "final-url"), Value{std::string{"http://elsewhere/"}});
    EXPECT_EQ(*find(next.news[0].details, "url"), Value{std::string{"http://example.org/file"}})
        << "redacted";
    EXPECT_TRUE(must_step(next.task, fact::Began{entity, Coverage{700}}).news.empty());
    entity.final_url = "http://third/";
    EXPECT_EQ(must_step(next.task, fact::Began{entity, Coverage{700}}).news.size(), 1U);
}

TEST(Transition, EndIsTheLastWord) {
    auto task = take(task_in(Running), fact::CancelKeeping{});
    auto late = interrupted(Ending::Stopped);
    late.entity.final_url = "http://elsewhere/";
    EXPECT_TRUE(must_step(task, late).news.empty());
}

// --- full disks ---

TEST(Transition, FullDiskIsToldOnceUntilABytesComes) {
    auto full = interrupted(Ending::DiskFull);
    full.progressed = false;
    auto next = must_step(task_in(Running), full);
    EXPECT_EQ(types_of(next.news), Types{EventType::Waiting});
    auto again = must_step(take(next.task, fact::Admit{}), full);
    EXPECT_EQ(again.task.blocked, Block::DiskSpace);
    EXPECT_TRUE(again.news.empty());
    full.progressed = true;
    auto later = must_step(take(again.task, fact::Admit{}), full);
    EXPECT_EQ(types_of(later.news), Types{EventType::Waiting}) << "another block than the first";
}

// --- not modified ---

TEST(Transition, NotModifiedIsAnEndWithoutAFile) {
    auto task = task_in(Running);
    task.done = {};
    auto next = must_step(task, fact::NotModified{304});
    EXPECT_EQ(next.task.state, Finished);
    EXPECT_EQ(next.task.reason, Reason::NotModified);
    EXPECT_EQ(next.effects, Effects{DiscardPart});
    ASSERT_EQ(types_of(next.news), Types{EventType::Completed}) << "nothing was downloaded";
    EXPECT_EQ(*find(next.news[0].details, "reason"), Value{std::string{"not-modified"}});
    EXPECT_EQ(*find(next.news[0].details, "status"), Value{std::uint16_t{304}});
    EXPECT_EQ(find(next.news[0].details, "error"), nullptr);
    EXPECT_EQ(find(next.news[0].details, "path"), nullptr);
}

// --- digests ---

TEST(Transition, PromisedDigestStaysWithItsBytes) {
    auto entity = kEntity;
    entity.digest = "sha-256=00";
    auto task = take(task_in(Running), fact::Began{entity, Coverage{600}});
    EXPECT_EQ(task.digest, "sha-256=00");
    EXPECT_EQ(take(task, interrupted(Ending::Retry)).digest, "sha-256=00");
    EXPECT_EQ(take(task, fact::Restarted{kOther, "changed"}).digest, "");
    EXPECT_EQ(take(task, interrupted(Ending::Refetch)).digest, "");
}

TEST(Transition, WrongChecksumOfAMirrorAsksTheNextOne) {
    auto around = kNoon;
    around.sources = 2;
    fact::Unpublished wrong{.ending = Ending::Final, .reason = Reason::Checksum, .text = "expected"};
    auto next = must_step(task_in(Publishing), wrong, around);
    EXPECT_EQ(next.task.state, Waiting);
    EXPECT_EQ(next.task.source, 1U);
    auto admitted = must_step(next.task, fact::Admit{}, around).task;
    EXPECT_TRUE(admitted.done.is_empty())
        << "the bytes are wrong: they can't be what the mirror goes on with";
}

TEST(Transition, ArrivedTaskIsPublishedWithItsInode) {
    auto task = must_step(task_in(Running),
                          fact::Arrived{.entity = {}, .size = 1000, .inode = 7, .is_verified = true})
                    .task;
    EXPECT_EQ(task.done, Coverage{1000});
    EXPECT_EQ(task.total, 1000U);
    EXPECT_EQ(task.part_inode, 7U);
    EXPECT_EQ(task.trust, PartTrust::Size);
}

}  // namespace
}  // namespace haul::model
