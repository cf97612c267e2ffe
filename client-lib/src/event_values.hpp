#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>

#include "haul/details.hpp"
#include "haul/types.hpp"

namespace haul::detail {

/// A detail of an event by its key; nothing where it is not there, or of another type.
template <typename T>
std::optional<T> find(const Event& event, const char* key) {
    const auto place = event.details.find(key);
    if (place == event.details.end()) return std::nullopt;
    const auto* value = std::get_if<T>(&place->second);
    return value ? std::optional<T>(*value) : std::nullopt;
}

/// The same, where nothing is the type's own zero.
template <typename T>
T take(const Event& event, const char* key) {
    return find<T>(event, key).value_or(T{});
}

inline std::optional<Time> find_time(const Event& event, const char* key) {
    const auto microseconds = find<std::uint64_t>(event, key);
    if (!microseconds) return std::nullopt;
    return Time(std::chrono::microseconds(*microseconds));
}

}  // namespace haul::detail
