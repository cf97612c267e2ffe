// What a decision of the daemon's ready queue costs, in processor time: so many tasks wait, and again and
// again one that runs ends, another one comes, and the queue says who is next. Its one argument is the shape
// of the load:
//   spread    1,000 owners, three sessions each, 1,000 hosts, five priorities, four gates
//   one-host  1,000 owners, of which each wants to go to the same full host
//   alone     one session, one host
#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <random>
#include <vector>

#include "model/ready_queue.hpp"

namespace haul::bench {
namespace {

using model::ReadyEntry;
using model::ReadyQueue;

constexpr model::AtOnce kLimits{.machine = 32, .owner = 24, .session = 18, .host = 6};
constexpr std::uint32_t kOwners = 1'000;
constexpr int kDecisions = 20'000;

class Tasks {
public:
    explicit Tasks(const char* shape) : is_spread_(std::strcmp(shape, "spread") == 0) {
        if (std::strcmp(shape, "alone") == 0) owners_ = 1;
    }
    ReadyEntry next() {
        auto owner = static_cast<std::uint32_t>(random_() % owners_);
        ReadyEntry entry{.task = {++last_}, .owner = {owner}, .session = {owner * 3}, .origin = 1};
        if (!is_spread_) return entry;
        entry.session.value += random_() % 3;
        entry.priority = static_cast<double>(random_() % 5) / 4;
        entry.origin = random_() % 1'000;
        entry.gate = static_cast<model::Gate>(random_() % 4);
        return entry;
    }

private:
    std::mt19937_64 random_{7};
    std::uint64_t last_ = 0;
    std::uint32_t owners_ = kOwners;
    bool is_spread_;
};

/// Processor time of this thread in microseconds: what others do on this machine counts for nothing.
double processor_time() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

/// The part-th of the values, from 0 to 1.
double quantile(const std::vector<double>& sorted, double part) {
    return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

void measure(const char* shape, std::uint64_t count) {
    Tasks tasks{shape};
    auto before = mallinfo2().uordblks;
    ReadyQueue queue{kLimits};
    auto start = processor_time();
    for (std::uint64_t task = 0; task < count; ++task) queue.add(tasks.next());
    auto add = (processor_time() - start) / static_cast<double>(count);
    std::deque<TaskId> running;
    while (auto task = queue.take()) running.push_back(*task);
    auto bytes = static_cast<double>(mallinfo2().uordblks - before) / static_cast<double>(count);
    std::vector<double> times;
    double sum = 0;
    for (int decision = 0; decision < kDecisions && !running.empty(); ++decision) {
        auto entry = tasks.next();
        start = processor_time();
        queue.remove(running.front());
        queue.add(entry);
        running.pop_front();
        while (auto task = queue.take()) running.push_back(*task);
        times.push_back(processor_time() - start);
        sum += times.back();
    }
    std::sort(times.begin(), times.end());
    std::printf(R"({"tasks": %llu, "add_us": %.3f, "decision_us": %.3f, "p99_us": %.3f, "most_us": %.3f, )"
                R"("bytes": %.1f})"
                "\n",
                static_cast<unsigned long long>(count), add, sum / static_cast<double>(times.size()),
                quantile(times, 0.99), times.back(), bytes);
}

}  // namespace
}  // namespace haul::bench

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s spread|one-host|alone TASKS\n", argv[0]);
        return 2;
    }
    haul::bench::measure(argv[1], std::strtoull(argv[2], nullptr, 10));
}
