#include "model/ready_queue.hpp"

#include <algorithm>

namespace haul::model {

void ReadyQueue::set_limits(const AtOnce& limits) {
    limits_ = limits;
    for (auto& [origin, host] : hosts_) review(host);
    for (auto& [id, session] : sessions_) review(session);
    for (auto& [id, owner] : owners_) review(owner);
}

void ReadyQueue::set_ground(SessionId id, Ground ground) {
    bool is_foreground = ground == Ground::Fore;
    if (is_foreground)
        foreground_.insert(id);
    else
        foreground_.erase(id);
    auto found = sessions_.find(id);
    if (found == sessions_.end() || found->second.is_foreground == is_foreground) return;
    auto& session = found->second;
    session.is_foreground = is_foreground;
    for (auto* line : session.lines) change(*line, [&] { line->refresh(session); });
}

void ReadyQueue::hold(OwnerId owner, OriginKey origin) {
    auto& stop = holds_[{owner, origin}];
    stop.prober = {};
    set_open(stop, false);
}

void ReadyQueue::probe(OwnerId owner, OriginKey origin) {
    auto* stop = hold_on(owner, origin);
    if (!stop) return;
    stop->prober = {};
    set_open(*stop, true);
}

void ReadyQueue::lift(OwnerId owner, OriginKey origin) {
    auto found = holds_.find({owner, origin});
    if (found == holds_.end()) return;
    set_open(found->second, false);  // its lines do not compete any more
    for (auto& [gate, line] : found->second.lines)
        while (auto* batch = line.first(Order::Age)) {
            line.erase(*batch);
            lane(gate).moving.insert(*batch);
        }
    holds_.erase(found);
}

void ReadyQueue::add(const ReadyEntry& entry) {
    auto& task = tasks_[entry.task];
    auto& batch = batch_for(entry);
    auto* before = task.batch;
    if (before == &batch && !task.is_active()) return;
    task.id = entry.task;
    if (before) leave(task);
    wait(task, batch);
    if (before) tidy(*before);
}

void ReadyQueue::run(const ReadyEntry& entry) {
    auto& task = tasks_[entry.task];
    auto& batch = batch_for(entry);
    auto* before = task.batch;
    if (before == &batch && task.is_active()) return;
    task.id = entry.task;
    if (before) leave(task);
    begin(task, batch);
    if (before) tidy(*before);
}

void ReadyQueue::remove(TaskId id) {
    auto found = tasks_.find(id);
    if (found == tasks_.end()) return;
    auto& batch = *found->second.batch;
    leave(found->second);
    tasks_.erase(found);
    tidy(batch);
}

std::optional<TaskId> ReadyQueue::take() {
    if (active_ >= limits_.machine) return std::nullopt;
    auto order = (admissions_ + 1) % kAgedEvery == 0 ? Order::Age : Order::Fair;
    ReadyBatch* best = nullptr;
    for (std::size_t gate = 0; gate < kGates; ++gate) {
        if ((open_ & bit(static_cast<Gate>(gate))) == 0) continue;
        auto* batch = find(lanes_[gate], order);
        bool is_better = batch && (!best || precedes(batch->standing(), best->standing(), order));
        if (is_better) best = batch;
    }
    if (!best) return std::nullopt;
    auto& task = *best->first;
    leave(task);
    ++admissions_;
    best->session->turn = best->session->owner->turn = admissions_;
    begin(task, *best);
    return task.id;
}

/// The batch of the line that is next by that order. On the way to it, what is closed is parked, and what is
/// parked and would be before it comes back.
ReadyBatch* ReadyQueue::find(Lane& lane, Order order) {
    while (true) {
        auto* batch = lane.moving.first(order);
        auto* line = lane.reopened.first(order);
        if (line && (!batch || precedes(line->standing(), batch->standing(), order))) {
            unpark(lane, *line, batch, order);
            continue;
        }
        auto* stop = batch ? closed_stop(*batch) : nullptr;
        if (!stop) return batch;
        lane.moving.erase(*batch);
        stop->lines.try_emplace(batch->gate, stop, batch->gate).first->second.insert(*batch);
    }
}

/// The line's first batch comes back, if it really is before the rival.
void ReadyQueue::unpark(Lane& lane, ReadyLine& line, const ReadyBatch* rival, Order order) {
    ReadyBatch* first = nullptr;
    change(line, [&] {
        first = line.first(order);
        if (rival && !precedes(first->standing(), rival->standing(), order)) first = nullptr;
        if (first) line.erase(*first);
    });
    if (first) lane.moving.insert(*first);
}

/// Changes a line that may be one of those that compete. One that is empty afterwards is gone.
template <class Change>
void ReadyQueue::change(ReadyLine& line, Change what) {
    auto* stop = line.stop();
    if (!stop) return what();
    auto& reopened = lane(line.gate()).reopened;
    if (stop->is_open) reopened.drop(line);
    what();
    line.settle();
    if (line.is_empty())
        stop->lines.erase(line.gate());
    else if (stop->is_open)
        reopened.add(line);
}

void ReadyQueue::set_open(ReadyStop& stop, bool is_open) {
    if (stop.is_open == is_open) return;
    stop.is_open = is_open;
    for (auto& [gate, line] : stop.lines) {
        line.settle();
        if (is_open)
            lane(gate).reopened.add(line);
        else
            lane(gate).reopened.drop(line);
    }
}

ReadyStop* ReadyQueue::hold_on(OwnerId owner, OriginKey origin) {
    auto found = holds_.find({owner, origin});
    return found == holds_.end() ? nullptr : &found->second;
}

ReadyStop* ReadyQueue::closed_stop(const ReadyBatch& batch) {
    auto* hold = hold_on(batch.session->owner->id, batch.origin);
    if (hold && !hold->is_open) return hold;
    return batch.host->is_open ? nullptr : batch.host;
}

void ReadyQueue::review(ReadyOwner& owner) {
    bool is_full = owner.active >= limits_.owner;
    if (owner.is_full == is_full) return;
    owner.is_full = is_full;
    for (auto& lane : lanes_) lane.moving.refresh(owner);
}

void ReadyQueue::review(ReadySession& session) {
    bool is_full = session.active >= limits_.session;
    if (session.is_full == is_full) return;
    session.is_full = is_full;
    for (auto* line : session.lines)
        if (!line->stop()) line->refresh(session);
}

/// The batch that the task belongs to, made where there is none.
ReadyBatch& ReadyQueue::batch_for(const ReadyEntry& entry) {
    auto& session = sessions_[entry.session];
    if (!session.owner) {
        session.id = entry.session;
        session.owner = &owners_[entry.owner];
        session.owner->id = entry.owner;
        ++session.owner->sessions;
        session.is_foreground = foreground_.contains(entry.session);
    }
    auto priority = entry.priority >= 0 ? std::min(static_cast<float>(entry.priority), 1.0F) : 0.0F;
    auto& batch = session.batches[{entry.origin, priority, entry.gate}];
    if (!batch.session) {
        batch.session = &session;
        batch.host = &hosts_[entry.origin];
        ++batch.host->batches;
        batch.origin = entry.origin;
        batch.priority = priority;
        batch.gate = entry.gate;
    }
    return batch;
}

/// Forgets what has neither waiting nor running tasks.
void ReadyQueue::tidy(ReadyBatch& batch) {
    if (batch.first || batch.active > 0) return;
    auto& session = *batch.session;
    if (--batch.host->batches == 0) hosts_.erase(batch.origin);
    session.batches.erase({batch.origin, batch.priority, batch.gate});
    if (!session.batches.empty()) return;
    auto& owner = *session.owner;
    sessions_.erase(session.id);
    if (--owner.sessions == 0) owners_.erase(owner.id);
}

void ReadyQueue::wait(ReadyTask& task, ReadyBatch& batch) {
    task.batch = &batch;
    task.since = ++arrivals_;
    task.previous = batch.last;
    task.next = nullptr;
    (batch.last ? batch.last->next : batch.first) = &task;
    batch.last = &task;
    if (batch.first == &task) lane(batch.gate).moving.insert(batch);
}

void ReadyQueue::begin(ReadyTask& task, ReadyBatch& batch) {
    task.batch = &batch;
    task.since = 0;
    count(batch, 1);
    auto* hold = hold_on(batch.session->owner->id, batch.origin);
    if (!hold || !hold->is_open) return;
    hold->prober = task.id;
    set_open(*hold, false);
}

/// The task neither waits nor runs.
void ReadyQueue::leave(ReadyTask& task) {
    auto& batch = *task.batch;
    if (task.is_active()) {
        count(batch, std::uint64_t{0} - 1);
        auto* hold = hold_on(batch.session->owner->id, batch.origin);
        if (hold && hold->prober == task.id) probe(batch.session->owner->id, batch.origin);
        return;
    }
    if (batch.first != &task) return unlink(task);
    auto* line = batch.line;
    change(*line, [&] {
        line->erase(batch);
        unlink(task);
        if (batch.first) line->insert(batch);
    });
}

void ReadyQueue::unlink(ReadyTask& task) {
    auto& batch = *task.batch;
    (task.previous ? task.previous->next : batch.first) = task.next;
    (task.next ? task.next->previous : batch.last) = task.previous;
}

/// So many more of the batch's tasks run.
void ReadyQueue::count(ReadyBatch& batch, std::uint64_t difference) {
    auto& session = *batch.session;
    active_ += difference;
    batch.active += static_cast<std::uint32_t>(difference);
    session.active += difference;
    session.owner->active += difference;
    batch.host->active += difference;
    review(session);
    review(*session.owner);
    review(*batch.host);
}

}  // namespace haul::model
