#pragma once

#include <optional>
#include <string_view>

#include "haul/types.hpp"

namespace haul::detail {

/// The contract's words, read; nothing for a word that this library does not know.
std::optional<TaskKind> task_kind(std::string_view word);
std::optional<TaskState> task_state(std::string_view word);

}  // namespace haul::detail
