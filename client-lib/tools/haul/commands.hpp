#pragma once

#include <functional>

#include "arguments.hpp"
#include "console.hpp"
#include "exit_code.hpp"

namespace haul::cli {

/// What the command line asks for, to be run when all of it is understood.
using Command = std::function<ExitCode(const Console&)>;

/// Each adds its subcommands to the application; parsing one of them puts its command into `chosen`.
void add_get(CLI::App& app, Command& chosen);
void add_put(CLI::App& app, Command& chosen);
void add_ws(CLI::App& app, Command& chosen);
void add_list(CLI::App& app, Command& chosen);
void add_status(CLI::App& app, Command& chosen);
void add_why(CLI::App& app, Command& chosen);
void add_show(CLI::App& app, Command& chosen);
void add_wait(CLI::App& app, Command& chosen);
void add_control(CLI::App& app, Command& chosen);
void add_credential(CLI::App& app, Command& chosen);
void add_replace_url(CLI::App& app, Command& chosen);
void add_metrics(CLI::App& app, Command& chosen);
void add_events(CLI::App& app, Command& chosen);
void add_limit(CLI::App& app, Command& chosen);
void add_sessions(CLI::App& app, Command& chosen);
void add_version(CLI::App& app, Command& chosen);

}  // namespace haul::cli
