#pragma once

#include <memory>

#include "bus/bus.hpp"
#include "bus/launcher.hpp"
#include "bus/live_clients.hpp"
#include "conditions/senses.hpp"
#include "config.hpp"
#include "control/control.hpp"
#include "engine/engine.hpp"
#include "loop/clock_watch.hpp"
#include "loop/event_loop.hpp"
#include "loop/mailbox.hpp"
#include "state_dir.hpp"
#include "storage/storeroom.hpp"
#include "websocket/ear.hpp"

namespace haul {

class StoreroomFiles;

/// All rooms together: made upward, from the journal to the bus, and destroyed downward. Each member's
/// threads and callbacks end before what they use is gone.
class Daemon {
public:
    /// Takes the state directory, opens the journal, takes up the stored work and takes the bus name.
    static tl::expected<std::unique_ptr<Daemon>, StartError> start(const Config& config);
    ~Daemon();

    /// Serves until a signal, an idle time or the loss of the bus ends it; the exit status.
    int run();

private:
    /// Reports of all rooms below, on their way to the core thread.
    using Report =
        std::variant<ports::TransferReport, ports::StoreroomReport, ports::ChannelReport, storage::Drained>;
    class WallClock;

    Daemon(const Config& config, StateDir state_dir, journal::Journal journal,
           std::unique_ptr<sdbus::IConnection> connection);
    Result<> begin();

    void on_reports();
    void after_each();
    void watch_idleness();
    void stop(const char* why, int exit_status);
    void finish_stop();

    Config config_;
    StateDir state_dir_;
    loop::EventLoop loop_;
    journal::Journal journal_;
    loop::Mailbox<Report> reports_;
    storage::Storeroom storeroom_;
    engine::Engine engine_;
    websocket::Ear ear_;
    std::unique_ptr<StoreroomFiles> files_;
    std::unique_ptr<WallClock> clock_;
    bus::Connection connection_;
    bus::LiveClients clients_;
    bus::Launcher launcher_;
    conditions::Senses senses_;
    control::Control control_;
    bus::Bus bus_;
    loop::ClockWatch clock_watch_;
    loop::IoSource report_source_;
    loop::SignalSource terminate_source_;
    loop::SignalSource interrupt_source_;
    loop::Timer idle_timer_;
    loop::Timer scrub_timer_;
    loop::Timer stop_timer_;
    loop::AfterEach after_each_;

    enum class Phase : std::uint8_t { Serving, Stopping, Draining };
    Phase phase_ = Phase::Serving;
    int exit_status_ = 0;
    bool is_idle_armed_ = false;
    bool is_scrub_armed_ = false;
};

}  // namespace haul
