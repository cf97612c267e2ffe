#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "conditions/properties.hpp"

namespace haul::conditions {

/// An interface as NetworkManager sees it: whether that is in charge of it, or leaves it to others. It is
/// taken to be in charge until it says otherwise, and where it says nothing that can be understood.
class NetworkDevice {
public:
    struct Source {
        std::string owner;      ///< NetworkManager's unique name
        std::string interface;  ///< its name, such as eth0
    };

    /// `on_change` is called when it has been found out, and when it changes. It may destroy anything but
    /// this.
    NetworkDevice(SystemBus& bus, Source source, std::function<void()> on_change);

    const std::string& interface() const { return source_.interface; }
    bool is_managed() const { return is_managed_; }

    /// Looks again; until there is an answer the last one stands.
    void ask();

private:
    void on_device(sd_bus_message* answer);
    void on_error(std::string_view name);
    void on_properties();
    void settle(bool is_managed);

    SystemBus& bus_;
    Source source_;
    std::function<void()> on_change_;
    bool is_managed_ = true;
    std::optional<Properties> properties_;
    Slot added_;
    Slot removed_;
    Slot asked_;
};

}  // namespace haul::conditions
