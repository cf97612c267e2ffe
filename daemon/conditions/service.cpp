#include "conditions/service.hpp"

#include <utility>

namespace haul::conditions {
namespace {

constexpr Duration kGrace = std::chrono::seconds{5};  // for a restart, in which nothing is unknown suddenly
constexpr const char* kDriverPath = "/org/freedesktop/DBus";

}  // namespace

Service::Service(SystemBus& bus, loop::EventLoop& loop, const std::string& name, OnOwner on_owner)
    : on_owner_(std::move(on_owner)), grace_(loop, loop::Timer::Kind::Elapsed, [this] { on_owner_(""); }) {
    changes_ = bus.listen({.sender = SystemBus::kDriver,
                           .path = kDriverPath,
                           .interface = SystemBus::kDriver,
                           .member = "NameOwnerChanged",
                           .arg0 = name},
                          [this](sd_bus_message* message) {
                              const char* owner = nullptr;
                              if (sd_bus_message_read(message, "sss", nullptr, nullptr, &owner) > 0)
                                  take(owner);
                          });
    asked_ = bus.call(
        {SystemBus::kDriver, kDriverPath, SystemBus::kDriver, "GetNameOwner"},
        [name](sd_bus_message* message) { return sd_bus_message_append(message, "s", name.c_str()); },
        [this](sd_bus_message* answer) {
            const char* owner = nullptr;
            if (answer && sd_bus_message_read(answer, "s", &owner) > 0) take(owner);
        });
}

void Service::take(const std::string& owner) {
    if (owner == owner_) return;
    owner_ = owner;
    if (owner.empty()) return grace_.set_after(kGrace);
    grace_.clear();
    on_owner_(owner);
}

}  // namespace haul::conditions
