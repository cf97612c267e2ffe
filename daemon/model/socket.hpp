#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "model/options.hpp"
#include "model/request.hpp"

namespace haul::model {

/// A message of a WebSocket, in or out (RFC 6455, 5.6).
struct Message {
    bool is_text = true;
    std::string body;
};

/// One that a client sent: it is journalled until it is handed to the kernel.
struct OutgoingMessage {
    std::uint64_t number = 0;  ///< counts the task's own from 1
    Message message;
};

/// How much there is, or may be.
struct Bulk {
    std::uint64_t messages = 0;
    Bytes bytes = 0;
};

/// What a client says for goodbye.
struct CloseWord {
    std::uint16_t code = 0;
    std::string reason;
};

/// What is in force for a WebSocket: its options with what they default to.
struct SocketTerms {
    Delivery delivery = Delivery::Durable;
    Bytes max_message = 0;
    Duration ping_interval{};
    Duration pong_timeout{};
    Overflow overflow = Overflow::Wait;
    std::uint32_t inbox_messages = 0;
    Bytes inbox_bytes = 0;
    std::vector<std::string> subprotocols;
    bool offers_deflate = false;
};
SocketTerms socket_terms(const Options& options);

/// One connection of a WebSocket, as the ear needs it. The URL in `transfer` is an http or https one.
struct SocketRequest {
    TransferRequest transfer;
    SocketTerms terms;
};

/// The options that only WebSockets have, taken together. Errors: InvalidArgument.
Result<> check_socket_options(const Options& options);

/// The details of an event that brings this message.
Fields message_details(Message message);

/// The delay before another connection, after the n-th failure in a row (from 1): exponential up to the
/// most, and up to a quarter longer. `jitter` is a random number from 0 up to 1.
Duration reconnect_delay(const Backoff& backoff, std::uint32_t failures, double jitter);

}  // namespace haul::model
