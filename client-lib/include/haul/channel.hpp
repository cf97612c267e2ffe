#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "haul/error.hpp"
#include "haul/export.hpp"
#include "haul/file.hpp"
#include "haul/web_socket_events.hpp"

namespace haul {

/// What a Channel gives. The bytes are the channel's, and good until it reads again.
struct ChannelMessage {
    /// As the contract counts them (org.hauld1.WebSocket, OpenChannel).
    enum class Type : std::uint8_t {
        Text = 1,    ///< a message; UTF-8
        Binary = 2,  ///< a message
        Closed = 8,  ///< a connection has ended; another one may follow: see closed()
        Opened = 9,  ///< there is a connection; the bytes are the subprotocol, empty for none
    };

    Type type;
    std::string_view bytes;

    /// Of a message of the type Closed: the code and the reason. The channel does not tell whether it was
    /// clean, but for CloseCode::Lost.
    HAUL_API Closed closed() const;
};

/// One end of a WebSocket's live channel: messages both ways without the bus, many of them in one write(2)
/// and one read(2). What is queued goes out with flush(), send() or receive(), so that a loop that answers
/// what it receives writes once for all that one read has brought:
///
///     while (auto message = channel.receive()) {
///         if (!*message) break;  // the task has ended
///         channel.queue((*message)->bytes);
///     }
///
/// It outlives connections: what is queued while there is none waits for the next. For one thread at a time.
class HAUL_API Channel {
public:
    /// What WebSocketHandle::open_channel has from the daemon.
    explicit Channel(File end);
    Channel(Channel&&) noexcept;
    Channel& operator=(Channel&&) noexcept;
    ~Channel();

    /// To wait for, in a loop of the application's; it stays this object's.
    int descriptor() const { return end_.get(); }

    /// Takes a message for the next write. Text has to be UTF-8, and no message may be longer than the task's
    /// `max_message`: the daemon ends the channel otherwise. At most 4 GiB - 1.
    void queue(std::string_view text);
    void queue(std::span<const std::uint8_t> data);
    /// Asks for the end of the connection, behind what is queued (WebSocketHandle::close).
    void queue_close(CloseCode code = CloseCode::Normal, std::string_view reason = {});
    /// Bytes that are queued and not written yet. Stop queueing while they are many: the peer, or the line,
    /// does not keep up.
    std::size_t queued() const { return outgoing_.size() - written_; }

    /// Writes what is queued, as far as that goes without blocking; whether it was all. Disconnected where
    /// the daemon has ended the channel.
    Result<bool> flush();
    /// Reads once, without blocking; whether something came, for next() to give.
    Result<bool> fill();
    /// The next message of those that were read; without a system call. Nothing: fill() has to bring more.
    /// Protocol, from fill(), for what is none.
    std::optional<ChannelMessage> next();
    /// Whether the daemon has ended the channel: the task is over, another channel has taken its place, or
    /// the daemon was restarted.
    bool has_ended() const { return has_ended_; }

    /// Waits until there is something to read, or room for what is queued; whether there was in time.
    Result<bool> wait(std::optional<std::chrono::milliseconds> timeout = std::nullopt) const;

    /// Queues a message and writes all that is queued; blocks where the peer does not keep up. A peer that
    /// itself waits until its answers are read never does: such a program queues and receives.
    Result<void> send(std::string_view text);
    Result<void> send(std::span<const std::uint8_t> data);
    /// The next message; blocks until there is one, and writes meanwhile what is queued. Nothing where the
    /// channel has ended.
    Result<std::optional<ChannelMessage>> receive();

private:
    void queue(ChannelMessage::Type type, std::string_view payload);
    Result<void> drain();
    void make_room();

    File end_;
    std::string outgoing_;
    std::size_t written_ = 0;  ///< of outgoing_
    std::unique_ptr<char[]> incoming_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;  ///< what next() looks at
    std::size_t end_of_incoming_ = 0;
    bool has_ended_ = false;
};

}  // namespace haul
