#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "haul/async.hpp"
#include "haul/channel.hpp"
#include "haul/error.hpp"
#include "haul/event_details.hpp"
#include "haul/export.hpp"
#include "haul/next.hpp"
#include "haul/task.hpp"
#include "haul/web_socket_events.hpp"

namespace haul {

/// What a WebSocketStream gives: connected; a message, or how many are missing; how far those of send have
/// gone; disconnected; held back until the next attempt; and at last the end of the task.
using WebSocketEvent = std::variant<Opened, Message, MessagesDropped, Sent, Closed, Hindrance, Ending>;

/// A WebSocket's events for a coroutine: `while (auto event = co_await stream.next())`. To ask for the next
/// one says that the one before is handled, and acknowledges it; meanwhile the session's other events wait.
/// One at which the stream is destroyed instead, but for the Ending, comes again: to a later stream, or else
/// to the session's delegate, which has the task's events while there is no stream. It ends behind the task's
/// Ending, and when the session is detached or goes, or another client takes it over.
class HAUL_API WebSocketStream {
public:
    WebSocketStream(std::shared_ptr<detail::SessionCore> core,
                    std::shared_ptr<detail::Slot<WebSocketEvent>> slot);
    WebSocketStream(WebSocketStream&&) noexcept = default;
    WebSocketStream& operator=(WebSocketStream&& other) noexcept;
    WebSocketStream(const WebSocketStream&) = delete;
    WebSocketStream& operator=(const WebSocketStream&) = delete;
    ~WebSocketStream();

    Next<WebSocketEvent> next(std::stop_token stop = {}) const;

    /// The next message, over all that comes before it. InvalidState where there will be none, Stopped where
    /// the stop token said so first. The stream outlives the wait.
    Async<Result<Message>> receive(std::stop_token stop = {}) const;

private:
    std::shared_ptr<detail::SessionCore> core_;
    std::shared_ptr<detail::Slot<WebSocketEvent>> slot_;
};

/// What co_await gives a ping's round trip from.
class [[nodiscard]] HAUL_API Pong {
public:
    Pong(std::shared_ptr<detail::Slot<Result<std::chrono::microseconds>>> slot, std::stop_token stop);
    ~Pong();

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> coroutine);
    /// Stopped where the stop token said so first.
    Result<std::chrono::microseconds> await_resume();

private:
    Next<Result<std::chrono::microseconds>> next_;
};

/// A WebSocket of a Session. Its events come to SessionDelegate, or to a stream of its own.
class HAUL_API WebSocketTask : public Task {
public:
    using Task::Task;
    explicit WebSocketTask(Task task) : Task(std::move(task)) {}

    /// Begins to connect: Task::resume.
    Result<void> connect() const { return resume(); }

    /// See WebSocketHandle::send. Where the daemon goes in the middle of the call, the message may be sent
    /// twice.
    Result<MessageNumber> send(std::string_view text) const;
    Result<MessageNumber> send(std::span<const std::uint8_t> data) const;
    Result<MessageNumber> send(const Message& message) const;

    /// The round trip of a ping (RFC 6455, section 5.5.2), to co_await. InvalidState where the connection is
    /// not open, or goes before the pong is there.
    Pong ping(std::stop_token stop = {}) const;

    /// Sends what waits, then closes the connection and ends the task; see WebSocketHandle::close.
    Result<void> close(CloseCode code = CloseCode::Normal, std::string_view reason = {}) const;

    /// The fast path, of a task with live delivery or in its place; see WebSocketHandle::open_channel. It
    /// ends where the daemon is restarted: open another one.
    Result<Channel> open_channel() const;

    /// The one that the server chose; empty: none.
    Result<std::string> subprotocol() const;

    /// For a coroutine that reads its events. Open it before the session is attached, or before the task is
    /// connected, and nothing goes by. One for each task: another one ends it. Of a task that has ended it
    /// gives what nobody has acknowledged yet, and its Ending. NoSuchTask where it is forgotten.
    Result<WebSocketStream> events() const;
};

}  // namespace haul
