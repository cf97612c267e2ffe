// Whom to ask: the URL and its mirrors, and whoever wants to know who asks.

#include "unit/model/stepping.hpp"

namespace haul::model {
namespace {

using enum TaskState;
using Types = std::vector<EventType>;

/// The surroundings of a task with so many sources.
Surroundings with_sources(std::uint32_t sources) {
    auto around = kNoon;
    around.sources = sources;
    return around;
}

fact::Interrupted in_vain(Ending ending, Reason reason = Reason::Connection) {
    auto fact = interrupted(ending);
    fact.reason = reason;
    fact.progressed = false;
    return fact;
}

/// The task in its next attempt, after the one at hand ended so.
Task try_again(const Task& task, const fact::Interrupted& fact, const Surroundings& around) {
    return must_step(must_step(task, fact, around).task, fact::Admit{}, around).task;
}

TEST(Sources, FailureOfOneTurnsToTheNextAtOnce) {
    auto around = with_sources(3);
    auto next = must_step(task_in(Running), in_vain(Ending::Retry), around).task;
    EXPECT_EQ(next.state, Waiting);
    EXPECT_EQ(next.blocked, Block::Queue) << "no delay";
    EXPECT_EQ(next.source, 1U);
    EXPECT_EQ(next.done, Coverage{600}) << "with the bytes";
}

TEST(Sources, DelayComesAfterARoundInVain) {
    auto around = with_sources(3);
    auto task = task_in(Running);
    for (std::uint32_t source : {1U, 2U}) {
        task = try_again(task, in_vain(Ending::Retry), around);
        EXPECT_EQ(task.source, source);
    }
    auto waits = must_step(task, in_vain(Ending::Retry), around).task;
    EXPECT_EQ(waits.blocked, Block::RetryDelay);
    EXPECT_TRUE(waits.next_attempt.has_value());
    EXPECT_EQ(waits.source, 0U) << "then from the first one on";
    task = must_step(waits, fact::Admit{}, around).task;
    EXPECT_EQ(must_step(task, in_vain(Ending::Retry), around).task.blocked, Block::Queue) << "another round";
}

TEST(Sources, ByteThatComesBeginsANewRound) {
    auto around = with_sources(2);
    auto task = try_again(task_in(Running), in_vain(Ending::Retry), around);
    auto fact = in_vain(Ending::Retry);
    fact.progressed = true;
    EXPECT_EQ(must_step(task, fact, around).task.blocked, Block::Queue);
}

TEST(Sources, OnlyOneWaitsAsItEverDid) {
    EXPECT_EQ(must_step(task_in(Running), in_vain(Ending::Retry), with_sources(1)).task.blocked,
              Block::RetryDelay);
}

TEST(Sources, DeadOnesAreNotAskedAgain) {
    auto around = with_sources(3);
    auto task = try_again(task_in(Running), in_vain(Ending::Final, Reason::HttpStatus), around);
    EXPECT_EQ(task.source, 1U);
    EXPECT_EQ(task.dead_sources, 0b1U);
    task = try_again(task, in_vain(Ending::Retry), around);
    EXPECT_EQ(task.source, 2U);
    task = try_again(task, in_vain(Ending::Retry), around);
    EXPECT_EQ(task.source, 1U) << "past the dead one";
}

TEST(Sources, LastOnesDeathIsTheTasks) {
    auto around = with_sources(3);
    auto task = task_in(Running);
    for (int i = 0; i < 2; ++i) task = try_again(task, in_vain(Ending::Final, Reason::HttpStatus), around);
    ASSERT_EQ(task.state, Running);
    auto last = must_step(task, in_vain(Ending::Final, Reason::Tls), around);
    EXPECT_EQ(last.task.state, Failed);
    EXPECT_EQ(last.task.reason, Reason::Tls);
    EXPECT_EQ(types_of(last.news), Types{EventType::Failed});
}

TEST(Sources, TroubleOfOursIsNoSourcesFault) {
    for (auto reason : {Reason::Destination, Reason::Limit}) {
        auto next = must_step(task_in(Running), in_vain(Ending::Final, reason), with_sources(3)).task;
        EXPECT_EQ(next.state, Failed) << to_word(reason);
        EXPECT_EQ(next.dead_sources, 0U) << to_word(reason);
    }
    auto full = must_step(task_in(Running), in_vain(Ending::DiskFull), with_sources(3)).task;
    EXPECT_EQ(full.source, 0U);
    EXPECT_EQ(full.blocked, Block::DiskSpace);
}

TEST(Sources, MirrorOfAnotherEntityIsLeftAtOnceWithTheBytes) {
    auto around = with_sources(2);
    auto next = must_step(task_in(Running), in_vain(Ending::NotHere, Reason::Changed), around);
    EXPECT_EQ(next.task.state, Waiting);
    EXPECT_EQ(next.task.blocked, Block::Queue);
    EXPECT_EQ(next.task.source, 1U);
    EXPECT_EQ(next.task.done, Coverage{600});
    EXPECT_EQ(next.task.dead_sources, 0U) << "it may be all that is left";
    EXPECT_TRUE(next.news.empty());
}

TEST(Sources, MostThatThereMayBeHaveTheirBits) {
    auto around = with_sources(33);
    auto task = task_in(Running);
    for (int i = 0; i < 32; ++i) task = try_again(task, in_vain(Ending::Final, Reason::HttpStatus), around);
    EXPECT_EQ(task.source, 32U);
    EXPECT_EQ(must_step(task, in_vain(Ending::Final, Reason::HttpStatus), around).task.state, Failed);
}

TEST(Sources, RetriesAreALimitForAllTogether) {
    auto around = with_sources(2);
    around.retries = 1;
    auto task = task_in(Running);
    int attempts = 1;
    while (task.state == Running && attempts < 10) {
        task = must_step(task, in_vain(Ending::Retry), around).task;
        if (task.state != Waiting) break;
        task = must_step(task, fact::Admit{}, around).task;
        ++attempts;
    }
    EXPECT_EQ(task.state, Failed);
    EXPECT_LE(attempts, 4);
}

// --- credentials ---

fact::Interrupted challenged(std::uint16_t status = 401) {
    auto fact = in_vain(Ending::Credentials, Reason::Credentials);
    fact.challenges = {{"basic", "b"}, {"digest", "d"}};
    fact.entity.status = status;
    return fact;
}

TEST(Transition, ChallengeIsToldWithWhatAnswersItBest) {
    auto next = must_step(task_in(Running), challenged());
    EXPECT_EQ(next.task.state, Waiting);
    EXPECT_EQ(next.task.blocked, Block::Credentials);
    EXPECT_EQ(next.task.next_attempt, std::nullopt) << "no time ends this";
    EXPECT_EQ(next.task.done, Coverage{600});
    const auto& details = next.news.at(0).details;
    EXPECT_EQ(*find(details, "scheme"), Value{std::string{"digest"}});
    EXPECT_EQ(*find(details, "schemes"), (Value{std::vector<std::string>{"basic", "digest"}}));
    EXPECT_EQ(*find(details, "realm"), Value{std::string{"d"}});
    EXPECT_EQ(*find(details, "proxy"), Value{false});
    EXPECT_EQ(*find(details, "url"), Value{std::string{"http://example.org/file"}}) << "redacted";
    EXPECT_EQ(*find(must_step(task_in(Running), challenged(407)).news.at(0).details, "proxy"), Value{true});
}

TEST(Transition, CredentialsUnblockTheTaskThatWaitsForThemAlone) {
    auto task = must_step(task_in(Running), challenged()).task;
    EXPECT_EQ(must_step(task, fact::CredentialsGiven{}).task.blocked, Block::Queue);
    for (auto block : {Block::RetryDelay, Block::NotBefore, Block::DiskSpace}) {
        task = task_in(Waiting);
        task.blocked = block;
        task.next_attempt = kNoon.now + std::chrono::hours{1};
        auto next = must_step(task, fact::CredentialsGiven{}).task;
        EXPECT_EQ(next.blocked, block);
        EXPECT_EQ(next.next_attempt, task.next_attempt);
    }
}

TEST(Transition, WrongCredentialsAreAskedForAgain) {
    auto task = must_step(task_in(Running), challenged()).task;
    task = must_step(must_step(task, fact::CredentialsGiven{}).task, fact::Admit{}).task;
    auto again = must_step(task, challenged());
    EXPECT_EQ(again.task.blocked, Block::Credentials);
    EXPECT_EQ(types_of(again.news), Types{EventType::CredentialsNeeded});
}

TEST(Transition, ChallengeIsNoFailureThatCounts) {
    auto around = kNoon;
    around.retries = 1;
    auto task = must_step(task_in(Running), challenged(), around).task;
    task = must_step(must_step(task, fact::CredentialsGiven{}).task, fact::Admit{}).task;
    EXPECT_EQ(must_step(task, in_vain(Ending::Retry), around).task.state, Waiting);
}

TEST(Transition, BlockByCredentialsOutlivesARestart) {
    auto task = must_step(task_in(Running), challenged()).task;
    for (bool same_boot : {true, false})
        EXPECT_EQ(must_step(task, fact::Recovered{same_boot}).task.blocked, Block::Credentials);
}

}  // namespace
}  // namespace haul::model
