#pragma once

#include <systemd/sd-bus.h>

#include <vector>

#include "base/result.hpp"
#include "model/event.hpp"

namespace haul::bus {

/// Replies to a call of GetEvents, a(ttsxa{sv}). It is written with sd-bus itself: sdbus-c++ makes a message
/// of each variant and copies bytes one at a time, which is most of what a page of messages costs.
void send_events(sd_bus_message* call, const Result<std::vector<model::Event>>& events);

}  // namespace haul::bus
