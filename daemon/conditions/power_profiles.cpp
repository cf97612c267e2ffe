#include "conditions/power_profiles.hpp"

#include <algorithm>
#include <utility>

namespace haul::conditions {
namespace {

std::string to_path(std::string name) {
    std::replace(name.begin(), name.end(), '.', '/');
    return "/" + name;
}

}  // namespace

PowerProfiles::PowerProfiles(SystemBus& bus, loop::EventLoop& loop, const std::string& name,
                             std::function<void()> on_change)
    : bus_(bus),
      name_(name),
      on_change_(std::move(on_change)),
      service_(bus, loop, name, [this](const std::string& owner) { on_owner(owner); }) {}

void PowerProfiles::on_owner(const std::string& owner) {
    profile_.reset();
    if (owner.empty()) {
        power_saver_ = {};
        return on_change_();
    }
    profile_.emplace(
        bus_,
        Properties::Source{
            .owner = owner, .path = to_path(name_), .interface = name_, .names = {"ActiveProfile"}},
        [this] {
            power_saver_ = read_power_saver(text(profile_->values(), "ActiveProfile"));
            on_change_();
        });
}

}  // namespace haul::conditions
