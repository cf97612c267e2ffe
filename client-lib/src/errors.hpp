#pragma once

#include <string>
#include <string_view>

#include "haul/error.hpp"

namespace haul::detail {

/// What a D-Bus error means to a caller of this library. `path` is the object that was called: to a caller
/// that may not see it, an object does not exist.
Error to_error(const std::string& name, const std::string& message, std::string_view path);

/// Whether the daemon could not be asked, and the same call may be answered later.
bool may_work_later(const Error& error);

/// The answer is not what the contract says.
Error protocol_error(std::string message);

}  // namespace haul::detail
