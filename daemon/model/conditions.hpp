#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace haul::model {

/// How far this machine's network leads.
enum class Connectivity : std::uint8_t {
    Unknown,    ///< nobody says: as if it led everywhere
    None,       ///< nowhere, says the network's manager
    LocalOnly,  ///< no interface but the loopback has a link and an address
    Portal,     ///< to a captive portal, which answers in the name of every server
    Limited,    ///< maybe not to the Internet
    Full,
};

/// What a sense says; one that is not there says Unknown, which never holds anything back.
enum class Answer : std::uint8_t { Unknown, No, Yes };

/// What is known of the machine: one value, of which everything that depends on it is a pure function.
struct Conditions {
    Connectivity connectivity = Connectivity::Unknown;
    Answer metered{};   ///< whether its network costs by the byte, also where that is a guess
    Answer cellular{};  ///< whether the way out is a mobile network
    Answer roaming{};   ///< whether that is a foreign one
    Answer on_battery{};
    std::optional<std::uint8_t> battery{};  ///< percent
    Answer power_saver{};                   ///< whether the power profile is one that saves
    Answer idle{};                          ///< whether nobody works at it
    bool is_asleep = false;                 ///< about to be suspended, or not awake again yet
    bool data_saver = false;                ///< switched on by its user
    bool is_disk_full = false;              ///< whether a disk that tasks write to has no room for them

    bool is_expensive() const { return metered == Answer::Yes || cellular == Answer::Yes; }
    bool is_constrained() const { return data_saver || power_saver == Answer::Yes; }
    friend bool operator==(const Conditions&, const Conditions&) = default;
};

/// Words for people and for the property Conditions: online, offline, captive-portal, expensive, metered,
/// cellular, roaming, constrained, on-battery, power-saver, data-saver, idle, asleep, disk-full. What is
/// unknown has none.
std::vector<std::string> to_words(const Conditions& conditions);

}  // namespace haul::model
