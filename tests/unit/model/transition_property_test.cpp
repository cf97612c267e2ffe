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
                             Ending::DiskFailed, Ending::Final);
}

fact::Began any_began() {
    return {any_validator(), any_total(), 200, any_size()};
}

/// What the world may report. The engine never tells of fewer bytes than the storeroom has synced.
Fact any_fact(const Task& task) {
    switch (*rc::gen::inRange(0, 16)) {
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
        case 7: {
            auto began = any_began();
            began.done = task.done + any_size();
            return began;
        }
        case 8:
            return fact::Restarted{any_began(), "changed"};
        case 9:
            return fact::Progressed{task.done + any_size(), any_total()};
        case 10:
            return fact::Arrived{task.done + any_size(), 7, 200};
        case 11:
            return fact::Interrupted{
                .ending = any_ending(),
                .reason = Reason::Connection,
                .text = "text",
                .status = 200,
                .asked_delay = *rc::gen::arbitrary<bool>()
                                   ? std::optional{Duration{*rc::gen::arbitrary<std::int64_t>()}}
                                   : std::nullopt,
                .done = task.done + any_size(),
                .progressed = *rc::gen::arbitrary<bool>(),
                .total = any_total(),
                .validator = any_validator()};
        case 12:
            return fact::Synced{*rc::gen::inRange<Bytes>(0, task.done + 1)};
        case 13:
            return fact::SyncFailed{"EIO"};
        case 14:
            return fact::Published{"/d/file"};
        case 15:
            return fact::Unpublished{*rc::gen::element(Ending::DiskFull, Ending::DiskFailed, Ending::Final),
                                     "text"};
        default:
            return fact::Recovered{*rc::gen::arbitrary<bool>()};
    }
}

Surroundings any_surroundings() {
    auto around = kNoon;
    around.jitter = *rc::gen::element(0.0, 0.3, 0.999);
    if (*rc::gen::arbitrary<bool>()) around.retries = *rc::gen::inRange<std::uint32_t>(0, 4);
    return around;
}

Task fresh_task() {
    auto task = task_in(TaskState::Suspended);
    task.done = task.synced = 0;
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
        if (!is_terminal(next.task.state)) RC_ASSERT(next.task.synced <= next.task.done);
    });
}

RC_GTEST_PROP(Transition, AttemptBeginsOnlyWithBytesThatCanBeContinued, ()) {
    live([](const Task&, const Step& next) {
        if (!asks(next, Effect::StartTransfer)) return;
        RC_ASSERT(next.task.state == TaskState::Running);
        RC_ASSERT(next.task.done == 0 || can_continue(next.task.validator));
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

RC_GTEST_PROP(Transition, PartFileGoesExactlyWhenTheTaskEndsWithoutAResult, ()) {
    live([](const Task& before, const Step& next) {
        bool ends = !is_terminal(before.state) && is_terminal(next.task.state);
        RC_ASSERT(asks(next, Effect::DiscardPart) == (ends && next.task.state != TaskState::Finished));
    });
}

RC_GTEST_PROP(Transition, BlocksAreThoseOfWaitingTasks, ()) {
    live([](const Task&, const Step& next) {
        RC_ASSERT((next.task.state == TaskState::Waiting) == (next.task.blocked != Block::None));
        RC_ASSERT((next.task.reason != Reason::None) ==
                  (next.task.state == TaskState::Failed || next.task.state == TaskState::Cancelled));
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
            RC_ASSERT(asks(*back, Effect::Publish) == (task.state == TaskState::Publishing));
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
        if (task.state == TaskState::Running) task = step(task, fact::Arrived{10, 7, 200}, around)->task;
        RC_ASSERT(task.state == TaskState::Publishing);
        RC_ASSERT(step(task, fact::Published{"/d/file"}, around)->task.state == TaskState::Finished);
    });
}

}  // namespace
}  // namespace haul::model
