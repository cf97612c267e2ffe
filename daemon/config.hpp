#pragma once

#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "base/units.hpp"
#include "control/settings.hpp"

namespace haul {

/// Everything that flags, environment and configuration file decide.
struct Config {
    std::string bus = "session";                                  ///< "session", "system" or an address
    std::string state_dir;                                        ///< absolute
    std::optional<Duration> idle_exit = std::chrono::minutes{5};  ///< no value: never
    Duration progress_interval = std::chrono::milliseconds{500};
    Duration launch_timeout = std::chrono::seconds{60};  ///< for the answer of a client that is launched
    control::Settings settings;
};

/// What the command line gave.
struct Flags {
    std::string bus = "session";
    std::string state_dir;    ///< "" = from the environment
    std::string config_file;  ///< "" = the usual place, where there is one
};

/// Puts flags, environment and file together. The error is a sentence with file, line and name.
tl::expected<Config, std::string> load_config(const Flags& flags);

/// "90s", "5min", "1h", "7d", "500ms".
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace haul
