#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "haul/channel.hpp"
#include "haul/error.hpp"
#include "haul/export.hpp"
#include "haul/task_handle.hpp"
#include "haul/web_socket_events.hpp"

namespace haul {

/// A handle on a WebSocket: a task with more to call. InvalidState answers what comes after its end.
class HAUL_API WebSocketHandle : public TaskHandle {
public:
    using TaskHandle::TaskHandle;
    explicit WebSocketHandle(TaskHandle task) : TaskHandle(std::move(task)) {}

    /// Puts a message at the end of the task's queue: when this returns it will be sent, in order, also by a
    /// later connection. Text that has a NUL or is not UTF-8, and a message longer than
    /// WebSocketOptions::max_message, are InvalidArgument; LimitExceeded where 10000 messages or 64 MiB are
    /// queued: wait for a "sent" event.
    Result<MessageNumber> send(std::string_view text) const;
    Result<MessageNumber> send(std::span<const std::uint8_t> data) const;
    Result<MessageNumber> send(const Message& message) const;

    /// How long a ping and its own pong take (RFC 6455, section 5.5.2). Blocks until the pong is there;
    /// InvalidState where the connection is not open or goes before, LimitExceeded where 100 are under way.
    Result<std::chrono::microseconds> ping() const;

    /// Sends what is queued, then closes the connection and with it ends the task. The reason is at most 123
    /// bytes; InvalidArgument for a longer one and for a code that may not be sent (RFC 6455, section 7.4).
    Result<void> close(CloseCode code = CloseCode::Normal, std::string_view reason = {}) const;

    /// The fast path: messages both ways without the bus and without the journal. The task has live delivery
    /// while the channel is open; a new one closes the one before.
    Result<Channel> open_channel() const;

    /// The one that the server chose; empty: none.
    Result<std::string> subprotocol() const;
    /// Of the last connection that was closed.
    Result<CloseCode> close_code() const;
    Result<std::string> close_reason() const;
    /// Outgoing messages that are not sent yet.
    Result<std::uint32_t> queued() const;
};

}  // namespace haul
