#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <optional>
#include <string>
#include <variant>

#include "haul/session_handle.hpp"
#include "haul/types.hpp"

namespace haul::detail {

struct EventsAvailable {
    EventNumber first;
    EventNumber last;
};

struct AllEventsDelivered {
    EventNumber last;
    WakeNumber wake;
};

struct Detached {
    Detachment why;
};

struct Progressed {
    Bytes done;
    std::optional<Bytes> total;
};

struct StateChanged {
    TaskState state;
};

/// The daemon's name has no owner any more, or another one.
struct DaemonLeft {};

/// What a signal of the daemon, or the bus about the daemon, says.
using Signal =
    std::variant<EventsAvailable, AllEventsDelivered, Detached, Progressed, StateChanged, DaemonLeft>;

/// Reads one; nothing for a signal that this library does not use. Throws sdbus::Error where the message is
/// not what its name promises.
std::optional<Signal> read_signal(sdbus::Message& message);

}  // namespace haul::detail
