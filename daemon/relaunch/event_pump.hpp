#pragma once

#include <map>
#include <set>
#include <vector>

#include "journal/journal.hpp"
#include "model/transition.hpp"
#include "ports/clients.hpp"
#include "relaunch/wakes.hpp"

namespace haul::relaunch {

/// The durable event queues, and who listens to them.
///
/// An event is written in the transaction of the change that it tells of; a live client hears of it by
/// `flush`, after the commit. AllEventsDelivered is sent once for each queue that was drained to its last
/// number, and to a client that attaches to a drained one while its wake is outstanding.
class EventPump {
public:
    EventPump(journal::Journal& journal, ports::Clients& clients, const Wakes& wakes)
        : journal_(journal), clients_(clients), wakes_(wakes) {}

    /// Puts news at the end of the session's queue. How many bytes of the journal they take.
    Result<Bytes> record(SessionId session, TaskId task, const model::News& news, WallTime now);
    Result<std::vector<model::Event>> read(SessionId session, EventNumber after, std::uint32_t max);
    /// Removes the events up to this number; the tasks whose end was among them.
    Result<std::vector<TaskId>> acknowledge(SessionId session, EventNumber number);

    /// What happens to another live client.
    enum class Rival : std::uint8_t { Keep, Replace };
    /// Makes the client the session's live one. Errors: InvalidState where another one is to be kept.
    Result<> attach(SessionId session, const ports::ClientName& client, Rival rival);
    /// Whether this client was the live one.
    bool detach(SessionId session, const ports::ClientName& client);
    /// The session is gone; its live client hears of it.
    void forget_session(SessionId session);
    /// The sessions that have lost it.
    std::vector<SessionId> on_client_gone(const ports::ClientName& client);
    /// The live client, or nullptr.
    const ports::ClientName* client_of(SessionId session) const;
    bool has_clients() const { return !clients_of_.empty(); }

    /// What was recorded and acknowledged is committed: tells the live clients.
    void flush();
    /// It was rolled back: there is nothing to tell.
    void forget();

private:
    struct Parting {
        ports::ClientName client;
        SessionId session;
        ports::Farewell why{};
    };

    Result<EventNumber> last_number(SessionId session);
    void part(SessionId session, ports::Farewell why);
    void tell_drained(SessionId session, EventNumber last);

    journal::Journal& journal_;
    ports::Clients& clients_;
    const Wakes& wakes_;
    std::map<SessionId, ports::ClientName> clients_of_;
    std::map<SessionId, EventNumber> last_numbers_;  ///< as far as they were needed in this turn or before
    std::set<SessionId> grown_;                      ///< queues with new events, not told yet
    std::map<SessionId, EventNumber> drained_;  ///< queues that were emptied up to this number, not told yet
    std::vector<Parting> partings_;             ///< not told yet
};

}  // namespace haul::relaunch
