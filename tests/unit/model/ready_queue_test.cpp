#include "model/ready_queue.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace haul::model {
namespace {

constexpr std::uint64_t kMany = 1000;

TEST(ReadyQueue, HigherPrioritiesGoFirstThenOlderTasks) {
    ReadyQueue queue{kMany, kMany};
    queue.add({3}, 0.5, 1);
    queue.add({2}, 0.5, 2);
    queue.add({4}, 0.9, 1);
    queue.add({1}, 0.1, 3);
    EXPECT_EQ(queue.take(), TaskId{4});
    EXPECT_EQ(queue.take(), TaskId{2});
    EXPECT_EQ(queue.take(), TaskId{3});
    EXPECT_EQ(queue.take(), TaskId{1});
    EXPECT_EQ(queue.take(), std::nullopt);
}

TEST(ReadyQueue, FullOriginIsPassedOver) {
    ReadyQueue queue{kMany, 1};
    queue.add({1}, 1.0, 7);
    queue.add({2}, 1.0, 7);
    queue.add({3}, 0.0, 8);
    EXPECT_EQ(queue.take(), TaskId{1});
    EXPECT_EQ(queue.take(), TaskId{3});
    EXPECT_EQ(queue.take(), std::nullopt);
    queue.remove({1});
    EXPECT_EQ(queue.take(), TaskId{2});
}

TEST(ReadyQueue, StopsAtItsLimit) {
    ReadyQueue queue{1, kMany};
    queue.add({1}, 0.5, 1);
    queue.add({2}, 0.5, 2);
    EXPECT_EQ(queue.take(), TaskId{1});
    EXPECT_EQ(queue.take(), std::nullopt);
    EXPECT_EQ(queue.waiting(), 1U);
    EXPECT_EQ(queue.active(), 1U);
    queue.remove({1});
    EXPECT_EQ(queue.take(), TaskId{2});
}

TEST(ReadyQueue, AddingTwiceIsOnce) {
    ReadyQueue queue{kMany, kMany};
    queue.add({1}, 0.5, 1);
    queue.add({1}, 0.9, 2);
    EXPECT_EQ(queue.take(), TaskId{1});
    EXPECT_EQ(queue.take(), std::nullopt);
    queue.add({1}, 0.5, 1);
    EXPECT_EQ(queue.take(), std::nullopt) << "it runs already";
}

/// The same in its plainest form: a list that is searched.
struct NaiveQueue {
    struct Entry {
        double priority;
        OriginKey origin;
        bool active;
    };
    std::map<TaskId, Entry> entries;

    std::uint64_t active(std::optional<OriginKey> origin = {}) const {
        std::uint64_t count = 0;
        for (const auto& [task, entry] : entries)
            count += entry.active && (!origin || entry.origin == *origin);
        return count;
    }
    std::optional<TaskId> best(std::uint64_t most, std::uint64_t most_per_origin) const {
        if (active() >= most) return std::nullopt;
        std::optional<TaskId> best;
        for (const auto& [task, entry] : entries) {
            if (entry.active || active(entry.origin) >= most_per_origin) continue;
            if (!best || entry.priority > entries.at(*best).priority) best = task;
        }
        return best;
    }
};

RC_GTEST_PROP(ReadyQueue, BehavesLikeASearchedList, ()) {
    auto most = *rc::gen::inRange<std::uint64_t>(1, 6);
    auto most_per_origin = *rc::gen::inRange<std::uint64_t>(1, 4);
    ReadyQueue queue{most, most_per_origin};
    NaiveQueue naive;
    for (auto steps = *rc::gen::inRange(0, 150); steps > 0; --steps) {
        TaskId task{*rc::gen::inRange<std::uint64_t>(1, 20)};
        switch (*rc::gen::inRange(0, 4)) {
            case 0:
            case 1: {
                auto priority = *rc::gen::element(0.0, 0.1, 0.5, 0.7, 1.0);
                auto origin = *rc::gen::inRange<OriginKey>(0, 4);
                queue.add(task, priority, origin);
                naive.entries.insert({task, {priority, origin, false}});
                break;
            }
            case 2:
                queue.remove(task);
                naive.entries.erase(task);
                break;
            default: {
                auto expected = naive.best(most, most_per_origin);
                auto taken = queue.take();
                RC_ASSERT(taken.has_value() == expected.has_value());
                if (taken) {
                    RC_ASSERT(taken->value == expected->value);
                    naive.entries.at(*taken).active = true;
                }
            }
        }
        RC_ASSERT(queue.active() == naive.active());
        RC_ASSERT(queue.active() <= most);
        RC_ASSERT(queue.waiting() + queue.active() == naive.entries.size());
        RC_ASSERT(queue.contains(task) == naive.entries.contains(task));
    }
}

}  // namespace
}  // namespace haul::model
