#pragma once

#include <sdbus-c++/sdbus-c++.h>
#include <systemd/sd-bus.h>

namespace haul::bus {

/// The connection underneath sdbus-c++'s, for what that has no door to.
sd_bus* underneath(sdbus::IConnection& connection);

}  // namespace haul::bus
