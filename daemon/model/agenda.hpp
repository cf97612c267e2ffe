#pragma once

#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/units.hpp"

namespace haul::model {

/// When each of them (tasks, say) wants to be looked at next: at most one time each. Each call costs O(log
/// n).
template <class Id>
class Agenda {
public:
    /// Sets, moves or (without a time) deletes an entry.
    void set(Id id, std::optional<WallTime> time) {
        if (auto old = times_.find(id); old != times_.end()) {
            order_.erase({old->second, id});
            times_.erase(old);
        }
        if (!time) return;
        order_.insert({*time, id});
        times_.insert({id, *time});
    }

    std::optional<WallTime> next() const {
        return order_.empty() ? std::nullopt : std::optional{order_.begin()->first};
    }

    /// Takes out the first one whose time has come.
    std::optional<Id> take_due(WallTime now) {
        if (order_.empty() || order_.begin()->first > now) return std::nullopt;
        auto id = order_.begin()->second;
        set(id, std::nullopt);
        return id;
    }

private:
    std::set<std::pair<WallTime, Id>> order_;
    std::unordered_map<Id, WallTime> times_;
};

}  // namespace haul::model
