#pragma once

#include "conditions/readings.hpp"

namespace haul::conditions {

/// Asks the kernel for interfaces, addresses and a route to the Internet (rtnetlink(7)); nothing is sent to
/// any network. Where it does not tell, the network is there.
KernelReading read_kernel_network();

}  // namespace haul::conditions
