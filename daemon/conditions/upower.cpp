#include "conditions/upower.hpp"

#include <utility>

namespace haul::conditions {

UPower::UPower(SystemBus& bus, loop::EventLoop& loop, std::function<void()> on_change)
    : bus_(bus),
      on_change_(std::move(on_change)),
      service_(bus, loop, "org.freedesktop.UPower", [this](const std::string& owner) { on_owner(owner); }) {}

void UPower::on_owner(const std::string& owner) {
    owner_ = owner;
    battery_.reset();
    power_.reset();
    if (owner.empty()) {
        reading_ = {};
        return on_change_();
    }
    power_.emplace(bus_,
                   Properties::Source{.owner = owner,
                                      .path = "/org/freedesktop/UPower",
                                      .interface = "org.freedesktop.UPower",
                                      .names = {"OnBattery"}},
                   [this] { on_power(); });
}

/// The battery tells of itself twice a minute, which nobody needs while there is mains power.
void UPower::on_power() {
    reading_.on_battery = to_answer(truth(power_->values(), "OnBattery"));
    if (reading_.on_battery != model::Answer::Yes) {
        battery_.reset();
        reading_.battery.reset();
    } else if (!battery_) {
        battery_.emplace(bus_,
                         Properties::Source{.owner = owner_,
                                            .path = "/org/freedesktop/UPower/devices/DisplayDevice",
                                            .interface = "org.freedesktop.UPower.Device",
                                            .names = {"Percentage"}},
                         [this] { on_battery(); });
    }
    on_change_();
}

void UPower::on_battery() {
    reading_.battery = read_percentage(real(battery_->values(), "Percentage"));
    on_change_();
}

}  // namespace haul::conditions
