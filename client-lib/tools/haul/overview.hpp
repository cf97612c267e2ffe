#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "haul/client.hpp"
#include "haul/details.hpp"
#include "haul/error.hpp"
#include "haul/types.hpp"

namespace haul::cli {

/// Tasks that wait for the same.
struct WaitingGroup {
    std::size_t tasks = 0;
    std::optional<Time> next_attempt = {};  ///< the earliest of theirs
};

/// What goes on on this machine, as far as it concerns the caller. A look at it has a bound, however many
/// tasks there are.
struct Overview {
    std::vector<std::string> conditions;
    std::map<std::string, std::uint64_t> limits;
    std::uint32_t active = 0;                          ///< tasks that are running or publishing
    std::vector<TaskDetails> running = {};             ///< the first kMostShown of them
    std::size_t waiting = 0;                           ///< tasks that wait
    bool is_counted = true;                            ///< otherwise there may be more that wait
    std::map<std::string, WaitingGroup> reasons = {};  ///< by the word of blocked-by; a task may have several
};

inline constexpr std::size_t kMostShown = 20;
inline constexpr std::size_t kMostCounted = 100'000;

Result<Overview> look_over(const Client& client);

void count_waiting(Overview& overview, const WaitingTask& task);

}  // namespace haul::cli
