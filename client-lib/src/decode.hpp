#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "haul/details.hpp"
#include "haul/error.hpp"
#include "haul/metrics.hpp"
#include "haul/types.hpp"

namespace haul::detail {

/// One line of a list of sessions, of a list of tasks and of one of those that wait, and one event, as the
/// bus carries them.
using SessionRow = std::tuple<std::string, sdbus::ObjectPath, std::uint32_t>;
using TaskRow = std::tuple<std::uint64_t, sdbus::ObjectPath, std::string, std::string, std::string,
                           std::uint64_t, std::uint64_t>;
using WaitingRow = std::tuple<std::uint64_t, std::vector<std::string>, std::uint64_t>;
using EventRow = std::tuple<std::uint64_t, std::uint64_t, std::string, std::int64_t,
                            std::map<std::string, sdbus::Variant>>;

/// What the bus says, as values of this library; values of types that the contract does not use are left out.
Values to_values(const std::map<std::string, sdbus::Variant>& variants);

/// Protocol errors where the answer lacks what the contract promises, or has a word unknown to it.
Result<TaskDetails> to_task_details(Values values);
Result<SessionDetails> to_session_details(Values values);
Result<TaskSummary> to_task_summary(const TaskRow& row);
WaitingTask to_waiting_task(const WaitingRow& row);
Result<TaskStatus> to_task_status(const std::string& state, const std::string& reason);
RequestMetrics to_request_metrics(Values values);
Event to_event(const EventRow& row);

}  // namespace haul::detail
