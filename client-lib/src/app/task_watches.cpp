#include "app/task_watches.hpp"

#include <utility>

namespace haul::detail {

namespace {

/// Those of a task that somebody still has; what a coroutine does when it goes on may change the map.
template <typename Map>
auto slots_of(const Map& map, TaskId task) {
    std::vector<decltype(map.begin()->second.lock())> slots;
    const auto [begin, end] = map.equal_range(task);
    for (auto place = begin; place != end; ++place) {
        if (auto slot = place->second.lock()) slots.push_back(std::move(slot));
    }
    return slots;
}

template <typename Map, typename Slot>
void insert(Map& map, TaskId task, const Slot& slot) {
    const auto [begin, end] = map.equal_range(task);
    for (auto place = begin; place != end;) {
        place = place->second.expired() ? map.erase(place) : std::next(place);
    }
    map.emplace(task, slot);
}

Error detached_error() {
    return {.code = ErrorCode::InvalidState,
            .message = "the session is not attached, so it hears of no task's end",
            .name = {}};
}

}  // namespace

void TaskWatches::add(TaskId task, const std::shared_ptr<EndSlot>& slot) {
    insert(ends_, task, slot);
}

void TaskWatches::add(TaskId task, const std::shared_ptr<ProgressSlot>& slot) {
    insert(followers_, task, slot);
}

void TaskWatches::on_event(const Event& event) {
    if (open_.empty() && ends_.empty() && followers_.empty()) return;
    const auto ending = to_ending(event);
    if (!ending) return;
    const auto waiting = slots_of(ends_, event.task);
    const auto following = slots_of(followers_, event.task);
    open_.erase(event.task);
    ends_.erase(event.task);
    followers_.erase(event.task);
    for (const auto& slot : following) slot->close();
    for (const auto& slot : waiting) slot->put(*ending);
}

void TaskWatches::on_progress(TaskId task, const Progress& progress) {
    for (const auto& slot : slots_of(followers_, task)) slot->put(progress);
}

void TaskWatches::close() {
    open_.clear();
    for (const auto& [task, slot] : std::exchange(followers_, {})) {
        if (const auto follower = slot.lock()) follower->close();
    }
    for (const auto& [task, slot] : std::exchange(ends_, {})) {
        if (const auto waiter = slot.lock()) waiter->put(tl::unexpected(detached_error()));
    }
}

}  // namespace haul::detail
