#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "base/ids.hpp"
#include "model/gate.hpp"
#include "model/ready_rank.hpp"

/// What ReadyQueue is made of: see there.
namespace haul::model {

/// Names an origin by the hash of its text: tasks of one origin share its limit of transfers.
using OriginKey = std::uint64_t;

struct ReadyBatch;
struct ReadyStop;
class ReadyLine;

struct ReadyTask {
    TaskId id;
    ReadyBatch* batch = nullptr;
    ReadyTask* previous = nullptr;
    ReadyTask* next = nullptr;
    Turn since = 0;  ///< since when it waits; 0: it runs

    bool is_active() const { return since == 0; }
};

struct ReadyOwner {
    OwnerId id;
    std::uint64_t active = 0;
    std::uint64_t sessions = 0;  ///< that have tasks here
    Turn turn = 0;
    bool is_full = false;  ///< runs all that it may
};

struct ReadySession;

/// Tasks that are alike in all that decides, but for how long they have waited: the longest wait first.
struct ReadyBatch {
    ReadySession* session = nullptr;
    ReadyStop* host = nullptr;
    OriginKey origin = 0;
    float priority = 0;
    Gate gate{};
    std::uint32_t active = 0;  ///< of its tasks, running
    ReadyTask* first = nullptr;
    ReadyTask* last = nullptr;
    ReadyLine* line = nullptr;  ///< where it stands, if it has waiting tasks

    Standing standing() const;
};

struct ReadySession {
    struct Key {
        OriginKey origin;
        float priority;
        Gate gate;
        friend auto operator<=>(const Key&, const Key&) = default;
    };
    SessionId id;
    ReadyOwner* owner = nullptr;
    std::uint64_t active = 0;
    Turn turn = 0;
    bool is_full = false;
    bool is_foreground = false;
    std::map<Key, ReadyBatch> batches;
    std::set<ReadyLine*> lines;  ///< in which it stands
};

/// Batches in their order: a tree of owners, their sessions, and these sessions' batches, in which each node
/// stands where its best child would. Each call costs O(log n). `first` costs as much again for each owner
/// and session before its result that had a turn since it got its place: turns only grow, so a place that is
/// too far in front shows as soon as it comes to the front.
class ReadyLine {
public:
    /// Where `stop` is none, the line heeds which owners and sessions are full.
    explicit ReadyLine(ReadyStop* stop = nullptr, Gate gate = {}) : stop_(stop), gate_(gate) {}
    ReadyLine(const ReadyLine&) = delete;
    ReadyLine& operator=(const ReadyLine&) = delete;

    /// A batch changes only between `erase` and `insert`.
    void insert(ReadyBatch& batch);
    void erase(ReadyBatch& batch);
    /// The first one that is not closed.
    ReadyBatch* first(Order order);
    /// Something that its place depends on has changed.
    void refresh(const ReadySession& session);
    void refresh(const ReadyOwner& owner);

    bool is_empty() const { return order_.is_empty(); }
    /// Its first batch's, or one before that; as it was when `settle` was called.
    const Standing& standing() const { return standing_; }
    void settle();
    ReadyStop* stop() const { return stop_; }
    Gate gate() const { return gate_; }

private:
    struct SessionNode {
        const ReadySession* session = nullptr;
        Standing place;
        Ranked<ReadyBatch> batches;
        const Standing& standing() const { return place; }
    };
    struct OwnerNode {
        const ReadyOwner* owner = nullptr;
        Standing place;
        std::map<const ReadySession*, SessionNode> sessions;
        Ranked<SessionNode> order;
        const Standing& standing() const { return place; }
    };

    void settle(OwnerNode& owner, SessionNode& session);
    void settle(OwnerNode& owner);
    Standing place_of(const SessionNode& session) const;
    Standing place_of(const OwnerNode& owner) const;

    ReadyStop* stop_;
    Gate gate_;
    std::map<const ReadyOwner*, OwnerNode> owners_;
    Ranked<OwnerNode> order_;
    Standing standing_;
};

/// What batches are held up by together: a host that is full, or one that its owner is to leave alone. Those
/// that were met there are parked in its lines.
struct ReadyStop {
    std::uint64_t active = 0;   ///< of a host: running tasks
    std::uint64_t batches = 0;  ///< of a host: all of them, wherever they stand
    bool is_open = true;
    TaskId prober{};  ///< the one task that runs in spite of a hold
    std::map<Gate, ReadyLine> lines;
};

}  // namespace haul::model
