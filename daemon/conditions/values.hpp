#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace haul::conditions {

/// What another service says of itself, by name: what nobody has checked. A value of another kind than these
/// is not kept.
using Value = std::variant<bool, std::int64_t, double, std::string>;
using Values = std::map<std::string, Value, std::less<>>;
using Names = std::vector<std::string>;

/// Takes those of an a{sv} that have one of these names, and gives up names whose value is no longer of a
/// kind that is kept. False where the message is not an a{sv} there.
bool read_values(sd_bus_message* message, const Names& wanted, Values& values);

/// The value of this name, where it is there and of this kind. Integers of every width are one kind.
std::optional<bool> truth(const Values& values, std::string_view name);
std::optional<std::int64_t> number(const Values& values, std::string_view name);
std::optional<double> real(const Values& values, std::string_view name);
std::string text(const Values& values, std::string_view name);  ///< empty where there is none

}  // namespace haul::conditions
