#pragma once

#include <chrono>
#include <cstdint>

namespace haul {

using Bytes = std::uint64_t;

/// Wall clock time as the journal and the contract give it: microseconds since 1970.
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

inline WallTime to_wall_time(std::int64_t usec) {
    return WallTime{Duration{usec}};
}
inline std::int64_t to_usec(WallTime time) {
    return time.time_since_epoch().count();
}

}  // namespace haul
