#include "model/ready_line.hpp"

namespace haul::model {

Standing ReadyBatch::standing() const {
    return {.rank = {.is_closed = false,
                     .grade = (session->is_foreground ? -2.0F : 0.0F) - priority,
                     .owner = session->owner->turn,
                     .session = session->turn,
                     .since = first->since},
            .oldest = first->since};
}

void ReadyLine::insert(ReadyBatch& batch) {
    auto& session = *batch.session;
    auto& owner = owners_.try_emplace(session.owner).first->second;
    owner.owner = session.owner;
    auto [node, is_new] = owner.sessions.try_emplace(&session);
    node->second.session = &session;
    if (is_new) session.lines.insert(this);
    node->second.batches.add(batch);
    batch.line = this;
    settle(owner, node->second);
}

void ReadyLine::erase(ReadyBatch& batch) {
    auto& session = *batch.session;
    auto owner = owners_.find(session.owner);
    auto node = owner->second.sessions.find(&session);
    node->second.batches.drop(batch);
    batch.line = nullptr;
    if (!node->second.batches.is_empty()) return settle(owner->second, node->second);
    owner->second.order.drop(node->second);
    owner->second.sessions.erase(node);
    session.lines.erase(this);
    if (!owner->second.sessions.empty()) return settle(owner->second);
    order_.drop(owner->second);
    owners_.erase(owner);
}

ReadyBatch* ReadyLine::first(Order order) {
    while (auto* owner = order_.first(order)) {
        if (owner->place.rank.is_closed) return nullptr;
        auto* session = owner->order.first(order);
        bool is_true = owner->place.rank.owner == owner->owner->turn &&
                       session->place.rank.session == session->session->turn;
        if (is_true) return session->batches.first(order);
        settle(*owner, *session);
    }
    return nullptr;
}

void ReadyLine::refresh(const ReadySession& session) {
    auto owner = owners_.find(session.owner);
    if (owner == owners_.end()) return;
    auto node = owner->second.sessions.find(&session);
    if (node != owner->second.sessions.end()) settle(owner->second, node->second);
}

void ReadyLine::refresh(const ReadyOwner& owner) {
    if (auto node = owners_.find(&owner); node != owners_.end()) settle(node->second);
}

void ReadyLine::settle() {
    standing_ = {};
    if (is_empty()) return;
    standing_.rank = order_.first(Order::Fair)->place.rank;
    standing_.oldest = order_.first(Order::Age)->place.oldest;
}

void ReadyLine::settle(OwnerNode& owner, SessionNode& session) {
    auto place = place_of(session);
    if (place != session.place) {
        owner.order.drop(session);
        session.place = place;
        owner.order.add(session);
    }
    settle(owner);
}

void ReadyLine::settle(OwnerNode& owner) {
    auto place = place_of(owner);
    if (place == owner.place) return;
    order_.drop(owner);
    owner.place = place;
    order_.add(owner);
}

Standing ReadyLine::place_of(const SessionNode& session) const {
    Standing place{.rank = session.batches.first(Order::Fair)->standing().rank,
                   .oldest = session.batches.first(Order::Age)->standing().oldest};
    place.rank.owner = 0;  // it is the same for all sessions beside it
    place.rank.is_closed = !stop_ && session.session->is_full;
    return place;
}

Standing ReadyLine::place_of(const OwnerNode& owner) const {
    Standing place{.rank = owner.order.first(Order::Fair)->place.rank,
                   .oldest = owner.order.first(Order::Age)->place.oldest};
    place.rank.owner = owner.owner->turn;
    place.rank.is_closed = place.rank.is_closed || (!stop_ && owner.owner->is_full);
    return place;
}

}  // namespace haul::model
