#pragma once

#include <curl/curl.h>

#include <optional>

#include "engine/exchange.hpp"
#include "model/fact.hpp"

namespace haul::engine {

/// Why a request that ended with this code has no answer that can be judged; no value where it has one. The
/// attempt ends with it.
std::optional<model::fact::Interrupted> find_failure(const Exchange& exchange, CURLcode code);

}  // namespace haul::engine
