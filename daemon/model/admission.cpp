#include "model/admission.hpp"

#include <algorithm>

namespace haul::model {
namespace {

/// What ends by somebody's doing, and not by a time.
constexpr Block kOthersTurn = Block::Credentials | Block::Client;

Block own_blocks(const Claim& claim, WallTime now) {
    Block blocks = claim.blocked & kOthersTurn;
    if (claim.predecessors > 0) blocks = blocks | Block::Predecessor;
    if (!claim.next_attempt || *claim.next_attempt <= now) return blocks;
    constexpr Block kDelays =
        Block::RetryDelay | Block::NotBefore | Block::DiskSpace | Block::File | Block::Network;
    auto delays = claim.blocked & kDelays;
    return blocks | (delays == Block::None ? Block::NotBefore : delays);
}

std::string power_sentence(const Conditions& conditions, const Leisure& leisure) {
    auto level = conditions.battery ? ", and its battery has " + std::to_string(*conditions.battery) + " %"
                                    : std::string{};
    return "the machine runs on battery" + level + ": discretionary tasks wait for mains power, or " +
           std::to_string(leisure.min_battery) + " %";
}

std::string network_sentence(const Conditions& conditions) {
    switch (conditions.connectivity) {
        case Connectivity::None:
        case Connectivity::LocalOnly:
            return "the machine has no network: it goes on when there is one";
        case Connectivity::Portal:
            return "the network wants somebody to log in with a browser first (captive portal)";
        case Connectivity::Unknown:
        case Connectivity::Limited:
        case Connectivity::Full:
            break;
    }
    return "the network does not lead to the server: it is tried again at the next attempt, or when the "
           "network "
           "changes";
}

std::string sentence(Block single, const Conditions& conditions, const Leisure& leisure) {
    switch (single) {
        case Block::None:
            return "";
        case Block::Queue:
            return "others run first: it starts when there is room";
        case Block::RetryDelay:
            return "the last attempt failed: it is tried again at the next attempt";
        case Block::NotBefore:
            return "its client asked for it not to start before the next attempt";
        case Block::DiskSpace:
            return "the disk is full: it goes on when there is room";
        case Block::Credentials:
            return "the server wants to know who asks: answer with ProvideCredential, or haul credential";
        case Block::File:
            return "the file to send is not there: it goes on when it is";
        case Block::Network:
            return network_sentence(conditions);
        case Block::Client:
            return "its client wants to be asked before it starts: Resume it";
        case Block::Expensive:
            return "the network costs by the byte, and allow-expensive is false, or the task is "
                   "discretionary";
        case Block::Constrained:
            return std::string{conditions.data_saver ? "the data saver is on (haul data-saver off)"
                                                     : "the machine saves power"} +
                   ", and allow-constrained is false, or the task is discretionary";
        case Block::Roaming:
            return "the mobile network is a foreign one, and allow-roaming is false";
        case Block::Power:
            return power_sentence(conditions, leisure);
        case Block::Schedule:
            return "its window is closed: it opens at the next attempt";
        case Block::Busy:
            return "somebody works at the machine: discretionary tasks wait until it is idle";
        case Block::Asleep:
            return "the machine is asleep, or about to be";
        case Block::Predecessor:
            return "other tasks have to finish first (after)";
    }
    return "";
}

}  // namespace

Admission find_admission(const Claim& claim, const Conditions& conditions, const Leisure& leisure,
                         WallTime now) {
    Admission admission{.blocks = own_blocks(claim, now) |
                                  find_halt(claim.gate, claim.opening, conditions, leisure)};
    if (claim.next_attempt && *claim.next_attempt > now) admission.next = claim.next_attempt;
    if (!claim.opening.is_open) admission.next = std::max(admission.next.value_or(now), claim.opening.until);
    return admission;
}

bool is_for_machine(Block blocks) {
    constexpr Block kConditions = Block::Network | Block::Expensive | Block::Constrained | Block::Roaming |
                                  Block::Power | Block::Busy | Block::Asleep;
    return (blocks & kConditions) == blocks;
}

Block find_halt(Gate gate, const Opening& opening, const Conditions& conditions, const Leisure& leisure) {
    auto blocks = find_blocks(gate, conditions, leisure);
    return opening.is_open ? blocks : blocks | Block::Schedule;
}

std::string explain(Block blocks, const Conditions& conditions, const Leisure& leisure) {
    std::string sentences;
    for (auto single : singles(blocks))
        sentences += (sentences.empty() ? "" : "; ") + sentence(single, conditions, leisure);
    return sentences;
}

}  // namespace haul::model
