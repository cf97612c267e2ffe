#pragma once

#include <cstdint>

#include "model/task.hpp"

namespace haul::model {

/// Whether another URL may do better after this.
bool is_fault_of_source(Reason reason);

/// What became of the source that was asked last.
enum class Source : std::uint8_t {
    Alive,  ///< it may do better another time
    Dead,   ///< it never will
};

/// Asks the next of so many sources from now on, the URL and its mirrors. False where each that may still do
/// better was tried since the last byte came, or where none is left.
bool turn_to_next_source(Task& task, std::uint32_t sources, Source state);

}  // namespace haul::model
