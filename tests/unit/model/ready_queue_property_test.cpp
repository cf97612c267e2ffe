#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "unit/model/naive_queue.hpp"

namespace haul::model {
namespace {

AtOnce any_limits() {
    return {.machine = *rc::gen::inRange<std::uint64_t>(1, 9),
            .owner = *rc::gen::inRange<std::uint64_t>(1, 6),
            .session = *rc::gen::inRange<std::uint64_t>(1, 5),
            .host = *rc::gen::inRange<std::uint64_t>(1, 4)};
}

/// Three owners have three sessions each.
ReadyEntry any_entry() {
    auto session = *rc::gen::inRange<std::uint64_t>(0, 9);
    return {.task = {*rc::gen::inRange<std::uint64_t>(1, 60)},
            .priority = *rc::gen::element(0.0, 0.25, 0.5, 1.0),
            .owner = {static_cast<std::uint32_t>(session / 3)},
            .session = {session},
            .origin = *rc::gen::inRange<OriginKey>(0, 5),
            .gate = static_cast<Gate>(*rc::gen::inRange(0, 3))};
}

/// Both queues, to which the same happens.
struct Pair {
    explicit Pair(const AtOnce& limits) : queue(limits), naive(limits) {}

    void take() {
        auto expected = naive.next();
        RC_ASSERT(queue.take() == expected);
        if (expected) naive.take(*expected);
    }
    void any_step() {
        auto entry = any_entry();
        switch (*rc::gen::inRange(0, 16)) {
            case 0:
            case 1:
            case 2:
            case 3:
            case 4:
                queue.add(entry);
                naive.add(entry);
                break;
            case 5:
            case 6:
                queue.remove(entry.task);
                naive.remove(entry.task);
                break;
            case 7: {
                auto ground = *rc::gen::element(ReadyQueue::Ground::Back, ReadyQueue::Ground::Fore);
                queue.set_ground(entry.session, ground);
                naive.foreground.erase(entry.session);
                if (ground == ReadyQueue::Ground::Fore) naive.foreground.insert(entry.session);
                break;
            }
            case 8:
                queue.close(entry.gate);
                naive.closed.insert(entry.gate);
                break;
            case 9:
                queue.open(entry.gate);
                naive.closed.erase(entry.gate);
                break;
            case 10:
                naive.limits = any_limits();
                queue.set_limits(naive.limits);
                break;
            case 11:
                queue.hold(entry.owner, entry.origin);
                naive.hold(entry.owner, entry.origin);
                break;
            case 12:
                queue.probe(entry.owner, entry.origin);
                naive.probe(entry.owner, entry.origin);
                break;
            case 13:
                queue.lift(entry.owner, entry.origin);
                naive.lift(entry.owner, entry.origin);
                break;
            case 14:
                queue.run(entry);
                naive.run(entry);
                break;
            default:
                for (auto times = *rc::gen::inRange(1, 12); times > 0; --times) take();
        }
        RC_ASSERT(queue.active() == naive.active());
        RC_ASSERT(queue.waiting() + queue.active() == naive.items.size());
        RC_ASSERT(queue.contains(entry.task) == naive.items.contains(entry.task));
    }

    ReadyQueue queue;
    NaiveQueue naive;
};

/// Order, limits, and that no task is overlooked: what the list finds is found.
RC_GTEST_PROP(ReadyQueue, TakesWhatASearchedListWouldTake, ()) {
    Pair pair{any_limits()};
    for (auto steps = *rc::gen::inRange(0, 400); steps > 0; --steps) pair.any_step();
    for (auto rest = pair.naive.items.size() + 1; rest > 0; --rest) pair.take();
}

/// A queue of one slot, in which nothing keeps anybody back but the others.
struct OneSlot {
    ReadyQueue queue{{.machine = 1, .owner = 1, .session = 1, .host = 1}};
    std::uint64_t last_task = 0;
    TaskId running{};

    TaskId add(std::uint32_t owner, std::uint64_t session, double priority) {
        TaskId task{++last_task};
        queue.add({.task = task, .priority = priority, .owner = {owner}, .session = {session}, .origin = 1});
        return task;
    }
    TaskId next() {
        queue.remove(running);
        auto taken = queue.take();
        RC_ASSERT(taken.has_value());
        return running = *taken;
    }
};

RC_GTEST_PROP(ReadyQueue, NobodyStarves, ()) {
    OneSlot slot;
    auto before = *rc::gen::inRange<std::uint64_t>(0, 20);
    for (auto count = before; count > 0; --count) slot.add(2, 2, *rc::gen::element(0.0, 0.5, 1.0));
    auto poor = slot.add(1, 1, 0.0);
    slot.queue.set_ground({2}, ReadyQueue::Ground::Fore);
    std::uint64_t admissions = 0;
    do {
        slot.add(2, 2, 1.0);
        ++admissions;
        RC_ASSERT(admissions <= kAgedEvery * (before + 1));
    } while (slot.next() != poor);
}

RC_GTEST_PROP(ReadyQueue, OwnersGetTheSameAndSoDoTheirSessions, ()) {
    OneSlot slot;
    std::map<TaskId, std::pair<std::uint32_t, std::uint64_t>> whose;
    for (std::uint32_t owner = 0; owner < 4; ++owner) {
        std::uint64_t sessions = owner + 1;
        for (std::uint64_t session = 0; session < sessions; ++session)
            for (auto count = *rc::gen::inRange(100, 140); count > 0; --count)
                whose[slot.add(owner, owner * 10 + session, 0.5)] = {owner, owner * 10 + session};
    }
    std::map<std::uint32_t, int> of_owner;
    std::map<std::uint64_t, int> of_session;
    constexpr int kEach = 70;
    for (int admission = 0; admission < 4 * kEach; ++admission) {
        auto [owner, session] = whose.at(slot.next());
        ++of_owner[owner];
        ++of_session[session];
    }
    // One of eight goes by age, and gives an owner at most that much more or less.
    constexpr int kByAge = 4 * kEach / static_cast<int>(kAgedEvery);
    for (const auto& [owner, count] : of_owner) {
        RC_ASSERT(count >= kEach - kByAge - 1);
        RC_ASSERT(count <= kEach + kByAge + 1);
    }
    for (const auto& [session, count] : of_session) {
        auto fair = kEach / static_cast<int>(session / 10 + 1);
        RC_ASSERT(count >= fair - kByAge - 1);
        RC_ASSERT(count <= fair + kByAge + 1);
    }
}

}  // namespace
}  // namespace haul::model
