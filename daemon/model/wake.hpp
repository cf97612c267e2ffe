#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "model/retry.hpp"

namespace haul::model {

/// When an absent client is launched because events wait for it.
enum class WakePolicy : std::uint8_t {
    WhenAllDone,  ///< when none of its tasks goes on without it, or at once when an event needs it
    WhenNeeded,   ///< only when an event needs it
    EachEvent,    ///< for every event
    Never,
};

std::string_view to_word(WakePolicy policy);

/// How the client of a session is launched: by its name, and where that fails by its unit. Both empty: not.
struct LaunchTarget {
    std::string bus_name;
    std::string unit;

    bool is_empty() const { return bus_name.empty() && unit.empty(); }
    /// What tells one program from another one of the same owner.
    const std::string& program() const { return bus_name.empty() ? unit : bus_name; }
    friend bool operator==(const LaunchTarget&, const LaunchTarget&) = default;
};

/// Whether this can be the name of an application: a well-known name (D-Bus specification, "Valid names"),
/// and neither the bus's own nor ours. Errors: InvalidArgument.
Result<> check_bus_name(std::string_view name);
/// Whether this can be a service unit (systemd.unit(5)). Errors: InvalidArgument.
Result<> check_unit_name(std::string_view name);

/// What waits for a client that is not there.
struct QueueState {
    bool has_events = false;    ///< that are not acknowledged
    bool needs_client = false;  ///< whether one of them is about a task that can't go on without it
    bool has_work = false;      ///< whether a task of the session still waits, runs or is publishing
};

bool deserves_wake(WakePolicy policy, const QueueState& queue);

/// The latest wake of a session, and the next one where it is planned.
struct Wake {
    WakeNumber number;                      ///< 0: there was none yet
    std::uint32_t launches = 0;             ///< of this wake; 0: it is completed, or there was none
    std::optional<WallTime> next_launch{};  ///< of this wake, or where it is completed, of the next
    std::string error_text{};               ///< why the last launch failed; "": it did not

    bool is_outstanding() const { return launches > 0; }
    friend bool operator==(const Wake&, const Wake&) = default;
};

/// How one program's wakes followed each other: what keeps a client that makes work in each of its wakes from
/// going round in circles.
struct WakeRow {
    std::uint32_t length = 0;  ///< wakes in a row that each found what the one before it had left or made
    bool is_going_on = false;  ///< whether the last one left events, or made tasks
    WallTime completed{};      ///< when the last one was

    bool is_empty() const { return length == 0 && !is_going_on; }
    friend bool operator==(const WakeRow&, const WakeRow&) = default;
};

/// The row when another wake begins.
WakeRow with_another(const WakeRow& row);
/// Before this no wake begins. No value: one may begin at once.
std::optional<WallTime> earliest_wake(const WakeRow& row, const Backoff& backoff);

}  // namespace haul::model
