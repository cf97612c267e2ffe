#include "conditions/readings.hpp"

#include <algorithm>

namespace haul::conditions {

using model::Answer;
using model::Connectivity;

namespace {

Connectivity from_state(std::int64_t state) {
    switch (state) {
        case 10:  // asleep: networking is switched off
        case 20:  // disconnected
        case 30:  // disconnecting
        case 40:  // connecting, with nothing connected so far
            return Connectivity::None;
        case 50:  // connected, but without a default route
        case 60:  // connected, but not to the Internet
            return Connectivity::Limited;
        case 70:
            return Connectivity::Full;
        default:
            return Connectivity::Unknown;
    }
}

/// Whether the way out is none of NetworkManager's business.
bool is_way_of_others(const Readings& readings) {
    const auto& way = readings.kernel.way_out;
    return !way.empty() && way == readings.network.unmanaged;
}

/// Where NetworkManager says nothing, only the kernel's silence means that there is no network. Where it says
/// that there is none, it speaks of the interfaces that it manages.
Connectivity combine_connectivity(const Readings& readings) {
    const auto& kernel = readings.kernel;
    auto manager = readings.network.connectivity;
    switch (manager) {
        case Connectivity::Unknown:
            return kernel.has_address || kernel.has_route ? Connectivity::Unknown : Connectivity::LocalOnly;
        case Connectivity::None:
            return is_way_of_others(readings) ? Connectivity::Unknown : manager;
        case Connectivity::LocalOnly:
        case Connectivity::Portal:
        case Connectivity::Limited:
        case Connectivity::Full:
            return manager;
    }
    return manager;
}

}  // namespace

model::Conditions combine(const Readings& readings) {
    const auto& network = readings.network;
    return {
        .connectivity = combine_connectivity(readings),
        .metered = network.metered,
        .cellular = network.cellular,
        // A modem that stands by costs nothing.
        .roaming = network.cellular == Answer::No ? Answer::No : readings.roaming,
        .on_battery = readings.power.on_battery,
        .battery = readings.power.battery,
        .power_saver = readings.power_saver,
        .idle = readings.idle,
        .is_asleep = readings.is_asleep,
        .is_disk_full = readings.is_disk_full,
    };
}

Connectivity read_connectivity(const Values& manager) {
    switch (number(manager, "Connectivity").value_or(0)) {
        case 1:
            return Connectivity::None;
        case 2:
            return Connectivity::Portal;
        case 3:
            return Connectivity::Limited;
        case 4:
            return Connectivity::Full;
        default:
            return from_state(number(manager, "State").value_or(0));
    }
}

Answer read_metered(const Values& manager) {
    switch (number(manager, "Metered").value_or(0)) {
        case 1:
        case 3:  // guessed
            return Answer::Yes;
        case 2:
        case 4:
            return Answer::No;
        default:
            return Answer::Unknown;
    }
}

Answer read_cellular(std::string_view connection_type) {
    if (connection_type == "gsm" || connection_type == "cdma") return Answer::Yes;
    return connection_type.empty() || connection_type == "bluetooth" ? Answer::Unknown : Answer::No;
}

Answer read_bluetooth(std::string_view type) {
    if (type == "dun") return Answer::Yes;
    return type.empty() ? Answer::Unknown : Answer::No;
}

Answer read_roaming(const std::vector<ModemReading>& modems) {
    constexpr std::int64_t kConnected = 11;
    auto answer = Answer::Unknown;
    for (const auto& modem : modems) {
        if (modem.state != kConnected || !modem.registration) continue;
        switch (*modem.registration) {
            case 5:   // roaming
            case 7:   // for short messages only
            case 10:  // with calls on an older network
                return Answer::Yes;
            case 1:  // home
            case 6:
            case 9:
                answer = Answer::No;
                break;
            default:
                break;
        }
    }
    return answer;
}

Answer to_answer(std::optional<bool> truth) {
    if (!truth) return Answer::Unknown;
    return *truth ? Answer::Yes : Answer::No;
}

std::optional<std::uint8_t> read_percentage(std::optional<double> value) {
    // Written so that what is no number is none.
    if (!value || !(*value >= 0 && *value <= 100)) return std::nullopt;
    return static_cast<std::uint8_t>(*value);
}

Answer read_power_saver(std::string_view profile) {
    if (profile.empty()) return Answer::Unknown;
    return profile == "power-saver" ? Answer::Yes : Answer::No;
}

}  // namespace haul::conditions
