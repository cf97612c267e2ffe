#pragma once

#include <optional>
#include <string_view>

#include "haul/credential.hpp"
#include "haul/types.hpp"

namespace haul::detail {

/// The contract's words, read; nothing for a word that this library does not know.
std::optional<TaskKind> task_kind(std::string_view word);
std::optional<TaskState> task_state(std::string_view word);

/// The contract's word for a scheme; empty for AuthScheme::Best.
std::string_view to_word(AuthScheme scheme);

}  // namespace haul::detail
