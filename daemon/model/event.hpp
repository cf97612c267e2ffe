#pragma once

#include <cstdint>
#include <string_view>

#include "base/ids.hpp"
#include "base/units.hpp"
#include "model/field.hpp"

namespace haul::model {

/// The numbers are stored: append, never change.
enum class EventType : std::uint8_t {
    FinishedDownloading = 0,  ///< the file is at its place
    Completed = 1,            ///< terminal: all is well
    Failed = 2,               ///< terminal
    Cancelled = 3,            ///< terminal
    ResumedFromZero = 4,      ///< the bytes so far could not be continued
    Waiting = 5,              ///< held back by something that a client may want to know
    Redirected = 6,           ///< the file comes from another URL
    CredentialsNeeded = 7,    ///< the server or a proxy wants to know who asks
    AboutToStart = 8,         ///< the client has to say whether the task starts as it is
    Opened = 9,               ///< a WebSocket is connected
    Message = 10,             ///< one came in
    MessagesDropped = 11,     ///< some that nobody had acknowledged had to go
    Sent = 12,                ///< an outgoing message, and all before it, left
    Closed = 13,              ///< a connection of a WebSocket has ended
};

std::string_view to_word(EventType type);

/// Something that a client must learn: a row of its session's queue.
struct Event {
    EventNumber number;
    TaskId task;
    EventType type{};
    WallTime time;
    Fields details;
    bool needs_client = false;  ///< whether the task can't go on before the client acts
};

}  // namespace haul::model
