#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "haul/options.hpp"
#include "haul/types.hpp"

namespace haul {

/// How incoming messages reach the client.
enum class MessageDelivery {
    Durable,  ///< each is an event, kept until it is acknowledged
    Live,     ///< through a Channel alone; without one nothing is read from the connection
};

/// What happens to a message where too many wait to be acknowledged already.
enum class Overflow {
    Wait,        ///< nothing more is read from the connection, so that the peer has to wait
    DropOldest,  ///< the oldest messages go, and a "messages-dropped" event says so
};

/// What a WebSocket may be told. Of TransferOptions it has the connection's, headers and time limits, and
/// `compressed`, which offers permessage-deflate (RFC 7692).
struct WebSocketOptions {
    TransferOptions transfer = {};
    std::vector<std::string> subprotocols = {};    ///< offered, best first: at most 32 tokens
    std::optional<MessageDelivery> delivery = {};  ///< absent: Durable
    std::optional<Bytes> max_message = {};         ///< in and out; absent: 1 MiB. At most 16 MiB, and with
                                                   ///< Live 1 GiB; a longer one closes with 1009
    std::optional<std::chrono::microseconds> ping_interval = {};  ///< silence before a ping; absent: 25 s
    std::optional<std::chrono::microseconds> pong_timeout = {};   ///< silence behind it; absent: 20 s
    /// Connect again when the connection is lost, or closed with a code that is not final; absent: true. The
    /// delay begins with `retry_delay` and doubles up to `reconnect_max_delay`; `retries` limits attempts in
    /// a row.
    std::optional<bool> reconnect = {};
    std::optional<std::chrono::microseconds> reconnect_max_delay = {};  ///< absent: 60 s
    /// Codes of the peer's after which the task ends, such as "1000,1002-1003,4000-4999": 1000 finishes it,
    /// any other fails it.
    std::optional<std::string> final_close_codes = {};
    /// Statuses of the handshake that are tried again, such as "429,502-504"; others fail the task.
    std::optional<std::string> retried_status = {};
    std::optional<std::uint32_t> inbox_messages = {};  ///< that wait to be acknowledged; absent: 10000
    std::optional<Bytes> inbox_bytes = {};             ///< likewise; absent: 64 MiB
    std::optional<Overflow> overflow = {};             ///< absent: Wait
    std::optional<std::string> token = {};   ///< the same token in the same session is the same task
    std::optional<Start> start = {};         ///< absent: Suspended
    std::optional<Time> not_before = {};     ///< the first attempt is not made earlier
    std::optional<std::string> window = {};  ///< this and the next two as of a download
    std::vector<TaskId> after = {};
    std::optional<AfterFailure> after_failure = {};
    std::optional<bool> ask_before_start = {};  ///< as of a download
};

}  // namespace haul
