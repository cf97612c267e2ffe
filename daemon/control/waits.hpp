#pragma once

#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/unique_function.hpp"
#include "base/units.hpp"
#include "model/task.hpp"
#include "ports/clients.hpp"

namespace haul::control {

/// Calls of Wait that have no reply yet. A caller that leaves the bus is forgotten, and each owner has a
/// limit.
class Waits {
public:
    using Reply = UniqueFunction<void(const model::Task&)>;

    Waits(ports::Clients& clients, std::uint64_t most_per_owner)
        : clients_(clients), most_per_owner_(most_per_owner) {}

    /// Errors: LimitExceeded; the reply is not used then.
    Result<> add(TaskId task, OwnerId owner, const ports::ClientName& client, std::optional<WallTime> until,
                 Reply& reply);
    /// The task has ended: replies to all that wait for it.
    void finish(const model::Task& task);
    /// Tasks that somebody waits for no longer than till now.
    std::set<TaskId> due(WallTime now) const;
    /// Replies to those whose time is over.
    void time_out(const model::Task& task, WallTime now);
    /// The clock was set: their times are as far away as they were.
    void shift(Duration by);
    void on_client_gone(const ports::ClientName& client);

    std::optional<WallTime> next_time() const;
    bool is_empty() const { return waits_.empty(); }

private:
    struct Wait {
        OwnerId owner;
        ports::ClientName client;
        std::optional<WallTime> until;
        Reply reply;
    };
    using Position = std::multimap<TaskId, Wait>::iterator;

    void remove(Position wait);

    ports::Clients& clients_;
    std::uint64_t most_per_owner_;
    std::multimap<TaskId, Wait> waits_;
    std::multimap<WallTime, TaskId> times_;
    std::unordered_map<OwnerId, std::uint64_t> counts_;
};

}  // namespace haul::control
