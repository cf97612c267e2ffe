#pragma once

#include <string_view>

#include "haul/error.hpp"

namespace haul::detail {

/// Whether the bus can carry this text as it is: UTF-8 (RFC 3629) without a NUL.
bool is_bus_text(std::string_view text);

/// InvalidArgument, naming `what` this is, for text that the bus cannot carry.
Result<void> check_text(std::string_view what, std::string_view text);

}  // namespace haul::detail
