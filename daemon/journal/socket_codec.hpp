#pragma once

#include <string>
#include <string_view>

#include "model/task.hpp"

namespace haul::journal {

/// The state of a WebSocket as bytes, for its column.
std::string encode(const model::SocketState& state);
model::SocketState decode_socket(std::string_view bytes);

}  // namespace haul::journal
