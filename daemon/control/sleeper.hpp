#pragma once

#include "control/session_book.hpp"
#include "relaunch/wakes.hpp"

namespace haul::control {

/// What the messenger has to know of a session.
inline relaunch::Sleeper sleeper(const Session& session) {
    return {.session = session.row.id,
            .owner = session.row.owner,
            .identifier = session.row.identifier,
            .policy = session.wake,
            .target = session.target};
}

}  // namespace haul::control
