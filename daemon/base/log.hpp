#pragma once

#include <spdlog/spdlog.h>

/// The daemon's log. Fixed keys: task= session= attempt=; never a secret.
namespace haul::log {

using spdlog::critical;
using spdlog::debug;
using spdlog::error;
using spdlog::info;
using spdlog::trace;
using spdlog::warn;

}  // namespace haul::log
