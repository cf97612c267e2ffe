#pragma once

#include <cstdint>
#include <string>

#include "base/ids.hpp"
#include "base/units.hpp"
#include "model/task.hpp"

namespace haul::ports {

/// A program on the bus, by its unique connection name.
using ClientName = std::string;

/// Why a client is no longer a session's live one.
enum class Farewell : std::uint8_t {
    TakenOver,    ///< another client is
    Invalidated,  ///< the session is gone
};

/// News for live clients. Nothing here waits for a client, and no news is kept for one that does not listen:
/// the journal has what must not be lost.
class Clients {
public:
    virtual ~Clients() = default;

    virtual void events_available(const ClientName& client, SessionId session, EventNumber first,
                                  EventNumber last) = 0;
    /// `wake` is the one to complete; 0 where there is none.
    virtual void all_events_delivered(const ClientName& client, SessionId session, EventNumber last,
                                      WakeNumber wake) = 0;
    /// It is no longer this session's live client.
    virtual void detached(const ClientName& client, SessionId session, Farewell why) = 0;
    virtual void progress(const ClientName& client, TaskId task, Bytes done, std::optional<Bytes> total) = 0;
    virtual void state_changed(const ClientName& client, const model::Task& before,
                               const model::Task& after) = 0;
    /// Asks to be told when this client has left the bus: the control's `on_client_gone`. Counted: as many
    /// calls of `unwatch` as of `watch` end it, and so does the client's leaving.
    virtual void watch(const ClientName& client) = 0;
    virtual void unwatch(const ClientName& client) = 0;
};

}  // namespace haul::ports
