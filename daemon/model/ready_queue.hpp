#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/ids.hpp"
#include "model/ready_line.hpp"

namespace haul::model {

/// How many tasks may run at the same time; each at least 1.
struct AtOnce {
    std::uint64_t machine = 0;
    std::uint64_t owner = 0;    ///< of one owner
    std::uint64_t session = 0;  ///< of one session
    std::uint64_t host = 0;     ///< with one origin
};

/// A task that wants to run.
struct ReadyEntry {
    TaskId task;
    double priority = 0.5;  ///< 0..1
    OwnerId owner{};
    SessionId session{};
    OriginKey origin = 0;
    Gate gate{};
};

/// The tasks that could run now, how many run already, and who is next: those of sessions with a live client
/// before the others; of these the highest priority; of these the owner that had its turn the longest ago; of
/// its sessions likewise; there, the task that waits the longest. Owners and sessions that had nothing here
/// come first. But each eighth admission is the longest wait's, whatever its class: with w tasks waiting when
/// it comes, a task that limits, gate and hold let run is admitted as the 8 * (w + 1)th at the latest,
/// however many come later and with which priority.
///
/// Tasks of one session, host, gate and priority are a *batch*, first come, first served. Each gate has a
/// *line* of batches, a tree by owner and session, which is sorted by the order above and by age; take() asks
/// the lines whose gates are open (at most 32). Owners and sessions that run all that they may are moved to
/// the end of their lines. A batch that take() meets at a full or held host is parked in a line of that
/// *stop*. While a stop has room again, its lines compete by the best that they have: only what would be next
/// comes back, so a freed slot moves one batch and not all that wait for it, and none that could run stays
/// behind.
///
/// Each call is O(log n), amortized: a batch is parked once for each time that it came (back), and comes back
/// for a slot. What comes back in vain belongs to owners or sessions that are full then, so there are few;
/// with limits in two directions nobody can promise less (it would multiply matrices too fast). A waiting
/// task takes some 80 bytes, a batch some 300, which is what a task alone in its batch takes besides.
class ReadyQueue {
public:
    explicit ReadyQueue(const AtOnce& limits) : limits_(limits) {}
    ReadyQueue(const ReadyQueue&) = delete;
    ReadyQueue& operator=(const ReadyQueue&) = delete;

    /// What runs goes on. Costs as much as there are hosts, sessions and owners.
    void set_limits(const AtOnce& limits);
    const AtOnce& limits() const { return limits_; }
    /// Whether tasks behind the gate may go; they may at first.
    void open(Gate gate) { open_ |= bit(gate); }
    void close(Gate gate) { open_ &= ~bit(gate); }
    /// Whether somebody waits for the session's tasks.
    enum class Ground : std::uint8_t { Back, Fore };
    void set_ground(SessionId session, Ground ground);

    /// From now on none of the owner's tasks goes to this host. A hold stays until it is lifted.
    void hold(OwnerId owner, OriginKey origin);
    /// Lets a single one of those held go, and another one when that is back before the hold was renewed.
    void probe(OwnerId owner, OriginKey origin);
    void lift(OwnerId owner, OriginKey origin);

    /// The task waits. One that waits already keeps its place, unless it changes; one that ran does no more.
    void add(const ReadyEntry& entry);
    /// The task runs, whether it was taken or not.
    void run(const ReadyEntry& entry);
    /// Takes a task out that waits or runs; harmless for one that does neither.
    void remove(TaskId task);
    /// The next task that may run; from now on it runs. It need not: it may be added or removed again.
    std::optional<TaskId> take();

    std::size_t waiting() const { return tasks_.size() - active_; }
    std::size_t active() const { return active_; }
    bool contains(TaskId task) const { return tasks_.contains(task); }

private:
    struct Lane {
        ReadyLine moving;
        Ranked<ReadyLine> reopened;  ///< parked lines of stops that have room
    };
    using HoldKey = std::pair<OwnerId, OriginKey>;

    static std::uint32_t bit(Gate gate) { return 1U << static_cast<std::uint32_t>(gate); }
    Lane& lane(Gate gate) { return lanes_[static_cast<std::size_t>(gate)]; }

    ReadyBatch& batch_for(const ReadyEntry& entry);
    void wait(ReadyTask& task, ReadyBatch& batch);
    void begin(ReadyTask& task, ReadyBatch& batch);
    void leave(ReadyTask& task);
    void unlink(ReadyTask& task);
    void count(ReadyBatch& batch, std::uint64_t difference);
    void tidy(ReadyBatch& batch);

    ReadyBatch* find(Lane& lane, Order order);
    void unpark(Lane& lane, ReadyLine& line, const ReadyBatch* rival, Order order);
    ReadyStop* hold_on(OwnerId owner, OriginKey origin);
    ReadyStop* closed_stop(const ReadyBatch& batch);
    void set_open(ReadyStop& stop, bool is_open);
    template <class Change>
    void change(ReadyLine& line, Change what);
    void review(ReadyOwner& owner);
    void review(ReadySession& session);
    void review(ReadyStop& host) { set_open(host, host.active < limits_.host); }

    AtOnce limits_;
    std::uint64_t active_ = 0;
    Turn admissions_ = 0;
    Turn arrivals_ = 0;
    std::uint32_t open_ = ~std::uint32_t{0};
    std::array<Lane, kGates> lanes_;
    std::unordered_map<TaskId, ReadyTask> tasks_;
    std::unordered_map<OwnerId, ReadyOwner> owners_;
    std::unordered_map<SessionId, ReadySession> sessions_;
    std::unordered_map<OriginKey, ReadyStop> hosts_;
    std::map<HoldKey, ReadyStop> holds_;
    std::unordered_set<SessionId> foreground_;
};

/// Of so many admissions one is the longest wait's.
inline constexpr Turn kAgedEvery = 8;

}  // namespace haul::model
