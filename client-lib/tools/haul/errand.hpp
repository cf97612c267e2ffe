#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "console.hpp"
#include "exit_code.hpp"
#include "haul/client.hpp"
#include "interrupt.hpp"
#include "json.hpp"
#include "patience.hpp"
#include "progress.hpp"
#include "transfer_arguments.hpp"

namespace haul::cli {

/// What the command line says about how tasks are seen through.
struct ErrandArguments {
    std::optional<std::string> session = {};
    bool detach = false;
    bool quiet = false;
};

void add_errand_options(CLI::App& command, ErrandArguments& arguments);

/// What an errand has with it while it follows its tasks.
struct Company {
    const Client& client;
    const SessionHandle& session;
    const Interrupt& interrupt;
    Patience& patience;
};

/// Tasks to make, and to see through to their ends unless told otherwise.
struct Errand {
    TaskKind kind;  ///< of all of them
    ErrandArguments arguments = {};
    std::vector<std::optional<Login>> logins;  ///< who asks, for each task
    std::vector<Json> reports;  ///< for each task, what a detached command tells of it besides its number
    /// Makes all of them, or none; may be called again where its answer was lost.
    std::function<Result<std::vector<TaskHandle>>(const SessionHandle&)> create;
    /// Told of each task that ended before a finished one is forgotten; where it fails, the task stays. May
    /// be left out.
    std::function<Result<void>(const TaskHandle&, const TaskDetails&)> on_end = {};
    /// Sees the tasks through in place of a Watch, and says what to end with. May be left out.
    std::function<ExitCode(const Company&, const std::vector<TaskHandle>&)> follow = {};
};

/// Makes the tasks, gives them their credentials and follows them; an interrupt ends this and not the tasks.
ExitCode run(const Console& console, const Errand& errand);

}  // namespace haul::cli
