#pragma once

#include <systemd/sd-bus.h>

#include <list>
#include <string>
#include <unordered_map>

#include "base/result.hpp"
#include "control/caller.hpp"

namespace haul::bus {

/// Who sent a message, as the bus daemon knows it. A bus never gives a connection's name to another one, so
/// what was asked once stays true; the least recently seen callers are forgotten.
class Callers {
public:
    /// Errors: NotPermitted where the sender has left the bus already, so that nobody vouches for it.
    Result<control::Caller> identify(sd_bus_message* message);

private:
    struct Known {
        std::string name;
        OwnerId owner;
    };
    std::list<Known> recent_;
    std::unordered_map<std::string, std::list<Known>::iterator> by_name_;
};

}  // namespace haul::bus
