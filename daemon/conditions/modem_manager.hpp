#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "conditions/readings.hpp"
#include "conditions/service.hpp"

namespace haul::conditions {

/// ModemManager: whether a modem that is connected roams. Unknown where it is not there, or none is
/// connected.
class ModemManager {
public:
    ModemManager(SystemBus& bus, loop::EventLoop& loop, std::function<void()> on_change);

    model::Answer roaming() const { return roaming_; }

private:
    void on_owner(const std::string& owner);
    void ask();
    void on_modems(sd_bus_message* answer);
    void on_registration(sd_bus_message* signal);
    void on_state(sd_bus_message* signal);
    void review();

    SystemBus& bus_;
    std::function<void()> on_change_;
    model::Answer roaming_{};
    std::string owner_;
    std::map<std::string, ModemReading> modems_;  ///< by path
    bool is_asking_ = false;
    bool is_stale_ = false;  ///< whether to ask again when the answer is there
    std::vector<Slot> signals_;
    Slot asked_;
    Service service_;
};

}  // namespace haul::conditions
