#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/ids.hpp"

namespace haul::bus {

/// The way to one live client, with credit: after a number of signals it is asked for a sign of life
/// (org.freedesktop.DBus.Peer.Ping, which every D-Bus library answers by itself), and one that gives none
/// gets no more signals until it does. So a stopped client costs the bus a bounded amount of memory.
class ClientLine {
public:
    /// `on_alive` is called when a client that was held back has answered.
    ClientLine(sdbus::IConnection& connection, const std::string& client, std::function<void()> on_alive);

    /// Whether a signal may be sent now; it counts as sent.
    bool take_credit();

    /// What a held back client has to be told of its sessions first: only the latest of each counts.
    struct Missed {
        std::map<SessionId, std::pair<EventNumber, EventNumber>> available;
        std::map<SessionId, std::pair<EventNumber, WakeNumber>> delivered;

        void forget(SessionId session) {
            available.erase(session);
            delivered.erase(session);
        }
    };
    Missed missed;

    int watches = 0;  ///< how many reasons there are to know whether it is still there

private:
    void ping();

    std::unique_ptr<sdbus::IProxy> peer_;
    std::function<void()> on_alive_;
    int unanswered_ = 0;  ///< signals since the last answer
    bool is_asked_ = false;
};

}  // namespace haul::bus
