#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <map>
#include <string>

#include "haul/error.hpp"
#include "haul/options.hpp"
#include "haul/session_handle.hpp"
#include "haul/web_socket_options.hpp"

namespace haul::detail {

/// What the bus calls a{sv}.
using Variants = std::map<std::string, sdbus::Variant>;

/// Options as the contract spells them; only what has a value. InvalidArgument for a value that the bus
/// cannot carry: a negative time, text that is not UTF-8.
Result<Variants> encode(const SessionOptions& options);
Result<Variants> encode(const DownloadOptions& options);
Result<Variants> encode(const UploadOptions& options);
/// As CreateWebSocket has it, which takes the subprotocols apart.
Result<Variants> encode(const WebSocketOptions& options);
/// As CreateMany has it: the file, and the subprotocols, among the options.
Result<Variants> encode(const UploadRequest& request);
Result<Variants> encode(const WebSocketRequest& request);

}  // namespace haul::detail
