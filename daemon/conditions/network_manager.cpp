#include "conditions/network_manager.hpp"

#include <string_view>
#include <utility>

namespace haul::conditions {
namespace {

constexpr const char* kName = "org.freedesktop.NetworkManager";
constexpr const char* kPath = "/org/freedesktop/NetworkManager";

/// "type" of the group "bluetooth" in the a{sa{sv}} of a connection's settings.
std::string bluetooth_type(sd_bus_message* settings) {
    Values values;
    if (sd_bus_message_enter_container(settings, SD_BUS_TYPE_ARRAY, "{sa{sv}}") <= 0) return {};
    while (sd_bus_message_enter_container(settings, SD_BUS_TYPE_DICT_ENTRY, "sa{sv}") > 0) {
        const char* group = nullptr;
        if (sd_bus_message_read_basic(settings, SD_BUS_TYPE_STRING, &group) <= 0) return {};
        bool is_ours = std::string_view{group} == "bluetooth";
        if (!read_values(settings, is_ours ? Names{"type"} : Names{}, values)) return {};
        if (sd_bus_message_exit_container(settings) < 0) return {};
    }
    return text(values, "type");
}

}  // namespace

NetworkManager::NetworkManager(SystemBus& bus, loop::EventLoop& loop, std::function<void()> on_change)
    : bus_(bus),
      on_change_(std::move(on_change)),
      service_(bus, loop, kName, [this](const std::string& owner) { on_owner(owner); }) {}

/// What the last owner said stands until the new one has answered.
void NetworkManager::on_owner(const std::string& owner) {
    owner_ = owner;
    settings_.reset();
    primary_.reset();
    primary_path_.clear();
    device_.reset();
    manager_.reset();
    if (owner.empty()) {
        reading_ = {};
        return on_change_();
    }
    manager_.emplace(bus_,
                     Properties::Source{.owner = owner,
                                        .path = kPath,
                                        .interface = kName,
                                        .names = {"Connectivity", "State", "Metered", "PrimaryConnection",
                                                  "PrimaryConnectionType"}},
                     [this] { on_manager(); });
}

void NetworkManager::on_manager() {
    const auto& values = manager_->values();
    auto type = text(values, "PrimaryConnectionType");
    reading_.connectivity = read_connectivity(values);
    reading_.metered = read_metered(values);
    auto primary_path = type == "bluetooth" ? text(values, "PrimaryConnection") : "";
    if (primary_path.empty() || primary_path != primary_path_) reading_.cellular = read_cellular(type);
    if (primary_path != primary_path_) {
        settings_.reset();
        primary_.reset();
        primary_path_ = primary_path;
        if (!primary_path.empty())
            primary_.emplace(
                bus_,
                Properties::Source{.owner = owner_,
                                   .path = primary_path,
                                   .interface = "org.freedesktop.NetworkManager.Connection.Active",
                                   .names = {"Connection"}},
                [this] { on_primary(); });
    }
    review_device();
    on_change_();
}

/// Bluetooth brings either a mobile network (dun) or somebody else's (panu): its settings tell which.
void NetworkManager::on_primary() {
    settings_ = bus_.call(
        {owner_, text(primary_->values(), "Connection"), "org.freedesktop.NetworkManager.Settings.Connection",
         "GetSettings"},
        [](sd_bus_message*) { return 0; }, [this](sd_bus_message* answer) { on_settings(answer); });
}

void NetworkManager::on_settings(sd_bus_message* answer) {
    reading_.cellular = read_bluetooth(answer ? bluetooth_type(answer) : "");
    on_change_();
}

void NetworkManager::set_way_out(const std::string& interface) {
    if (interface == way_out_) return;
    way_out_ = interface;
    if (manager_) review_device();
}

/// Asked only where the answer counts.
void NetworkManager::review_device() {
    bool counts = reading_.connectivity == model::Connectivity::None && !way_out_.empty();
    if (!counts) {
        device_.reset();
        reading_.unmanaged.clear();
    } else if (device_ && device_->interface() == way_out_) {
        device_->ask();
    } else {
        device_.emplace(bus_, NetworkDevice::Source{.owner = owner_, .interface = way_out_},
                        [this] { on_device(); });
    }
}

void NetworkManager::on_device() {
    reading_.unmanaged = device_->is_managed() ? std::string{} : device_->interface();
    on_change_();
}

}  // namespace haul::conditions
