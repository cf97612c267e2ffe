#include "model/ready_queue.hpp"

namespace haul::model {

/// Puts the origin's first task among the heads, if it has one and room for it.
void ReadyQueue::list(Origin& origin, OriginKey key) {
    if (!origin.waiting.empty() && origin.active < most_per_origin_)
        heads_.insert({*origin.waiting.begin(), key});
}

void ReadyQueue::unlist(const Origin& origin, OriginKey key) {
    if (!origin.waiting.empty()) heads_.erase({*origin.waiting.begin(), key});
}

void ReadyQueue::add(TaskId task, double priority, OriginKey key) {
    auto rank = static_cast<float>(priority);
    if (!places_.insert({task, Place{key, rank, false}}).second) return;
    auto& origin = origins_[key];
    unlist(origin, key);
    origin.waiting.insert({-static_cast<double>(rank), task});
    list(origin, key);
}

void ReadyQueue::remove(TaskId task) {
    auto place = places_.find(task);
    if (place == places_.end()) return;
    auto [key, priority, active] = place->second;
    places_.erase(place);
    auto entry = origins_.find(key);
    auto& origin = entry->second;
    unlist(origin, key);
    if (active) {
        --origin.active;
        --active_;
    } else {
        origin.waiting.erase({-static_cast<double>(priority), task});
    }
    list(origin, key);
    if (origin.waiting.empty() && origin.active == 0) origins_.erase(entry);
}

std::optional<TaskId> ReadyQueue::take() {
    if (active_ >= most_active_ || heads_.empty()) return std::nullopt;
    auto [rank, key] = *heads_.begin();
    auto& origin = origins_.at(key);
    unlist(origin, key);
    origin.waiting.erase(rank);
    ++origin.active;
    ++active_;
    list(origin, key);
    places_.at(rank.task).active = true;
    return rank.task;
}

}  // namespace haul::model
