#include "relaunch/event_pump.hpp"

#include <algorithm>

namespace haul::relaunch {

Result<> EventPump::record(SessionId session, TaskId task, const model::News& news, WallTime now) {
    auto number = TRY(last_number(session)).value + 1;
    TRY(journal_.events.insert(
        session,
        {.number = {number}, .task = task, .type = news.type, .time = now, .details = news.details}));
    last_numbers_[session] = {number};
    grown_.insert(session);
    return {};
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

Result<> EventPump::attach(SessionId session, const ports::ClientName& client) {
    auto [holder, is_new] = clients_of_.insert({session, client});
    if (holder->second != client)
        return fail(ErrorCode::InvalidState,
                    "another client is attached to this session: let it detach first");
    if (is_new) clients_.watch(client);
    grown_.insert(session);
    return {};
}

void EventPump::detach(SessionId session, const ports::ClientName& client) {
    auto holder = clients_of_.find(session);
    if (holder == clients_of_.end() || holder->second != client) return;
    clients_of_.erase(holder);
    clients_.unwatch(client);
}

void EventPump::on_client_gone(const ports::ClientName& client) {
    std::erase_if(clients_of_, [&](const auto& entry) { return entry.second == client; });
}

const ports::ClientName* EventPump::client_of(SessionId session) const {
    auto holder = clients_of_.find(session);
    return holder == clients_of_.end() ? nullptr : &holder->second;
}

void EventPump::flush() {
    for (const auto& [session, last] : drained_) {
        const auto* client = client_of(session);
        auto range = journal_.events.range(session);
        if (client && range && range->is_empty()) clients_.all_events_delivered(*client, session, last);
    }
    for (auto session : grown_) {
        const auto* client = client_of(session);
        auto range = journal_.events.range(session);
        if (client && range && !range->is_empty())
            clients_.events_available(*client, session, range->first, range->last);
    }
    grown_.clear();
    drained_.clear();
}

void EventPump::forget() {
    grown_.clear();
    drained_.clear();
    last_numbers_.clear();
}

}  // namespace haul::relaunch
