#include "limit_values.hpp"

#include "option_values.hpp"
#include "units.hpp"

namespace haul::cli {

namespace {

std::optional<std::uint64_t> parse_total_rate(std::string_view text) {
    if (text == "0" || text == "none") return 0;
    return parse_rate(text);
}

std::optional<std::uint64_t> parse_on_off(std::string_view text) {
    if (text == "on" || text == "1") return 1;
    if (text == "off" || text == "0") return 0;
    return std::nullopt;
}

}  // namespace

LimitKind kind_of_limit(std::string_view name) {
    if (name == "max-rate" || name.starts_with("max-rate@")) return LimitKind::Rate;
    if (name == "data-saver") return LimitKind::Switch;
    return name.find("bytes") == std::string_view::npos ? LimitKind::Count : LimitKind::Size;
}

std::optional<std::uint64_t> parse_limit(LimitKind kind, std::string_view text) {
    switch (kind) {
        case LimitKind::Count:
            return parse_count(text);
        case LimitKind::Size:
            return parse_bytes(text);
        case LimitKind::Rate:
            return parse_total_rate(text);
        case LimitKind::Switch:
            return parse_on_off(text);
    }
    return std::nullopt;
}

std::string form_of_limit(LimitKind kind) {
    switch (kind) {
        case LimitKind::Count:
            return "a whole number";
        case LimitKind::Size:
            return "a size; write it like 500M or 1.5GiB";
        case LimitKind::Rate:
            return "a rate; write it like 500K or 2MiB, meant for each second, or none";
        case LimitKind::Switch:
            return "on or off";
    }
    return {};
}

std::string format_limit(LimitKind kind, std::uint64_t value) {
    switch (kind) {
        case LimitKind::Count:
            return std::to_string(value);
        case LimitKind::Size:
            return format_bytes(value);
        case LimitKind::Rate:
            return value == 0 ? "none" : format_rate(static_cast<double>(value));
        case LimitKind::Switch:
            return value == 0 ? "off" : "on";
    }
    return {};
}

}  // namespace haul::cli
