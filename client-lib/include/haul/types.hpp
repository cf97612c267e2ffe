#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "haul/export.hpp"

namespace haul {

/// A number of bytes.
using Bytes = std::uint64_t;

/// Wall time, to the microsecond.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// A number that cannot be taken for one of another kind.
template <class Tag>
struct Serial {
    std::uint64_t number = 0;
    friend auto operator<=>(const Serial&, const Serial&) = default;
};

/// A task's number: never used again, also not after the task is forgotten.
using TaskId = Serial<struct TaskTag>;

/// An event's place in its session's queue: from 1. 0 stands before the first.
using EventNumber = Serial<struct EventTag>;

/// The number of one launch of an absent client; 0 is none.
using WakeNumber = Serial<struct WakeTag>;

/// What a task is.
enum class TaskKind { Download, Upload, WebSocket };

/// Where a task is in its life.
enum class TaskState {
    Suspended,   ///< waits for Resume; no timer runs
    Waiting,     ///< may run, but something keeps it: see TaskDetails::blocked_by
    Running,     ///< bytes are moving
    Publishing,  ///< complete; the file is being given its final name
    Finished,    ///< over: the result is there
    Failed,      ///< over: the reason tells why
    Cancelled,   ///< over: it was called off
};

/// The contract's words for kinds and states ("download", "suspended").
HAUL_API std::string_view to_string(TaskKind kind);
HAUL_API std::string_view to_string(TaskState state);

/// Whether a task in this state has ended.
HAUL_API bool has_ended(TaskState state);

/// A value of an open-ended answer. All unsigned integers of the bus become std::uint64_t and all signed ones
/// std::int64_t; object paths become strings.
using Value =
    std::variant<bool, std::int64_t, std::uint64_t, double, std::string, std::vector<std::string>,
                 std::map<std::string, std::string>, std::vector<std::uint8_t>, std::vector<std::uint64_t>>;

/// Values by the key that the contract gives them.
using Values = std::map<std::string, Value>;

}  // namespace haul
