#pragma once

#include <functional>
#include <optional>
#include <string>

#include "conditions/properties.hpp"
#include "conditions/readings.hpp"
#include "conditions/service.hpp"

namespace haul::conditions {

/// NetworkManager: how far the network leads, what it costs, and whether it is a mobile one. All Unknown
/// where it is not there.
class NetworkManager {
public:
    NetworkManager(SystemBus& bus, loop::EventLoop& loop, std::function<void()> on_change);

    const NetworkReading& reading() const { return reading_; }

private:
    void on_owner(const std::string& owner);
    void on_manager();
    void on_primary();
    void on_settings(sd_bus_message* answer);

    SystemBus& bus_;
    std::function<void()> on_change_;
    NetworkReading reading_;
    std::string owner_;
    std::string primary_path_;  ///< of the connection that has the default route, where it is bluetooth's
    std::optional<Properties> manager_;
    std::optional<Properties> primary_;
    Slot settings_;
    Service service_;
};

}  // namespace haul::conditions
