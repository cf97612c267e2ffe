#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/details.hpp"
#include "haul/types.hpp"

namespace haul::cli {

/// A task that has to finish before another, and where it is in its life; without a state where it is
/// forgotten.
struct Predecessor {
    TaskId id;
    std::optional<TaskState> state = {};
};

/// The tasks that were named to come before it.
std::vector<TaskId> predecessors_of(const TaskDetails& details);

/// The sentences of TaskDetails::why.
std::vector<std::string> sentences_of(std::string_view why);

/// Why a task is not running, and when it will be tried next; of one that runs or has ended what is so.
/// Whole sentences; there is at least one.
std::vector<std::string> explanation(const TaskDetails& details, const std::vector<Predecessor>& predecessors,
                                     Time now);

}  // namespace haul::cli
