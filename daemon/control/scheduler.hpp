#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "control/gatekeeper.hpp"
#include "control/session_book.hpp"
#include "journal/tasks.hpp"
#include "model/agenda.hpp"
#include "model/host_health.hpp"
#include "model/limits.hpp"
#include "model/ready_queue.hpp"
#include "model/task.hpp"
#include "model/transition.hpp"
#include "ports/transfers.hpp"

namespace haul::control {

/// Which tasks may run and when the others want to be looked at. It is derived from the tasks' rows alone,
/// and follows them within the open turn already, so that a slot that a turn frees is taken in the same turn:
/// after a turn that failed, the tasks that it placed are placed again as the journal has them. Which hosts
/// fail is known of this process only.
class Scheduler {
public:
    /// The book tells whose a session is.
    Scheduler(const model::Limits& limits, const SessionBook& book, Gatekeeper& gatekeeper);

    /// What runs goes on.
    void set_limits(const model::Limits& limits);
    /// Whether the session has a live client.
    void set_ground(SessionId session, model::ReadyQueue::Ground ground);

    /// Puts the task where its state says. `now` decides whether a delay is over.
    void place(const journal::PendingTask& task, WallTime now);
    void place(const model::Task& task, WallTime now);

    /// Takes the task out.
    void remove(TaskId task);

    /// What the report tells of the host that was asked; the task as it was before, and as it is now. Of
    /// `around`, the backoff is the daemon's own.
    void watch_host(const model::Task& before, const model::Task& after, const ports::TransferReport& report,
                    const model::Surroundings& around);
    /// Hosts that failed may all answer again.
    void forget_failures();
    /// What waits for its host is blocked by a retry delay as well, though its row does not say so.
    model::Task with_hold(model::Task task, WallTime now) const;

    /// What a waiting task waits for, as its client sees it: never nothing.
    model::Admission find_wait(const journal::PendingTask& task, WallTime now) const;

    /// The turn is committed.
    void commit() { uncommitted_.clear(); }
    /// The turn has failed: the tasks that it placed.
    std::vector<TaskId> take_uncommitted() { return std::exchange(uncommitted_, {}); }

    /// The next task to admit; it counts as running until it is placed elsewhere.
    std::optional<TaskId> take_ready();
    /// Those that wait for a network that leads to their servers.
    std::vector<TaskId> unreached() const { return {unreached_.begin(), unreached_.end()}; }
    Gatekeeper& gatekeeper() { return gatekeeper_; }
    void set_conditions(const model::Conditions& conditions);
    /// A task whose time has come. Hosts whose time has come are tried again.
    std::optional<TaskId> take_due(WallTime now);
    std::optional<WallTime> next_time() const;

    bool has_work() const {
        return ready_.waiting() > 0 || ready_.active() > 0 || sockets_.waiting() > 0 ||
               sockets_.active() > 0 || agenda_.next().has_value();
    }

private:
    model::ReadyEntry entry_for(const journal::PendingTask& task) const;
    model::OwnersHost host_of(const model::Task& task) const;
    model::OwnersHost host_of(const journal::PendingTask& task) const;
    std::optional<WallTime> held_until(const journal::PendingTask& task) const;

    const SessionBook& book_;
    Gatekeeper& gatekeeper_;
    model::ReadyQueue ready_;
    model::ReadyQueue sockets_;  ///< which stay for days, and take no place from what ends
    model::HostHealth health_;   ///< of the others: each WebSocket has delays of its own
    model::Agenda<TaskId> agenda_;
    std::set<TaskId> unreached_;
    std::vector<TaskId> uncommitted_;
};

}  // namespace haul::control
