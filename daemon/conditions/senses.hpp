#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "conditions/free_space.hpp"
#include "conditions/network_watch.hpp"
#include "conditions/pace.hpp"
#include "conditions/readings.hpp"
#include "conditions/system_bus.hpp"
#include "loop/event_loop.hpp"
#include "model/conditions.hpp"
#include "ports/sleep.hpp"

namespace haul::conditions {

/// Everything that tells what this machine is like: the kernel, and what there is on the system bus of
/// NetworkManager, ModemManager, UPower, power-profiles-daemon and logind. Each may be missing, late, silent
/// or wrong: then what it would tell is unknown. Where the system bus is lost, that is so for all of them
/// until the daemon starts again.
///
/// Nothing is polled but full disks that tasks wait for, and nothing wakes up while nothing changes.
class Senses final : public ports::Sleep {
public:
    struct Sinks {
        /// First when all that are there have answered, at latest a second after the start, and then when
        /// something has changed: at most some twice a second, but for the machine's going to sleep and
        /// awaking, which are told at once.
        std::function<void(const model::Conditions&)> on_conditions;
        /// There are new addresses or routes: what was not reached may be now.
        std::function<void()> on_network_better;
        /// Connections that had one of this machine's addresses may have lost it.
        std::function<void()> on_address_gone;
        /// There is so much room on a directory's disk.
        std::function<void(const std::string& directory, Bytes room)> on_room;
    };
    Senses(loop::EventLoop& loop, Sinks sinks);
    ~Senses() override;

    void allow() override;
    void keep_awake(bool is_wanted) override;
    ports::Space& space() { return space_; }

    /// Whether something was heard or told since the last call of this: the loop's turn was ours then, and
    /// nobody has asked the daemon for anything.
    bool take_turn();

private:
    struct OnBus;

    void on_change();
    void on_sleep();
    void on_lost();
    void on_first();
    void on_time();
    void note();
    void tell(const model::Conditions& conditions);
    void look_at_kernel();

    Sinks sinks_;
    Pace pace_;
    KernelReading kernel_;
    bool is_started_ = false;
    bool had_turn_ = false;
    model::Conditions told_;
    loop::Timer start_;  ///< until the first report
    loop::Timer timer_;  ///< until the next one
    NetworkWatch network_;
    FreeSpace space_;
    SystemBus bus_;
    std::unique_ptr<OnBus> on_bus_;  ///< none once the bus is lost
};

}  // namespace haul::conditions
