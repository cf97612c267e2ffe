#include "units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <utility>

namespace haul::cli {

namespace {

constexpr std::array kSizeUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

std::string format_scaled(double value) {
    std::size_t unit = 0;
    // 1023.5 and more would be rounded up to four digits.
    while (value >= (unit == 0 ? 1024.0 : 1023.5) && unit + 1 < kSizeUnits.size()) {
        value /= 1024;
        ++unit;
    }
    std::array<char, 32> text;
    const int decimals = unit == 0 || value >= 99.95 ? 0 : 1;
    std::snprintf(text.data(), text.size(), "%.*f %s", decimals, value, kSizeUnits.at(unit));
    return text.data();
}

/// A decimal number and what follows it; nothing where there is no number.
std::optional<std::pair<double, std::string_view>> split_number(std::string_view text) {
    double number = 0;
    const auto [end, failure] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (failure != std::errc() || number < 0) return std::nullopt;
    auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
    while (unit.starts_with(' ')) unit.remove_prefix(1);
    return std::pair(number, unit);
}

/// The factor of a unit out of a table of words and factors.
template <typename Table>
std::optional<double> factor_of(const Table& table, std::string_view unit) {
    for (const auto& [word, factor] : table) {
        if (word == unit) return factor;
    }
    return std::nullopt;
}

/// Rounds, unless the value is past what 63 bits hold.
std::optional<std::int64_t> to_integer(double value) {
    if (!std::isfinite(value) || value >= 9.2e18) return std::nullopt;
    return std::llround(value);
}

constexpr double kKibi = 1024;
constexpr std::array kByteFactors{
    std::pair{std::string_view(""), 1.0},
    std::pair{std::string_view("B"), 1.0},
    std::pair{std::string_view("K"), kKibi},
    std::pair{std::string_view("KiB"), kKibi},
    std::pair{std::string_view("KB"), 1e3},
    std::pair{std::string_view("M"), kKibi* kKibi},
    std::pair{std::string_view("MiB"), kKibi* kKibi},
    std::pair{std::string_view("MB"), 1e6},
    std::pair{std::string_view("G"), kKibi* kKibi* kKibi},
    std::pair{std::string_view("GiB"), kKibi* kKibi* kKibi},
    std::pair{std::string_view("GB"), 1e9},
    std::pair{std::string_view("T"), kKibi* kKibi* kKibi* kKibi},
    std::pair{std::string_view("TiB"), kKibi* kKibi* kKibi* kKibi},
    std::pair{std::string_view("TB"), 1e12},
};

constexpr std::array kMicrosecondFactors{
    std::pair{std::string_view("us"), 1.0},    std::pair{std::string_view("ms"), 1e3},
    std::pair{std::string_view("s"), 1e6},     std::pair{std::string_view("min"), 60e6},
    std::pair{std::string_view("h"), 3'600e6}, std::pair{std::string_view("d"), 86'400e6},
};

}  // namespace

std::string format_bytes(Bytes bytes) {
    return format_scaled(static_cast<double>(bytes));
}

std::string format_rate(double bytes_per_second) {
    return format_scaled(std::max(bytes_per_second, 0.0)) + "/s";
}

std::string format_duration(std::chrono::seconds time) {
    const auto total = std::max<std::int64_t>(time.count(), 0);
    const long long days = total / 86'400;
    const long long hours = total / 3'600 % 24;
    const long long minutes = total / 60 % 60;
    const long long seconds = total % 60;
    std::array<char, 64> text;
    if (days > 0) {
        std::snprintf(text.data(), text.size(), "%lld d %02lld:%02lld", days, hours, minutes);
    } else if (hours > 0) {
        std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", hours, minutes, seconds);
    } else {
        std::snprintf(text.data(), text.size(), "%lld:%02lld", minutes, seconds);
    }
    return text.data();
}

std::string format_elapsed(std::chrono::microseconds time) {
    const auto count = std::max<std::int64_t>(time.count(), 0);
    if (count < 1000) return std::to_string(count) + "us";
    if (count >= 600'000'000)
        return format_duration(std::chrono::round<std::chrono::seconds>(std::chrono::microseconds(count)));
    const bool is_short = count < 999'500;
    const double value = static_cast<double>(count) / (is_short ? 1e3 : 1e6);
    const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), "%.*f%s", decimals, value, is_short ? "ms" : "s");
    return text.data();
}

std::string format_setting(std::chrono::microseconds time) {
    std::string text = "0s";
    for (const auto& [unit, factor] : kMicrosecondFactors) {
        const auto count = static_cast<std::int64_t>(factor);
        if (time.count() == 0 || time.count() % count != 0) break;
        text = std::to_string(time.count() / count) + std::string(unit);
    }
    return text;
}

std::string format_time(Time time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    const auto clock = static_cast<std::time_t>(seconds);
    std::tm parts{};
    if (!localtime_r(&clock, &parts)) return std::to_string(seconds);
    std::array<char, 64> text;
    const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
    return {text.data(), length};
}

std::optional<Bytes> parse_bytes(std::string_view text) {
    const auto parts = split_number(text);
    if (!parts) return std::nullopt;
    const auto factor = factor_of(kByteFactors, parts->second);
    if (!factor) return std::nullopt;
    const auto bytes = to_integer(parts->first * *factor);
    if (!bytes) return std::nullopt;
    return static_cast<Bytes>(*bytes);
}

std::optional<std::chrono::microseconds> parse_duration(std::string_view text) {
    const auto parts = split_number(text);
    if (!parts) return std::nullopt;
    const auto factor = factor_of(kMicrosecondFactors, parts->second);
    if (!factor) return std::nullopt;
    const auto count = to_integer(parts->first * *factor);
    if (!count) return std::nullopt;
    return std::chrono::microseconds(*count);
}

}  // namespace haul::cli
