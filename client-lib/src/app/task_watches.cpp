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

/// What is for a WebSocket's stream, if it has one.
std::optional<WebSocketEvent> to_stream_event(const Event& event) {
    if (auto message = to_message(event)) return *std::move(message);
    if (auto opened = to_opened(event)) return *std::move(opened);
    if (auto closed = to_closed(event)) return *std::move(closed);
    if (const auto sent = to_sent(event)) return *sent;
    if (const auto dropped = to_messages_dropped(event)) return *dropped;
    if (auto hindrance = to_hindrance(event)) return *std::move(hindrance);
    if (auto ending = to_ending(event)) return *std::move(ending);
    return std::nullopt;
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

void TaskWatches::add(TaskId task, const std::shared_ptr<SocketSlot>& slot) {
    auto& place = streams_[task];
    const auto previous = std::exchange(place, slot).lock();
    if (previous) previous->close();
}

bool TaskWatches::remove(const std::shared_ptr<SocketSlot>& slot) {
    std::erase_if(streams_, [&](const auto& entry) { return entry.second.lock() == slot; });
    if (given_.lock() != slot) return true;
    given_.reset();
    if (!slot->is_unhandled()) return true;
    is_left_ = is_giving_;
    return is_giving_;
}

std::optional<Handling> TaskWatches::give(const Event& event) {
    if (streams_.empty()) return std::nullopt;
    const auto place = streams_.find(event.task);
    if (place == streams_.end()) return std::nullopt;
    const auto slot = place->second.lock();
    auto given = to_stream_event(event);
    if (!slot || !given) return std::nullopt;
    if (std::holds_alternative<Ending>(*given)) {
        // Nobody has to come back for more: the details tell of it, too.
        streams_.erase(place);
        slot->put(*std::move(given));
        slot->close();
        return Handling::Taken;
    }
    given_ = slot;
    is_giving_ = true;
    slot->put(*std::move(given));
    is_giving_ = false;
    return std::exchange(is_left_, false) ? Handling::Refused : Handling::Taken;
}

bool TaskWatches::is_ready() const {
    const auto slot = given_.lock();
    return !slot || !slot->is_unhandled();
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
    given_.reset();
    for (const auto& [task, slot] : std::exchange(streams_, {})) {
        if (const auto stream = slot.lock()) stream->close();
    }
    for (const auto& [task, slot] : std::exchange(followers_, {})) {
        if (const auto follower = slot.lock()) follower->close();
    }
    for (const auto& [task, slot] : std::exchange(ends_, {})) {
        if (const auto waiter = slot.lock()) waiter->put(tl::unexpected(detached_error()));
    }
}

}  // namespace haul::detail
