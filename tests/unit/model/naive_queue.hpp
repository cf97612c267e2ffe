#pragma once

#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "model/ready_queue.hpp"

namespace haul::model {

/// What ReadyQueue promises, in its plainest form: a list that is searched.
class NaiveQueue {
public:
    struct Item {
        ReadyEntry entry;
        Turn since = 0;  ///< 0: it runs
    };

    explicit NaiveQueue(const AtOnce& at_once) : limits(at_once) {}

    void add(const ReadyEntry& entry) { put(entry, false); }
    void run(const ReadyEntry& entry) { put(entry, true); }
    void remove(TaskId task) {
        auto found = items.find(task);
        if (found == items.end()) return;
        leave(found->second);
        items.erase(found);
    }
    /// The task that is to be taken next.
    std::optional<TaskId> next() const {
        bool is_aged = (admissions_ + 1) % kAgedEvery == 0;
        const Item* best = nullptr;
        for (const auto& [task, item] : items) {
            if (!is_runnable(item)) continue;
            bool is_better = !best || (is_aged ? item.since < best->since : rank(item) < rank(*best));
            if (is_better) best = &item;
        }
        return best ? std::optional{best->entry.task} : std::nullopt;
    }
    void take(TaskId task) {
        auto& item = items.at(task);
        ++admissions_;
        item.since = 0;
        owners_[item.entry.owner].turn = sessions_[item.entry.session].turn = admissions_;
        go(item.entry);
    }

    void hold(OwnerId owner, OriginKey origin) { holds_[{owner, origin}] = {}; }
    void probe(OwnerId owner, OriginKey origin) {
        auto found = holds_.find({owner, origin});
        if (found != holds_.end()) found->second = {.lets_one = true};
    }
    void lift(OwnerId owner, OriginKey origin) { holds_.erase({owner, origin}); }

    std::uint64_t active() const { return active_; }
    std::uint64_t active(OwnerId owner) const { return active_in(owners_, owner); }
    std::uint64_t active(SessionId session) const { return active_in(sessions_, session); }
    std::uint64_t active(OriginKey origin) const { return active_in(hosts_, origin); }

    AtOnce limits;
    std::map<TaskId, Item> items;
    std::set<Gate> closed;
    std::set<SessionId> foreground;

private:
    struct Count {
        std::uint64_t tasks = 0;
        std::uint64_t active = 0;
        Turn turn = 0;
    };
    struct Hold {
        bool lets_one = false;
        TaskId prober{};
    };

    void put(const ReadyEntry& entry, bool runs) {
        auto found = items.find(entry.task);
        bool is_there =
            found != items.end() && is_same(found->second.entry, entry) && (found->second.since == 0) == runs;
        if (is_there) return;
        ++owners_[entry.owner].tasks;
        ++sessions_[entry.session].tasks;
        ++hosts_[entry.origin].tasks;
        if (found != items.end()) leave(found->second);
        items[entry.task] = {entry, runs ? 0 : ++arrivals_};
        if (runs) go(entry);
    }
    static bool is_same(const ReadyEntry& a, const ReadyEntry& b) {
        return a.session == b.session && a.origin == b.origin && a.gate == b.gate && a.priority == b.priority;
    }
    void go(const ReadyEntry& entry) {
        ++active_;
        ++owners_[entry.owner].active;
        ++sessions_[entry.session].active;
        ++hosts_[entry.origin].active;
        auto hold = holds_.find({entry.owner, entry.origin});
        if (hold != holds_.end() && hold->second.lets_one) hold->second = {.prober = entry.task};
    }
    void leave(const Item& item) {
        const auto& entry = item.entry;
        auto hold = holds_.find({entry.owner, entry.origin});
        bool was_prober = item.since == 0 && hold != holds_.end() && hold->second.prober == entry.task;
        if (was_prober) hold->second = {.lets_one = true};
        if (item.since == 0) --active_;
        leave(owners_, entry.owner, item);
        leave(sessions_, entry.session, item);
        leave(hosts_, entry.origin, item);
    }
    /// Who has nothing here any more comes back as a new one.
    static void leave(auto& counts, auto id, const Item& item) {
        auto& count = counts.at(id);
        if (item.since == 0) --count.active;
        if (--count.tasks == 0) counts.erase(id);
    }
    static std::uint64_t active_in(const auto& counts, auto id) {
        auto found = counts.find(id);
        return found == counts.end() ? 0 : found->second.active;
    }
    bool is_runnable(const Item& item) const {
        const auto& entry = item.entry;
        if (item.since == 0 || closed.contains(entry.gate)) return false;
        auto hold = holds_.find({entry.owner, entry.origin});
        if (hold != holds_.end() && !hold->second.lets_one) return false;
        return active() < limits.machine && active(entry.owner) < limits.owner &&
               active(entry.session) < limits.session && active(entry.origin) < limits.host;
    }
    /// Smaller goes first.
    std::tuple<bool, double, Turn, Turn, Turn> rank(const Item& item) const {
        const auto& entry = item.entry;
        return std::tuple{!foreground.contains(entry.session), -entry.priority, owners_.at(entry.owner).turn,
                          sessions_.at(entry.session).turn, item.since};
    }

    Turn admissions_ = 0;
    Turn arrivals_ = 0;
    std::uint64_t active_ = 0;
    std::map<OwnerId, Count> owners_;
    std::map<SessionId, Count> sessions_;
    std::map<OriginKey, Count> hosts_;
    std::map<std::pair<OwnerId, OriginKey>, Hold> holds_;
};

}  // namespace haul::model
