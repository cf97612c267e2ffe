#pragma once

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "control/gatekeeper.hpp"
#include "journal/tasks.hpp"
#include "model/agenda.hpp"
#include "model/limits.hpp"
#include "model/ready_queue.hpp"
#include "model/task.hpp"

namespace haul::control {

/// Which tasks may run and when the others want to be looked at. It is derived from the tasks' rows alone,
/// and follows them within the open turn already, so that a slot that a turn frees is taken in the same turn:
/// after a turn that failed, the tasks that it placed are placed again as the journal has them.
class Scheduler {
public:
    Scheduler(const model::Limits& limits, Gatekeeper& gatekeeper)
        : gatekeeper_(gatekeeper),
          ready_(limits.active_transfers, limits.active_per_host),
          sockets_(limits.active_sockets, limits.active_sockets) {}

    /// Puts the task where its state says. `now` decides whether a delay is over.
    void place(const journal::PendingTask& task, WallTime now);
    void place(const model::Task& task, WallTime now);

    /// Takes the task out.
    void remove(TaskId task);

    /// The turn is committed.
    void commit() { uncommitted_.clear(); }
    /// The turn has failed: the tasks that it placed.
    std::vector<TaskId> take_uncommitted() { return std::exchange(uncommitted_, {}); }

    /// The next task to admit; it counts as running until it is placed elsewhere.
    std::optional<TaskId> take_ready() {
        auto task = ready_.take();
        if (!task) task = sockets_.take();
        if (task) uncommitted_.push_back(*task);
        return task;
    }
    /// Those that wait for a network that leads to their servers.
    std::vector<TaskId> unreached() const { return {unreached_.begin(), unreached_.end()}; }
    Gatekeeper& gatekeeper() { return gatekeeper_; }
    void set_conditions(const model::Conditions& conditions, WallTime now);
    /// A task whose time has come.
    std::optional<TaskId> take_due(WallTime now) { return agenda_.take_due(now); }
    std::optional<WallTime> next_time() const { return agenda_.next(); }

    bool has_work() const {
        return ready_.waiting() > 0 || ready_.active() > 0 || sockets_.waiting() > 0 ||
               sockets_.active() > 0 || agenda_.next().has_value();
    }

private:
    Gatekeeper& gatekeeper_;
    model::ReadyQueue ready_;
    model::ReadyQueue sockets_;  ///< which stay for days, and take no place from what ends
    model::Agenda<TaskId> agenda_;
    std::unordered_map<TaskId, journal::PendingTask> shelf_;  ///< those that the machine's conditions keep
    std::set<TaskId> unreached_;
    std::vector<TaskId> uncommitted_;
};

}  // namespace haul::control
