#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>

#include "base/ids.hpp"

namespace haul::model {

/// Names an origin by the hash of its text: tasks of one origin share its limit of transfers.
using OriginKey = std::uint64_t;

/// The tasks that could run now, and how many run already. Higher priorities go first, then older tasks; an
/// origin that has its full number of transfers is passed over. Each call costs O(log n).
class ReadyQueue {
public:
    ReadyQueue(std::uint64_t most_active, std::uint64_t most_per_origin)
        : most_active_(most_active), most_per_origin_(most_per_origin) {}

    void add(TaskId task, double priority, OriginKey origin);
    /// Takes a task out that waits or runs; harmless for one that does neither.
    void remove(TaskId task);
    /// The next task that may run; from now on it counts as running, until it is removed.
    std::optional<TaskId> take();

    std::size_t waiting() const { return places_.size() - active_; }
    std::size_t active() const { return active_; }
    bool contains(TaskId task) const { return places_.contains(task); }

private:
    /// Orders by falling priority, then by rising id.
    struct Rank {
        double minus_priority;
        TaskId task;
        friend auto operator<=>(const Rank&, const Rank&) = default;
    };
    struct Origin {
        std::set<Rank> waiting;
        std::uint64_t active = 0;
    };
    struct Place {
        OriginKey origin;
        float priority;
        bool active;
    };

    void list(Origin& origin, OriginKey key);
    void unlist(const Origin& origin, OriginKey key);

    std::uint64_t most_active_;
    std::uint64_t most_per_origin_;
    std::uint64_t active_ = 0;
    std::unordered_map<OriginKey, Origin> origins_;
    std::unordered_map<TaskId, Place> places_;
    std::set<std::pair<Rank, OriginKey>> heads_;  ///< the first of each origin that has room
};

}  // namespace haul::model
