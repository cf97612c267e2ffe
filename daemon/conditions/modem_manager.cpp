#include "conditions/modem_manager.hpp"

#include <string_view>
#include <utility>

namespace haul::conditions {
namespace {

constexpr const char* kRoot = "/org/freedesktop/ModemManager1";
constexpr const char* kModem = "org.freedesktop.ModemManager1.Modem";
constexpr const char* kModem3gpp = "org.freedesktop.ModemManager1.Modem.Modem3gpp";
constexpr const char* kObjects = "org.freedesktop.DBus.ObjectManager";
constexpr std::size_t kMostModems = 32;

/// The interfaces of one object: a{sa{sv}}.
bool read_modem(sd_bus_message* message, ModemReading& modem) {
    if (sd_bus_message_enter_container(message, SD_BUS_TYPE_ARRAY, "{sa{sv}}") <= 0) return false;
    while (sd_bus_message_enter_container(message, SD_BUS_TYPE_DICT_ENTRY, "sa{sv}") > 0) {
        const char* name = nullptr;
        Values values;
        if (sd_bus_message_read_basic(message, SD_BUS_TYPE_STRING, &name) <= 0) return false;
        std::string_view interface { name };
        if (!read_values(message, {"State", "RegistrationState"}, values)) return false;
        if (interface == kModem) modem.state = number(values, "State");
        if (interface == kModem3gpp) modem.registration = number(values, "RegistrationState");
        if (sd_bus_message_exit_container(message) < 0) return false;
    }
    return sd_bus_message_exit_container(message) >= 0;
}

}  // namespace

ModemManager::ModemManager(SystemBus& bus, loop::EventLoop& loop, std::function<void()> on_change)
    : bus_(bus),
      on_change_(std::move(on_change)),
      service_(bus, loop, "org.freedesktop.ModemManager1",
               [this](const std::string& owner) { on_owner(owner); }) {}

/// Their signal strength changes all the time, in the same PropertiesChanged as the modem's state: therefore
/// its own signal for that.
void ModemManager::on_owner(const std::string& owner) {
    owner_ = owner;
    signals_.clear();
    asked_.reset();
    is_asking_ = is_stale_ = false;
    if (owner.empty()) {
        modems_.clear();
        return review();
    }
    auto listen = [&](const char* interface, const char* member, const char* arg0, auto on_signal) {
        signals_.push_back(bus_.listen({.sender = owner,
                                        .path = kRoot,
                                        .interface = interface,
                                        .member = member,
                                        .arg0 = arg0,
                                        .and_below = true},
                                       on_signal));
    };
    listen(kObjects, "InterfacesAdded", "", [this](sd_bus_message*) { ask(); });
    listen(kObjects, "InterfacesRemoved", "", [this](sd_bus_message*) { ask(); });
    listen(kModem, "StateChanged", "", [this](sd_bus_message* signal) { on_state(signal); });
    listen("org.freedesktop.DBus.Properties", "PropertiesChanged", kModem3gpp,
           [this](sd_bus_message* signal) { on_registration(signal); });
    ask();
}

void ModemManager::ask() {
    if (is_asking_) {
        is_stale_ = true;
        return;
    }
    is_asking_ = true;
    asked_ = bus_.call(
        {owner_, kRoot, kObjects, "GetManagedObjects"}, [](sd_bus_message*) { return 0; },
        [this](sd_bus_message* answer) { on_modems(answer); });
}

void ModemManager::on_modems(sd_bus_message* answer) {
    is_asking_ = false;
    modems_.clear();
    if (answer && sd_bus_message_enter_container(answer, SD_BUS_TYPE_ARRAY, "{oa{sa{sv}}}") > 0) {
        while (sd_bus_message_enter_container(answer, SD_BUS_TYPE_DICT_ENTRY, "oa{sa{sv}}") > 0) {
            const char* path = nullptr;
            if (sd_bus_message_read_basic(answer, SD_BUS_TYPE_OBJECT_PATH, &path) <= 0) break;
            ModemReading modem;
            if (!read_modem(answer, modem) || sd_bus_message_exit_container(answer) < 0) break;
            if (modems_.size() < kMostModems && modem.state) modems_[path] = modem;
        }
    }
    if (is_stale_) {
        is_stale_ = false;
        ask();
    }
    review();
}

void ModemManager::on_registration(sd_bus_message* signal) {
    auto modem = modems_.find(sd_bus_message_get_path(signal));
    Values values;
    if (modem == modems_.end() || sd_bus_message_skip(signal, "s") <= 0 ||
        !read_values(signal, {"RegistrationState"}, values) || !number(values, "RegistrationState"))
        return;
    modem->second.registration = number(values, "RegistrationState");
    review();
}

void ModemManager::on_state(sd_bus_message* signal) {
    auto modem = modems_.find(sd_bus_message_get_path(signal));
    std::int32_t before = 0;
    std::int32_t now = 0;
    if (modem == modems_.end() || sd_bus_message_read(signal, "ii", &before, &now) <= 0) return;
    modem->second.state = now;
    review();
}

void ModemManager::review() {
    std::vector<ModemReading> readings;
    for (const auto& [path, reading] : modems_) readings.push_back(reading);
    roaming_ = read_roaming(readings);
    on_change_();
}

}  // namespace haul::conditions
