#pragma once

#include <functional>
#include <optional>
#include <string>

#include "conditions/inhibitor.hpp"
#include "conditions/properties.hpp"
#include "conditions/readings.hpp"
#include "conditions/service.hpp"
#include "ports/sleep.hpp"

namespace haul::conditions {

/// logind: whether nobody works at the machine, and when it is going to sleep, which it does only when we
/// allow it (or after logind's InhibitDelayMaxSec). Where it is not there, idle is Unknown and the machine is
/// awake.
class Logind final : public ports::Sleep {
public:
    struct Sinks {
        std::function<void()> on_change;
        std::function<void()> on_sleep;  ///< `is_asleep` has changed
    };
    Logind(SystemBus& bus, loop::EventLoop& loop, Sinks sinks);

    model::Answer idle() const { return idle_; }
    bool is_asleep() const { return is_asleep_; }

    void allow() override;
    void keep_awake(bool is_wanted) override;

private:
    void on_owner(const std::string& owner);
    void on_properties();
    void set_asleep(bool is_asleep);

    SystemBus& bus_;
    Sinks sinks_;
    model::Answer idle_{};
    bool is_asleep_ = false;
    bool is_known_ = false;  ///< whether this owner has told whether it prepares for sleep
    Inhibitor delay_;
    Inhibitor block_;
    std::optional<Properties> properties_;
    Slot sleep_;
    Service service_;
};

}  // namespace haul::conditions
