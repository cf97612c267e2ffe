#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conditions/values.hpp"
#include "model/conditions.hpp"

namespace haul::conditions {

/// What NetworkManager says.
struct NetworkReading {
    model::Connectivity connectivity = model::Connectivity::Unknown;
    model::Answer metered{};
    model::Answer cellular{};
    std::string unmanaged{};  ///< an interface that it leaves to others; empty: it was asked of none such
};

/// What UPower says.
struct PowerReading {
    model::Answer on_battery{};
    std::optional<std::uint8_t> battery{};
};

/// What the kernel says of the network, as far as it leads out of this machine by an interface that has a
/// link.
struct KernelReading {
    bool has_address = true;  ///< one that others may know, on such an interface
    bool has_route = true;    ///< to the Internet
    std::string way_out{};    ///< the interface of that route: of IPv4, else of IPv6; empty: there is none
};

/// What all senses say.
struct Readings {
    NetworkReading network{};
    KernelReading kernel{};
    model::Answer roaming{};
    PowerReading power{};
    model::Answer power_saver{};
    model::Answer idle{};
    bool is_asleep = false;
    bool is_disk_full = false;
};

model::Conditions combine(const Readings& readings);

/// Connectivity (NMConnectivityState); where NetworkManager does not check it, State (NMState).
model::Connectivity read_connectivity(const Values& manager);
/// Metered (NMMetered), also where it is a guess.
model::Answer read_metered(const Values& manager);
/// Whether a connection of this type goes by a mobile network. Unknown for bluetooth, which may be either.
model::Answer read_cellular(std::string_view connection_type);
/// The same for the "type" of a Bluetooth connection: dun or panu.
model::Answer read_bluetooth(std::string_view type);

/// What ModemManager says of one modem.
struct ModemReading {
    std::optional<std::int64_t> state{};         ///< MMModemState
    std::optional<std::int64_t> registration{};  ///< MMModem3gppRegistrationState
};
/// Yes where one that is connected roams, No where all that are connected are at home.
model::Answer read_roaming(const std::vector<ModemReading>& modems);

model::Answer to_answer(std::optional<bool> truth);
/// Percent, where it is one.
std::optional<std::uint8_t> read_percentage(std::optional<double> value);
/// Of power-profiles-daemon's ActiveProfile.
model::Answer read_power_saver(std::string_view profile);

}  // namespace haul::conditions
