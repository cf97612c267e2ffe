#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace haul::cli {

/// What a limit counts, by its name.
enum class LimitKind { Count, Size, Rate, Switch };

LimitKind kind_of_limit(std::string_view name);

/// A limit's value as it is typed: a number, a size ("5M"), a rate (likewise; "none" and 0 for no limit),
/// "on" or "off". Nothing for what is not of its kind.
std::optional<std::uint64_t> parse_limit(LimitKind kind, std::string_view text);

/// How a value of this kind has to look: "a rate; …".
std::string form_of_limit(LimitKind kind);

/// A value in the units that people read: "32", "10.0 GiB", "5.0 MiB/s", "none", "on".
std::string format_limit(LimitKind kind, std::uint64_t value);

}  // namespace haul::cli
