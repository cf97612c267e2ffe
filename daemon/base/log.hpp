#pragma once

#include <fmt/core.h>

#include <string>

/// The daemon's log. Fixed keys: task= session= attempt=; never a secret.
namespace haul::log {

enum class Level { Debug, Info, Warn, Error, Critical };

/// Lines go to standard error from here on, those that are at least as important as `least` (trace, debug,
/// info, warn, error).
void open(const std::string& least);

/// For the functions below, which find out at compile time whether the values fit the format.
void write(Level level, fmt::string_view format, fmt::format_args values);

template <typename... Values>
void debug(fmt::format_string<Values...> format, Values&&... values) {
    write(Level::Debug, format, fmt::make_format_args(values...));
}

template <typename... Values>
void info(fmt::format_string<Values...> format, Values&&... values) {
    write(Level::Info, format, fmt::make_format_args(values...));
}

template <typename... Values>
void warn(fmt::format_string<Values...> format, Values&&... values) {
    write(Level::Warn, format, fmt::make_format_args(values...));
}

template <typename... Values>
void error(fmt::format_string<Values...> format, Values&&... values) {
    write(Level::Error, format, fmt::make_format_args(values...));
}

template <typename... Values>
void critical(fmt::format_string<Values...> format, Values&&... values) {
    write(Level::Critical, format, fmt::make_format_args(values...));
}

}  // namespace haul::log
