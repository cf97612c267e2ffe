#pragma once

#include <functional>
#include <optional>
#include <string>

#include "conditions/network_device.hpp"
#include "conditions/properties.hpp"
#include "conditions/readings.hpp"
#include "conditions/service.hpp"

namespace haul::conditions {

/// NetworkManager: how far the network leads, what it costs, and whether it is a mobile one. All Unknown
/// where it is not there. Where it says that there is no network, it is asked whether the way out is one that
/// it manages at all.
class NetworkManager {
public:
    NetworkManager(SystemBus& bus, loop::EventLoop& loop, std::function<void()> on_change);

    const NetworkReading& reading() const { return reading_; }
    /// The interface that the kernel sends by; empty: none.
    void set_way_out(const std::string& interface);

private:
    void on_owner(const std::string& owner);
    void on_manager();
    void on_primary();
    void on_settings(sd_bus_message* answer);
    void review_device();
    void on_device();

    SystemBus& bus_;
    std::function<void()> on_change_;
    NetworkReading reading_;
    std::string owner_;
    std::string primary_path_;  ///< of the connection that has the default route, where it is bluetooth's
    std::string way_out_;
    std::optional<Properties> manager_;
    std::optional<Properties> primary_;
    Slot settings_;
    std::optional<NetworkDevice> device_;  ///< of the way out, while it is asked for
    Service service_;
};

}  // namespace haul::conditions
