#include "option_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <string>
#include <system_error>

#include "units.hpp"

namespace haul::cli {

namespace {

constexpr std::uint32_t kMostConnections = 16;

struct DigestForm {
    DigestAlgorithm algorithm;
    std::size_t digits;
    std::array<std::string_view, 2> names;
};

constexpr std::array kDigestForms{
    DigestForm{DigestAlgorithm::Sha256, 64, {"sha-256", "sha256"}},
    DigestForm{DigestAlgorithm::Sha512, 128, {"sha-512", "sha512"}},
};

bool is_hex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

/// A whole number that is all of the text.
template <typename Number>
std::optional<Number> parse_whole(std::string_view text) {
    Number number = 0;
    const auto* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (text.empty() || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
    return number;
}

}  // namespace

std::optional<Checksum> parse_checksum(std::string_view text) {
    const auto separator = text.find_first_of("=:");
    const auto name = separator == std::string_view::npos ? std::string_view() : text.substr(0, separator);
    const auto hex = separator == std::string_view::npos ? text : text.substr(separator + 1);
    for (const auto& form : kDigestForms) {
        const bool is_named =
            separator == std::string_view::npos || name == form.names[0] || name == form.names[1];
        if (is_named && hex.size() == form.digits && is_hex(hex))
            return Checksum{.algorithm = form.algorithm, .hex = std::string(hex)};
    }
    return std::nullopt;
}

std::optional<ByteRange> parse_range(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto first = parse_whole<Bytes>(text.substr(0, dash));
    if (!first) return std::nullopt;
    if (dash + 1 == text.size()) return ByteRange{.first = *first};
    const auto last = parse_whole<Bytes>(text.substr(dash + 1));
    if (!last || *last < *first) return std::nullopt;
    return ByteRange{.first = *first, .last = last};
}

std::optional<std::uint32_t> parse_connections(std::string_view text) {
    if (text == "auto") return kAutoConnections;
    const auto number = parse_whole<std::uint32_t>(text);
    if (!number || *number < 1 || *number > kMostConnections) return std::nullopt;
    return number;
}

std::optional<std::string> parse_entity_tags(std::string_view text) {
    if (text == "*") return std::string(text);
    auto rest = text;
    while (true) {
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        if (rest.starts_with("W/")) rest.remove_prefix(2);
        const auto end = rest.find('"', 1);
        if (!rest.starts_with('"') || end == std::string_view::npos) return std::nullopt;
        rest.remove_prefix(end + 1);
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        if (rest.empty()) return std::string(text);
        if (!rest.starts_with(',')) return std::nullopt;
        rest.remove_prefix(1);
    }
}

std::optional<std::vector<TaskId>> parse_tasks(std::string_view text) {
    std::vector<TaskId> tasks;
    for (std::size_t at = 0; at <= text.size();) {
        const auto comma = std::min(text.find(',', at), text.size());
        const auto number = parse_whole<std::uint64_t>(text.substr(at, comma - at));
        if (!number) return std::nullopt;
        tasks.push_back({*number});
        at = comma + 1;
    }
    return tasks;
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
    const auto number = parse_whole<std::uint64_t>(text);
    return number == std::numeric_limits<std::uint64_t>::max() ? std::nullopt : number;
}

std::optional<Bytes> parse_rate(std::string_view text) {
    if (text.ends_with("/s")) text.remove_suffix(2);
    const auto rate = parse_bytes(text);
    if (!rate || *rate == 0) return std::nullopt;
    return rate;
}

}  // namespace haul::cli
