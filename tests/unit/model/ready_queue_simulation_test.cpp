#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <random>
#include <vector>

#include "unit/model/naive_queue.hpp"

namespace haul::model {
namespace {

/// A machine with 1,000 owners that queue 100,000 tasks, on which things happen at random. HAUL_SEED says
/// how; HAUL_EVENTS how many.
class Simulation {
public:
    static constexpr std::uint32_t kOwners = 1'000;
    static constexpr std::uint64_t kTasks = 100'000;
    static constexpr OriginKey kHosts = 300;

    explicit Simulation(std::uint64_t seed) : random_(seed) {
        while (last_task_ < kTasks) add();
    }

    void step() {
        auto dice = below(100);
        if (dice < 45)
            finish_one();
        else if (dice < 80)
            add();
        else if (dice < 84)
            remove();
        else if (dice < 88)
            reprioritize();
        else if (dice < 92)
            attend();
        else if (dice < 94)
            turn_gate();
        else if (dice < 99)
            touch_hold();
        else
            set_limits();
        admit();
    }

    /// As many as may run, and each time the one that a search finds, as often as there is time for that.
    void admit() {
        while (true) {
            bool is_checked = ++admissions_ % kCheckEvery == 0;
            auto expected = is_checked ? naive.next() : std::nullopt;
            auto taken = queue.take();
            if (is_checked) {
                ASSERT_EQ(taken, expected);
            }
            if (!taken) break;
            const auto& entry = naive.items.at(*taken).entry;
            naive.take(*taken);
            running_.push_back(*taken);
            ASSERT_LE(naive.active(), naive.limits.machine);
            ASSERT_LE(naive.active(entry.owner), naive.limits.owner);
            ASSERT_LE(naive.active(entry.session), naive.limits.session);
            ASSERT_LE(naive.active(entry.origin), naive.limits.host);
        }
        ASSERT_EQ(queue.active(), naive.active());
        ASSERT_EQ(queue.waiting() + queue.active(), naive.items.size());
    }
    void expect_nothing_is_overlooked() { EXPECT_EQ(naive.next(), std::nullopt); }

private:
    static constexpr std::uint64_t kCheckEvery = 251;
    static constexpr AtOnce kLimits{.machine = 64, .owner = 5, .session = 3, .host = 4};

    std::uint64_t below(std::uint64_t end) { return random_() % end; }
    /// A few have the most.
    std::uint64_t skewed(std::uint64_t end) { return below(below(end) + 1); }
    TaskId any_task() { return {below(last_task_) + 1}; }
    SessionId any_session() { return {skewed(kOwners) * 10 + below(3)}; }

    void add() {
        auto session = any_session();
        ReadyEntry entry{.task = {++last_task_},
                         .priority = static_cast<double>(below(5)) / 4,
                         .owner = {static_cast<std::uint32_t>(session.value / 10)},
                         .session = session,
                         .origin = skewed(kHosts),
                         .gate = static_cast<Gate>(below(4))};
        queue.add(entry);
        naive.add(entry);
    }
    void finish_one() {
        if (running_.empty()) return;
        std::swap(running_[below(running_.size())], running_.back());
        auto task = running_.back();
        running_.pop_back();
        auto found = naive.items.find(task);
        if (found == naive.items.end() || found->second.since != 0) return;
        if (below(4) == 0) {  // it failed, and waits again
            auto entry = found->second.entry;
            queue.add(entry);
            naive.add(entry);
        } else {
            queue.remove(task);
            naive.remove(task);
        }
    }
    void remove() {
        auto task = any_task();
        queue.remove(task);
        naive.remove(task);
    }
    void reprioritize() {
        auto found = naive.items.find(any_task());
        if (found == naive.items.end() || found->second.since == 0) return;
        auto entry = found->second.entry;
        entry.priority = static_cast<double>(below(5)) / 4;
        queue.add(entry);
        naive.add(entry);
    }
    void attend() {
        auto session = any_session();
        bool is_there = naive.foreground.insert(session).second;
        if (!is_there) naive.foreground.erase(session);
        queue.set_ground(session, is_there ? ReadyQueue::Ground::Fore : ReadyQueue::Ground::Back);
    }
    void turn_gate() {
        auto gate = static_cast<Gate>(below(4));
        if (naive.closed.insert(gate).second) return queue.close(gate);
        naive.closed.erase(gate);
        queue.open(gate);
    }
    void touch_hold() {
        OwnerId owner{static_cast<std::uint32_t>(skewed(kOwners))};
        auto origin = skewed(kHosts);
        switch (below(3)) {
            case 0:
                queue.hold(owner, origin);
                return naive.hold(owner, origin);
            case 1:
                queue.probe(owner, origin);
                return naive.probe(owner, origin);
            default:
                queue.lift(owner, origin);
                return naive.lift(owner, origin);
        }
    }
    void set_limits() {
        naive.limits = {
            .machine = 32 + below(64), .owner = 1 + below(8), .session = 1 + below(6), .host = 1 + below(6)};
        queue.set_limits(naive.limits);
    }

    std::mt19937_64 random_;
    std::uint64_t last_task_ = 0;
    std::uint64_t admissions_ = 0;
    std::vector<TaskId> running_;
    ReadyQueue queue{kLimits};
    NaiveQueue naive{kLimits};
};

std::uint64_t number(const char* name, std::uint64_t fallback) {
    const char* text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 10) : fallback;
}

TEST(ReadyQueue, HoldsItsPromisesFor1000OwnersWith100000Tasks) {
    auto seed = number("HAUL_SEED", 7);
    SCOPED_TRACE("HAUL_SEED=" + std::to_string(seed));
    Simulation simulation{seed};
    auto events = number("HAUL_EVENTS", 3'000);
    for (std::uint64_t event = 0; event < events && !testing::Test::HasFatalFailure(); ++event) {
        simulation.step();
        if (event % 1'000 == 0) simulation.expect_nothing_is_overlooked();
    }
}

/// How many admissions it takes until a task of the lowest class has gone, behind so many others.
TEST(ReadyQueue, TheBoundOnWaitingHoldsBehind10000Tasks) {
    ReadyQueue queue{{.machine = 32, .owner = 24, .session = 18, .host = 6}};
    std::mt19937_64 random{7};
    std::uint64_t task = 0;
    std::deque<TaskId> running;
    auto add = [&](double priority) {
        auto owner = static_cast<std::uint32_t>(random() % 1'000);
        queue.add({.task = {++task},
                   .priority = priority,
                   .owner = {owner},
                   .session = {owner},
                   .origin = random() % 1'000});
    };
    constexpr std::uint64_t kBefore = 1'000;
    while (task < kBefore) add(0.5);
    queue.add({.task = {++task}, .priority = 0.0, .owner = {2'000}, .session = {2'000}, .origin = 2'000});
    TaskId poor{task};
    while (task < 10'000) add(1.0);
    std::uint64_t admissions = 0;
    while (queue.contains(poor)) {
        ASSERT_LE(admissions, kAgedEvery * (kBefore + 1));
        while (auto taken = queue.take()) {
            ++admissions;
            running.push_back(*taken);
            if (*taken == poor) return SUCCEED();
        }
        queue.remove(running.front());
        running.pop_front();
        add(1.0);
    }
}

}  // namespace
}  // namespace haul::model
