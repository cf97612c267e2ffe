#pragma once

#include <chrono>

namespace haul::storage {

/// How long a test waits for what another thread does.
inline constexpr std::chrono::seconds kPatience{20};

}  // namespace haul::storage
