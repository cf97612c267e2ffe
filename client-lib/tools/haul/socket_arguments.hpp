#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "arguments.hpp"
#include "conversation.hpp"
#include "errand.hpp"
#include "haul/session_handle.hpp"
#include "transfer_arguments.hpp"

namespace haul::cli {

/// The command line of one `haul ws`.
struct SocketArguments {
    std::string url = {};
    bool is_binary = false;
    std::optional<Linger> linger = {};
    ErrandArguments errand = {};
    TransferArguments transfer = {};
    WebSocketOptions options = {};  ///< what only a WebSocket is told; the rest is in `transfer`
};

void add_socket_options(CLI::App& command, SocketArguments& arguments);

/// The WebSocket that the arguments describe: one with live delivery, unless it is detached. Reads the files
/// that name URLs and headers; throws UsageError where something is wrong with them.
WebSocketRequest to_web_socket(const SocketArguments& arguments);

/// "forever", or a duration; nothing for what is neither.
std::optional<Linger> parse_linger(std::string_view text);

}  // namespace haul::cli
