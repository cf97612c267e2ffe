#include "conditions/network_device.hpp"

#include <utility>

namespace haul::conditions {
namespace {

constexpr const char* kManagerPath = "/org/freedesktop/NetworkManager";
constexpr const char* kManagerInterface = "org.freedesktop.NetworkManager";
constexpr const char* kUnknownDevice = "org.freedesktop.NetworkManager.UnknownDevice";

}  // namespace

/// An interface that goes and comes again is another device.
NetworkDevice::NetworkDevice(SystemBus& bus, Source source, std::function<void()> on_change)
    : bus_(bus), source_(std::move(source)), on_change_(std::move(on_change)) {
    auto listen = [&](const char* member) {
        return bus_.listen(
            {.sender = source_.owner, .path = kManagerPath, .interface = kManagerInterface, .member = member},
            [this](sd_bus_message*) { ask(); });
    };
    added_ = listen("DeviceAdded");
    removed_ = listen("DeviceRemoved");
    ask();
}

void NetworkDevice::ask() {
    asked_ = bus_.call(
        {source_.owner, kManagerPath, kManagerInterface, "GetDeviceByIpIface"},
        [this](sd_bus_message* call) { return sd_bus_message_append(call, "s", source_.interface.c_str()); },
        [this](sd_bus_message* answer) { on_device(answer); },
        [this](std::string_view name) { on_error(name); });
}

void NetworkDevice::on_device(sd_bus_message* answer) {
    const char* path = nullptr;
    if (!answer || sd_bus_message_read_basic(answer, SD_BUS_TYPE_OBJECT_PATH, &path) <= 0)
        return on_error("");
    properties_.emplace(bus_,
                        Properties::Source{.owner = source_.owner,
                                           .path = path,
                                           .interface = "org.freedesktop.NetworkManager.Device",
                                           .names = {"Managed"}},
                        [this] { on_properties(); });
}

/// What it does not know, it does not manage.
void NetworkDevice::on_error(std::string_view name) {
    properties_.reset();
    settle(name != kUnknownDevice);
}

void NetworkDevice::on_properties() {
    settle(truth(properties_->values(), "Managed").value_or(true));
}

void NetworkDevice::settle(bool is_managed) {
    is_managed_ = is_managed;
    on_change_();
}

}  // namespace haul::conditions
