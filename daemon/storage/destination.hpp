#pragma once

#include <string>

#include "base/result.hpp"
#include "model/task.hpp"

namespace haul::storage {

/// Whether a file may be made at this path now, and whether its name is one. Errors: InvalidArgument,
/// DestinationDenied, DestinationExists.
Result<> check_destination(const std::string& path, model::IfExists if_exists);

}  // namespace haul::storage
