#pragma once

#include "ports/channels.hpp"
#include "ports/clients.hpp"
#include "ports/clock.hpp"
#include "ports/files.hpp"
#include "ports/launcher.hpp"
#include "ports/sleep.hpp"
#include "ports/space.hpp"
#include "ports/transfers.hpp"

namespace haul::control {

/// The rooms that control works with; they outlive it.
struct Doorways {
    ports::Transfers& transfers;
    ports::Channels& channels;
    ports::Files& files;
    ports::Clients& clients;
    ports::Launcher& launcher;
    ports::Clock& clock;
    ports::Sleep& sleep;
    ports::Space& space;
};

}  // namespace haul::control
