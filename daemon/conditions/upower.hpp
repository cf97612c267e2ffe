#pragma once

#include <functional>
#include <optional>
#include <string>

#include "conditions/properties.hpp"
#include "conditions/readings.hpp"
#include "conditions/service.hpp"

namespace haul::conditions {

/// UPower: whether the machine runs on its battery, and how much that has. Nothing of it is known where it is
/// not there.
class UPower {
public:
    UPower(SystemBus& bus, loop::EventLoop& loop, std::function<void()> on_change);

    const PowerReading& reading() const { return reading_; }

private:
    void on_owner(const std::string& owner);
    void on_power();
    void on_battery();

    SystemBus& bus_;
    std::function<void()> on_change_;
    PowerReading reading_;
    std::string owner_;
    std::optional<Properties> power_;
    std::optional<Properties> battery_;
    Service service_;
};

}  // namespace haul::conditions
