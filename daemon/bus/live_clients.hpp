#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "bus/client_line.hpp"
#include "bus/connection.hpp"
#include "bus/values.hpp"
#include "loop/event_loop.hpp"
#include "ports/clients.hpp"

namespace haul::bus {

/// Signals to live clients, each sent to one client alone, and the watch over whether they are still there.
///
/// A burst is told in few signals: the first news of a queue goes out at once, what follows within some
/// milliseconds as one; so do the states that a task only passes through. A task's end is told at once.
class LiveClients final : public ports::Clients {
public:
    LiveClients(loop::EventLoop& loop, Connection& connection);

    /// To be set before the first watch.
    void set_on_gone(std::function<void(const ports::ClientName&)> on_gone) { on_gone_ = std::move(on_gone); }

    void events_available(const ports::ClientName& client, SessionId session, EventNumber first,
                          EventNumber last) override;
    void all_events_delivered(const ports::ClientName& client, SessionId session, EventNumber last,
                              WakeNumber wake) override;
    void detached(const ports::ClientName& client, SessionId session, ports::Farewell why) override;
    void progress(const ports::ClientName& client, TaskId task, Bytes done,
                  std::optional<Bytes> total) override;
    void state_changed(const ports::ClientName& client, const model::Task& before,
                       const model::Task& after) override;
    void watch(const ports::ClientName& client) override;
    void unwatch(const ports::ClientName& client) override;

private:
    using Range = std::pair<EventNumber, EventNumber>;
    struct Change {
        ports::ClientName client;
        model::Task before;
        model::Task after;
    };

    void hold_back();
    void send_held();
    void send_available(const ports::ClientName& client, SessionId session, const Range& range);
    void send_change(const Change& change);
    ClientLine* line_of(const ports::ClientName& client);
    void catch_up(const ports::ClientName& client);
    void on_name_lost(const std::string& name);
    bool is_connected(const ports::ClientName& client);

    /// `fill` puts the arguments into the signal.
    template <class Fill>
    void send(const ports::ClientName& client, const std::string& path, const std::string& interface,
              const std::string& member, Fill&& fill);

    Connection& connection_;
    std::function<void(const ports::ClientName&)> on_gone_;
    std::map<ports::ClientName, std::unique_ptr<ClientLine>> lines_;
    std::map<std::pair<ports::ClientName, SessionId>, std::optional<Range>>
        available_;  ///< told in this burst, and what came since
    std::map<TaskId, Change> changes_;
    loop::Timer burst_timer_;
    bool is_burst_ = false;
    sdbus::Slot name_watch_;     ///< only while somebody is watched: others' coming and going would wake us
    loop::Timer unwatch_timer_;  ///< a little later, for the next caller mostly comes soon
};

}  // namespace haul::bus
