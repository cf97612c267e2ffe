#pragma once

#include "haul/client.hpp"
#include "haul/session_handle.hpp"

namespace haul::cli {

/// Acknowledges the oldest events of a session as far as they belong to tasks that are forgotten: nobody can
/// want them any more, and a queue that nobody reads must not grow with every download. Events of other tasks
/// stay, and those after them.
Result<void> acknowledge_leftovers(const Client& client, const SessionHandle& session);

}  // namespace haul::cli
