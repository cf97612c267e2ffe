#pragma once

#include <string>

#include "model/options.hpp"

namespace haul::control {

/// Options as a column of the journal holds them. Header values are secrets and have a table of their own.
std::string store_options(const model::Options& options);
model::Options load_options(const std::string& stored);

/// Those options of a task that have no column or table of their own.
model::Options without_columns(model::Options options);

}  // namespace haul::control
