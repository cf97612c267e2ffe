#pragma once

#include <string>

#include "base/result.hpp"
#include "model/request.hpp"

namespace haul::storage {

/// Whether a file may be made there now, and where exactly: see ports::Files. Errors: InvalidArgument,
/// DestinationDenied, DestinationExists.
Result<model::Destination> check_destination(const model::DestinationWish& wish);

/// Whether there is such a file, and a rename would bring it into the directory (rename(2), EXDEV).
bool can_move(const std::string& path, const std::string& directory);

}  // namespace haul::storage
