#pragma once

#include <functional>
#include <optional>
#include <string>

#include "conditions/properties.hpp"
#include "conditions/readings.hpp"
#include "conditions/service.hpp"

namespace haul::conditions {

/// power-profiles-daemon, or what stands in for it: whether power is to be saved. Unknown where it is not
/// there.
class PowerProfiles {
public:
    /// It has two names, an old one and a new one, each with a path that follows from it.
    static constexpr const char* kOldName = "net.hadess.PowerProfiles";
    static constexpr const char* kNewName = "org.freedesktop.UPower.PowerProfiles";

    PowerProfiles(SystemBus& bus, loop::EventLoop& loop, const std::string& name,
                  std::function<void()> on_change);

    model::Answer power_saver() const { return power_saver_; }

private:
    void on_owner(const std::string& owner);

    SystemBus& bus_;
    std::string name_;
    std::function<void()> on_change_;
    model::Answer power_saver_{};
    std::optional<Properties> profile_;
    Service service_;
};

}  // namespace haul::conditions
