#pragma once

#include <cstdint>
#include <string>

#include "model/block.hpp"
#include "model/conditions.hpp"

namespace haul::model {

struct Options;
struct Url;

/// What a task demands of the machine, a set of bits: tasks with the same demands wait at the same gate,
/// which is open or closed for all of them at once. The numbers are stored: append, never change.
enum class Gate : std::uint8_t {
    Everything = 0,           ///< whatever the network costs, and whoever needs the power
    Network = 1U << 0,        ///< one that leads out of this machine
    Inexpensive = 1U << 1,    ///< a network that is not expensive
    Unconstrained = 1U << 2,  ///< neither the data saver nor the power saver switched on
    AtHome = 1U << 3,         ///< a network that is not roaming
    Leisure = 1U << 4,        ///< a moment that disturbs nobody: discretionary tasks
};
inline constexpr std::uint8_t kGates = 1U << 5;  ///< how many there are

inline Gate operator|(Gate a, Gate b) {
    return static_cast<Gate>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
inline bool has(Gate set, Gate single) {
    return (static_cast<std::uint8_t>(set) & static_cast<std::uint8_t>(single)) != 0;
}

/// What the configuration says of discretionary tasks.
struct Leisure {
    std::uint8_t min_battery = 40;  ///< percent, from which on they run without mains power
    bool wants_idle = false;        ///< whether they wait until nobody works at the machine
    std::string window{};           ///< when they run, as windows.hpp has it; "" = always
};

/// The gate of a task with these options, to this server.
Gate find_gate(const Options& options, const Url& url);

/// What closes the gate; None where it is open.
Block find_blocks(Gate gate, const Conditions& conditions, const Leisure& leisure);

}  // namespace haul::model
