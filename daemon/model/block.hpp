#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace haul::model {

/// What keeps a waiting task from running, a set of bits. The numbers are stored: append, never change.
enum class Block : std::uint32_t {
    None = 0,
    Queue = 1U << 0,        ///< other tasks run first
    RetryDelay = 1U << 1,   ///< until next-attempt
    NotBefore = 1U << 2,    ///< until not-before
    DiskSpace = 1U << 3,    ///< until there is room; tried again at next-attempt
    Credentials = 1U << 4,  ///< the client's, for the server or a proxy
    File = 1U << 5,         ///< the file to send is not there; looked at again at next-attempt
    Network = 1U << 6,      ///< which does not reach the server; tried again at next-attempt
    Client = 1U << 7,       ///< that wants to be asked before the task starts
    Expensive = 1U << 8,    ///< a network that costs by the byte
    Constrained = 1U << 9,  ///< the data saver, or the power saver
    Roaming = 1U << 10,
    Power = 1U << 11,        ///< mains power, or more of it in the battery
    Schedule = 1U << 12,     ///< until its window opens
    Busy = 1U << 13,         ///< until nobody works at the machine
    Asleep = 1U << 14,       ///< until the machine is awake again
    Predecessor = 1U << 15,  ///< tasks that must have finished first
};

/// The contract's word; several blocks share one.
std::string_view to_word(Block single);
/// Those that a set is made of.
std::vector<Block> singles(Block set);
/// The words of a set of blocks.
std::vector<std::string> to_words(Block set);

constexpr Block operator|(Block a, Block b) {
    return static_cast<Block>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr Block operator&(Block a, Block b) {
    return static_cast<Block>(static_cast<std::uint32_t>(a) & static_cast<std::uint32_t>(b));
}
constexpr bool has(Block set, Block single) {
    return (static_cast<std::uint32_t>(set) & static_cast<std::uint32_t>(single)) != 0;
}

}  // namespace haul::model
