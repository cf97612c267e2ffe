#pragma once

#include <optional>
#include <string>

#include "model/gate.hpp"
#include "model/windows.hpp"

namespace haul::model {

/// What of a waiting task says whether it may run.
struct Claim {
    Block blocked = Block::None;  ///< as the journal has it
    std::optional<WallTime> next_attempt{};
    Gate gate{};
    std::uint32_t predecessors = 0;
    Opening opening{};  ///< of its window
};

/// What keeps it from running; None where nothing but its turn does.
struct Admission {
    Block blocks = Block::None;
    std::optional<WallTime> next{};  ///< when to look again; no value: nothing to do with time

    bool is_given() const { return blocks == Block::None; }
};

/// Whether a waiting task may run now. A pure function of what it is given, so that whatever changes, the
/// answer can be found again.
Admission find_admission(const Claim& claim, const Conditions& conditions, const Leisure& leisure,
                         WallTime now);

/// Whether all of these blocks are the machine's conditions.
bool is_for_machine(Block blocks);

/// Whether a task that runs may go on.
Block find_halt(Gate gate, const Opening& opening, const Conditions& conditions, const Leisure& leisure);

/// Sentences for people: what the task waits for, and what would let it go on.
std::string explain(Block blocks, const Conditions& conditions, const Leisure& leisure);

}  // namespace haul::model
