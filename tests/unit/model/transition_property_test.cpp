// Random lives of a task: whatever is told in whatever order, some things hold.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/resume_rule.hpp"
#include "model/transition.hpp"
#include "unit/model/any_task.hpp"

namespace haul::model {
namespace {

using fact::Ending;

Bytes any_size() {
    return *rc::gen::inRange<Bytes>(0, 2000);
}

std::optional<Bytes> any_total() {
    return *rc::gen::arbitrary<bool>() ? std::optional{any_size()} : std::nullopt;
}

Validator any_validator() {
    return {.etag = *rc::gen::element<std::string>("", "\"one\"", "\"two\"", "W/\"one\""),
            .last_modified = *rc::gen::element<std::string>("", "Mon, 01 Jan 2024 00:00:00 GMT")};
}

Ending any_ending() {
    return *rc::gen::element(Ending::Stopped, Ending::Retry, Ending::Refetch, Ending::DiskFull,
                             Ending::DiskFailed, Ending::Final, Ending::ResumeRefused, Ending::NotHere,
                             Ending::Credentials);
}

Entity any_entity() {
    return {.validator = any_validator(),
            .total = any_total(),
            .status = 200,
            .filename = *rc::gen::element<std::string>("", "name"),
            .final_url = *rc::gen::element<std::string>("", "http://mirror/a", "http://mirror/b")};
}

/// These bytes and more: in order, or where `islands` come behind a gap.
Coverage more_than(const Coverage& done) {
    auto more = done;
    more.add({done.prefix(), done.prefix() + any_size()});
    if (*rc::gen::arbitrary<bool>()) more.add({done.end() + 10, done.end() + 10 + any_size()});
    return more;
}

Coverage some_of(const Coverage& done) {
    auto some = done;
    some.cut(*rc::gen::inRange<Bytes>(0, done.end() + 1));
    return some;
}

/// What the world may report. The engine never tells of fewer bytes than the storeroom has synced.
Fact any_fact(const Task& task) {
    switch (*rc::gen::inRange(0, 24)) {
        case 0:
            return fact::Resume{};
        case 1:
            return fact::Suspend{};
        case 2:
            return fact::Cancel{};
        case 3:
        case 4:
        case 5:
            return fact::Admit{};
        case 6:
            return fact::DeadlinePassed{};
        case 7:
            return fact::Began{any_entity(), more_than(task.done)};
        case 8:
            return fact::Restarted{any_entity(), "changed"};
        case 9:
            return fact::Progressed{task.done.bytes() + any_size(), any_total()};
        case 10:
            return fact::Arrived{.entity = any_entity(),
                                 .size = task.done.end() + any_size(),
                                 .inode = 7,
                                 .is_verified = *rc::gen::arbitrary<bool>()};
        case 11:
            return fact::Interrupted{
                .ending = any_ending(),
                .reason = Reason::Connection,
                .text = "text",
                .asked_delay = *rc::gen::arbitrary<bool>()
                                   ? std::optional{Duration{*rc::gen::arbitrary<std::int64_t>()}}
                                   : std::nullopt,
                .done = more_than(task.done),
                .progressed = *rc::gen::arbitrary<bool>(),
                .is_segmented = *rc::gen::arbitrary<bool>(),
                .entity = any_entity()};
        case 12:
            return fact::Synced{some_of(task.done)};
        case 13:
            return fact::SyncFailed{"EIO"};
        case 14:
            return fact::Published{"/d/file"};
        case 15:
            return fact::Unpublished{
                .ending = *rc::gen::element(Ending::DiskFull, Ending::DiskFailed, Ending::Final),
                .reason = *rc::gen::element(Reason::Destination, Reason::Checksum),
                .text = "text"};
        case 16:
            return fact::CancelKeeping{};
        case 17:
            return fact::ReplaceUrl{"http://user:secret@example.net/other", true};
        case 18:
            return fact::CredentialsGiven{};
        case 19:
            return fact::Segmented{any_entity(), more_than(task.done)};
        case 20:
            return fact::Covered{more_than(task.done)};
        case 21:
            return fact::NotModified{304};
        case 22:
            return fact::RoomMade{};
        default:
            return fact::Recovered{*rc::gen::arbitrary<bool>()};
    }
}

Surroundings any_surroundings() {
    auto around = kNoon;
    around.jitter = *rc::gen::element(0.0, 0.3, 0.999);
    around.sources = *rc::gen::inRange<std::uint32_t>(1, 5);
    if (*rc::gen::arbitrary<bool>()) around.retries = *rc::gen::inRange<std::uint32_t>(0, 4);
    return around;
}

Task fresh_task() {
    auto task = task_in(TaskState::Suspended);
    task.done = task.synced = {};
    task.total.reset();
    task.validator = {};
    task.attempts = {};
    return task;
}

bool is_terminal_event(EventType type) {
    return type == EventType::Completed || type == EventType::Failed || type == EventType::Cancelled;
}

bool asks(const Step& next, Effect effect) {
    return std::find(next.effects.begin(), next.effects.end(), effect) != next.effects.end();
}

/// Calls `check(before, step)` for each step of a random life.
template <class Check>
void live(const Check& check) {
    auto around = any_surroundings();
    auto task = fresh_task();
    for (auto steps = *rc::gen::inRange(0, 80); steps > 0; --steps) {
        auto next = step(task, any_fact(task), around);
        if (!next) continue;
        check(task, *next);
        task = std::move(next->task);
    }
}

RC_GTEST_PROP(Transition, EndIsForEver, ()) {
    live([](const Task& before, const Step& next) {
        if (!is_terminal(before.state)) return;
        RC_ASSERT(next.task.state == before.state);
        RC_ASSERT(next.news.empty());
        RC_ASSERT(next.effects.empty());
    });
}

RC_GTEST_PROP(Transition, EndTellsExactlyOneTerminalEventAndItIsTheLast, ()) {
    live([](const Task& before, const Step& next) {
        bool ends = !is_terminal(before.state) && is_terminal(next.task.state);
        auto told = std::count_if(next.news.begin(), next.news.end(),
                                  [](const News& news) { return is_terminal_event(news.type); });
        RC_ASSERT(told == (ends ? 1 : 0));
        if (ends) RC_ASSERT(is_terminal_event(next.news.back().type));
    });
}

RC_GTEST_PROP(Transition, SyncedBytesNeverExceedTheBytes, ()) {
    live([](const Task&, const Step& next) {
        if (!is_terminal(next.task.state)) RC_ASSERT(next.task.synced.bytes() <= next.task.done.bytes());
    });
}

RC_GTEST_PROP(Transition, AttemptBeginsOnlyWithBytesThatCanBeContinued, ()) {
    live([](const Task&, const Step& next) {
        if (!asks(next, Effect::StartTransfer)) return;
        RC_ASSERT(next.task.state == TaskState::Running);
        RC_ASSERT(next.task.done.is_empty() || can_continue(next.task.validator));
    });
}

RC_GTEST_PROP(Transition, AttemptsAreStoppedBeforeTheyAreLeft, ()) {
    live([](const Task& before, const Step& next) {
        bool leaves = before.state == TaskState::Running && next.task.state != TaskState::Running;
        // On its own word the attempt is over already.
        if (!leaves) RC_ASSERT(!asks(next, Effect::StopTransfer));
        if (asks(next, Effect::StartTransfer))
            RC_ASSERT(next.task.attempts.value == before.attempts.value + 1);
        else
            RC_ASSERT(next.task.attempts == before.attempts);
    });
}

RC_GTEST_PROP(Transition, PartFileGoesExactlyWhenTheTaskEndsWithoutAResultAndKeepsNothing, ()) {
    live([](const Task& before, const Step& next) {
        bool ends = !is_terminal(before.state) && is_terminal(next.task.state);
        bool has_result = next.task.state == TaskState::Finished && next.task.reason == Reason::None;
        RC_ASSERT(asks(next, Effect::DiscardPart) == (ends && !has_result && !next.task.keeps_part));
    });
}

RC_GTEST_PROP(Transition, OnlyEndedTasksWithoutAResultKeepBytesAndOnlySuchAsCanBeContinued, ()) {
    live([](const Task& before, const Step& next) {
        const auto& task = next.task;
        if (!task.keeps_part) return;
        RC_ASSERT(task.state == TaskState::Failed || task.state == TaskState::Cancelled);
        if (!before.keeps_part) RC_ASSERT(!task.done.is_empty() && can_continue(task.validator));
    });
}

RC_GTEST_PROP(Transition, SourceIsOneThatThereIsAndNotDead, ()) {
    auto around = any_surroundings();
    auto task = fresh_task();
    for (auto steps = *rc::gen::inRange(0, 80); steps > 0; --steps) {
        auto next = step(task, any_fact(task), around);
        if (!next) continue;
        task = std::move(next->task);
        RC_ASSERT(task.source < around.sources);
        if (task.state == TaskState::Running) RC_ASSERT(((task.dead_sources >> task.source) & 1U) == 0);
    }
}

RC_GTEST_PROP(Transition, BlocksAreThoseOfWaitingTasks, ()) {
    live([](const Task&, const Step& next) {
        RC_ASSERT((next.task.state == TaskState::Waiting) == (next.task.blocked != Block::None));
        RC_ASSERT((next.task.reason != Reason::None) ==
                  (next.task.state == TaskState::Failed || next.task.state == TaskState::Cancelled ||
                   next.task.status == 304));
        if (has(next.task.blocked, Block::RetryDelay) || has(next.task.blocked, Block::DiskSpace))
            RC_ASSERT(next.task.next_attempt.has_value());
    });
}

RC_GTEST_PROP(Transition, EndedTasksHaveNoSecretsAndNoTimers, ()) {
    live([](const Task&, const Step& next) {
        if (!is_terminal(next.task.state)) return;
        RC_ASSERT(next.task.url.find("secret") == std::string::npos);
        RC_ASSERT(!next.task.deadline);
        RC_ASSERT(!next.task.next_attempt);
        RC_ASSERT(next.task.ended.has_value());
    });
}

RC_GTEST_PROP(Transition, EveryStoredStateHasAWayBack, ()) {
    auto around = any_surroundings();
    live([&](const Task&, const Step& next) {
        for (bool same_boot : {true, false}) {
            auto back = step(next.task, fact::Recovered{same_boot}, around);
            RC_ASSERT(back.has_value());
            const auto& task = back->task;
            RC_ASSERT(task.state != TaskState::Running);
            RC_ASSERT(asks(*back, Effect::CheckAndPublish) == (task.state == TaskState::Publishing));
            if (!is_terminal(task.state)) RC_ASSERT(same_boot || task.trust == PartTrust::Synced);
            // Doing it twice, as after a second crash, is harmless.
            auto again = step(task, fact::Recovered{true}, around);
            RC_ASSERT(again->task.state == task.state);
            RC_ASSERT(again->task.done == task.done);
            RC_ASSERT(again->task.trust == task.trust);
        }
    });
}

RC_GTEST_PROP(Transition, NoLifeIsADeadEnd, ()) {
    auto around = kNoon;
    live([&](const Task&, const Step& next) {
        auto task = next.task;
        if (is_terminal(task.state)) return;
        task = step(task, fact::Recovered{true}, around)->task;
        if (task.state == TaskState::Suspended) task = step(task, fact::Resume{}, around)->task;
        if (task.state == TaskState::Waiting) task = step(task, fact::Admit{}, around)->task;
        if (task.state == TaskState::Running)
            task = step(task, fact::Arrived{.size = 10, .inode = 7}, around)->task;
        RC_ASSERT(task.state == TaskState::Publishing);
        RC_ASSERT(step(task, fact::Published{"/d/file"}, around)->task.state == TaskState::Finished);
    });
}

}  // namespace
}  // namespace haul::model
