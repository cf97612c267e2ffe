#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "haul/options.hpp"

namespace haul::cli {

/// "sha-256=HEX" and "sha-512=HEX" as the daemon spells them, "sha256:HEX" as others do, or the digits alone,
/// whose number tells the algorithm. Nothing where the digits are not as many as the algorithm has.
std::optional<Checksum> parse_checksum(std::string_view text);

/// "FIRST-LAST", both included, or "FIRST-"; nothing where it is neither, or ends before it begins.
std::optional<ByteRange> parse_range(std::string_view text);

/// 1 to 16, or "auto".
std::optional<std::uint32_t> parse_connections(std::string_view text);

/// One or several entity tags with commas between them (RFC 9110, section 8.8.3), or "*"; nothing where a tag
/// lacks its quotes.
std::optional<std::string> parse_entity_tags(std::string_view text);

/// Numbers of tasks with commas between them; nothing where one is none.
std::optional<std::vector<TaskId>> parse_tasks(std::string_view text);

/// A number that is all of the text, and not the highest there is.
std::optional<std::uint64_t> parse_count(std::string_view text);

/// A size for each second: "500K", "2MiB/s"; not zero.
std::optional<Bytes> parse_rate(std::string_view text);

}  // namespace haul::cli
