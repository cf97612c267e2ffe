#include "relaunch/event_pump.hpp"

#include <algorithm>
#include <utility>

namespace haul::relaunch {

Result<Bytes> EventPump::record(SessionId session, TaskId task, const model::News& news, WallTime now) {
    auto number = TRY(last_number(session)).value + 1;
    auto bytes = TRY(journal_.events.insert(session, {.number = {number},
                                                      .task = task,
                                                      .type = news.type,
                                                      .time = now,
                                                      .details = news.details,
                                                      .needs_client = news.needs_client}));
    last_numbers_[session] = {number};
    grown_.insert(session);
    return bytes;
}

Result<EventNumber> EventPump::last_number(SessionId session) {
    if (auto known = last_numbers_.find(session); known != last_numbers_.end()) return known->second;
    auto waiting = TRY(journal_.events.range(session)).last;
    return waiting.value != 0 ? waiting : TRY(journal_.sessions.acknowledged(session));
}

Result<std::vector<model::Event>> EventPump::read(SessionId session, EventNumber after, std::uint32_t max) {
    return journal_.events.list(session, after, max);
}

Result<std::vector<TaskId>> EventPump::acknowledge(SessionId session, EventNumber number) {
    auto acknowledged = TRY(journal_.sessions.acknowledged(session));
    if (number <= acknowledged) return std::vector<TaskId>{};
    auto last = TRY(journal_.events.range(session)).last;
    if (number > last)
        return fail(ErrorCode::InvalidArgument, "event " + std::to_string(number.value) +
                                                    " does not exist yet: the last one is " +
                                                    std::to_string(std::max(last, acknowledged).value));
    auto ended = TRY(journal_.events.ended_tasks(session, number));
    TRY(journal_.events.remove_up_to(session, number));
    TRY(journal_.sessions.set_acknowledged(session, number));
    if (number == last) drained_[session] = number;
    return ended;
}

Result<> EventPump::attach(SessionId session, const ports::ClientName& client, Rival rival) {
    auto holder = clients_of_.find(session);
    bool is_held = holder != clients_of_.end() && holder->second != client;
    if (is_held && rival == Rival::Keep)
        return fail(ErrorCode::InvalidState,
                    "another client is attached to this session: let it detach first, or take over");
    if (is_held) part(session, ports::Farewell::TakenOver);
    if (clients_of_.insert({session, client}).second) clients_.watch(client);
    grown_.insert(session);
    return {};
}

/// Takes the session from its live client, who hears of it after the commit.
void EventPump::part(SessionId session, ports::Farewell why) {
    auto holder = clients_of_.extract(session);
    partings_.push_back({std::move(holder.mapped()), session, why});
}

bool EventPump::detach(SessionId session, const ports::ClientName& client) {
    auto holder = clients_of_.find(session);
    if (holder == clients_of_.end() || holder->second != client) return false;
    clients_of_.erase(holder);
    clients_.unwatch(client);
    return true;
}

void EventPump::forget_session(SessionId session) {
    if (clients_of_.contains(session)) part(session, ports::Farewell::Invalidated);
    grown_.erase(session);
    drained_.erase(session);
    last_numbers_.erase(session);
}

std::vector<SessionId> EventPump::on_client_gone(const ports::ClientName& client) {
    std::vector<SessionId> left;
    std::erase_if(clients_of_, [&](const auto& entry) {
        bool was_its = entry.second == client;
        if (was_its) left.push_back(entry.first);
        return was_its;
    });
    return left;
}

const ports::ClientName* EventPump::client_of(SessionId session) const {
    auto holder = clients_of_.find(session);
    return holder == clients_of_.end() ? nullptr : &holder->second;
}

void EventPump::flush() {
    for (const auto& parting : std::exchange(partings_, {})) {
        clients_.detached(parting.client, parting.session, parting.why);
        clients_.unwatch(parting.client);
    }
    for (const auto& [session, last] : drained_) {
        auto range = journal_.events.range(session);
        if (range && range->is_empty()) tell_drained(session, last);
    }
    for (auto session : std::exchange(grown_, {})) {
        const auto* client = client_of(session);
        auto range = journal_.events.range(session);
        if (!client || !range) continue;
        if (!range->is_empty())
            clients_.events_available(*client, session, range->first, range->last);
        else if (wakes_.outstanding(session).value != 0 && !drained_.contains(session))
            if (auto last = journal_.sessions.acknowledged(session)) tell_drained(session, *last);
    }
    drained_.clear();
}

void EventPump::tell_drained(SessionId session, EventNumber last) {
    if (const auto* client = client_of(session))
        clients_.all_events_delivered(*client, session, last, wakes_.outstanding(session));
}

void EventPump::forget() {
    grown_.clear();
    drained_.clear();
    last_numbers_.clear();
}

}  // namespace haul::relaunch
