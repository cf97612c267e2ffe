#pragma once

#include <map>
#include <set>
#include <vector>

#include "journal/journal.hpp"
#include "model/transition.hpp"
#include "ports/clients.hpp"

namespace haul::relaunch {

/// The durable event queues, and who listens to them.
///
/// An event is written in the transaction of the change that it tells of; a live client hears of it by
/// `flush`, after the commit. AllEventsDelivered is sent once for each queue that was drained to its last
/// number.
class EventPump {
public:
    EventPump(journal::Journal& journal, ports::Clients& clients) : journal_(journal), clients_(clients) {}

    /// Puts news at the end of the session's queue.
    Result<> record(SessionId session, TaskId task, const model::News& news, WallTime now);
    Result<std::vector<model::Event>> read(SessionId session, EventNumber after, std::uint32_t max);
    /// Removes the events up to this number; the tasks whose end was among them.
    Result<std::vector<TaskId>> acknowledge(SessionId session, EventNumber number);

    /// Makes the client the session's live one. Errors: InvalidState where there is another one.
    Result<> attach(SessionId session, const ports::ClientName& client);
    void detach(SessionId session, const ports::ClientName& client);
    void on_client_gone(const ports::ClientName& client);
    /// The live client, or nullptr.
    const ports::ClientName* client_of(SessionId session) const;
    bool has_clients() const { return !clients_of_.empty(); }

    /// What was recorded and acknowledged is committed: tells the live clients.
    void flush();
    /// It was rolled back: there is nothing to tell.
    void forget();

private:
    Result<EventNumber> last_number(SessionId session);

    journal::Journal& journal_;
    ports::Clients& clients_;
    std::map<SessionId, ports::ClientName> clients_of_;
    std::map<SessionId, EventNumber> last_numbers_;  ///< as far as they were needed in this turn or before
    std::set<SessionId> grown_;                      ///< queues with new events, not told yet
    std::map<SessionId, EventNumber> drained_;  ///< queues that were emptied up to this number, not told yet
};

}  // namespace haul::relaunch
