#pragma once

#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/units.hpp"

namespace haul::model {

/// When each task wants to be looked at next: at most one time a task. Each call costs O(log n).
class Agenda {
public:
    /// Sets, moves or (without a time) deletes a task's entry.
    void set(TaskId task, std::optional<WallTime> time) {
        if (auto old = times_.find(task); old != times_.end()) {
            order_.erase({old->second, task});
            times_.erase(old);
        }
        if (!time) return;
        order_.insert({*time, task});
        times_.insert({task, *time});
    }

    std::optional<WallTime> next() const {
        return order_.empty() ? std::nullopt : std::optional{order_.begin()->first};
    }

    /// Takes out the first task whose time has come.
    std::optional<TaskId> take_due(WallTime now) {
        if (order_.empty() || order_.begin()->first > now) return std::nullopt;
        auto task = order_.begin()->second;
        set(task, std::nullopt);
        return task;
    }

private:
    std::set<std::pair<WallTime, TaskId>> order_;
    std::unordered_map<TaskId, WallTime> times_;
};

}  // namespace haul::model
