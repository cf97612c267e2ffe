#include "control/waits.hpp"

namespace haul::control {

Result<> Waits::add(TaskId task, OwnerId owner, const ports::ClientName& client,
                    std::optional<WallTime> until, Reply& reply) {
    auto& count = counts_[owner];
    if (count >= most_per_owner_)
        return fail(ErrorCode::LimitExceeded,
                    "there are " + std::to_string(count) +
                        " calls of Wait without a reply already: wait for one of them first");
    ++count;
    if (until) times_.insert({*until, task});
    waits_.insert({task, Wait{owner, client, until, std::move(reply)}});
    clients_.watch(client);
    return {};
}

void Waits::remove(Position wait) {
    auto& [task, what] = *wait;
    if (what.until) {
        auto [first, last] = times_.equal_range(*what.until);
        for (auto time = first; time != last; ++time)
            if (time->second == task) {
                times_.erase(time);
                break;
            }
    }
    if (--counts_[what.owner] == 0) counts_.erase(what.owner);
    clients_.unwatch(what.client);
    waits_.erase(wait);
}

void Waits::finish(const model::Task& task) {
    for (auto wait = waits_.find(task.id); wait != waits_.end(); wait = waits_.find(task.id)) {
        auto reply = std::move(wait->second.reply);
        remove(wait);
        reply(task);
    }
}

std::set<TaskId> Waits::due(WallTime now) const {
    std::set<TaskId> tasks;
    for (auto time = times_.begin(); time != times_.end() && time->first <= now; ++time)
        tasks.insert(time->second);
    return tasks;
}

void Waits::time_out(const model::Task& task, WallTime now) {
    auto [wait, last] = waits_.equal_range(task.id);
    while (wait != last) {
        auto next = std::next(wait);
        if (wait->second.until && *wait->second.until <= now) {
            auto reply = std::move(wait->second.reply);
            remove(wait);
            reply(task);
        }
        wait = next;
    }
}

void Waits::shift(Duration by) {
    times_.clear();
    for (auto& [task, wait] : waits_) {
        if (!wait.until) continue;
        *wait.until += by;
        times_.insert({*wait.until, task});
    }
}

void Waits::on_client_gone(const ports::ClientName& client) {
    for (auto wait = waits_.begin(); wait != waits_.end();) {
        auto next = std::next(wait);
        if (wait->second.client == client) remove(wait);
        wait = next;
    }
}

std::optional<WallTime> Waits::next_time() const {
    return times_.empty() ? std::nullopt : std::optional{times_.begin()->first};
}

}  // namespace haul::control
