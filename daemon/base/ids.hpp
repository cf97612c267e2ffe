#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace haul {

/// A number that can't be mistaken for one of another kind.
template <class Tag, class Int = std::uint64_t>
struct Id {
    Int value{};
    friend auto operator<=>(const Id&, const Id&) = default;
};

using TaskId = Id<struct TaskTag>;                     ///< never used again; the N of /org/hauld1/task/N
using SessionId = Id<struct SessionTag>;               ///< the N of /org/hauld1/session/N
using Attempt = Id<struct AttemptTag, std::uint32_t>;  ///< counts the attempts of one task from 1
using EventNumber = Id<struct EventTag>;               ///< counts the events of one session from 1
using WakeNumber = Id<struct WakeTag>;                 ///< counts the wakes of one session from 1; 0 is none
using OwnerId = Id<struct OwnerTag, std::uint32_t>;    ///< the uid whose sessions and tasks these are

}  // namespace haul

template <class Tag, class Int>
struct std::hash<haul::Id<Tag, Int>> {
    std::size_t operator()(const haul::Id<Tag, Int>& id) const noexcept { return std::hash<Int>{}(id.value); }
};
