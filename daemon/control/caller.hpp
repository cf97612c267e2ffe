#pragma once

#include "base/ids.hpp"
#include "ports/clients.hpp"

namespace haul::control {

/// Who makes a call, as the bus itself vouches for it.
struct Caller {
    OwnerId owner;
    ports::ClientName client;
};

}  // namespace haul::control
