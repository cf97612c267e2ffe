#include <CLI/CLI.hpp>
#include <clocale>
#include <exception>
#include <iostream>
#include <string>

#include "arguments.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "exit_code.hpp"
#include "haul/client.hpp"

namespace haul::cli {

namespace {

constexpr const char* kFooter =
    "Exit codes: 0 done, 1 a task failed or was cancelled, 2 usage, 3 the daemon cannot be\n"
    "reached, 4 no such task or session, 5 refused by the daemon, 6 a task waits for\n"
    "credentials, 130 interrupted (a task goes on without this program). More in haul(1).";

int run_command(int argc, char** argv) {
    CLI::App app("Transfers that outlive the program that asked for them", "haul");
    app.require_subcommand(1);
    app.set_version_flag("--version", "haul " + std::string(library_version()));
    app.footer(kFooter);
    app.fallthrough();

    std::string bus = "session";
    app.add_option("--bus", bus, "Where the daemon is: session, system or a bus address")->type_name("BUS");
    bool json = false;
    app.add_flag("--json", json, "Write JSON: one document, or one for each line of a stream");

    Command command;
    add_get(app, command);
    add_put(app, command);
    add_ws(app, command);
    add_list(app, command);
    add_status(app, command);
    add_show(app, command);
    add_why(app, command);
    add_wait(app, command);
    add_control(app, command);
    add_credential(app, command);
    add_replace_url(app, command);
    add_metrics(app, command);
    add_events(app, command);
    add_limit(app, command);
    add_sessions(app, command);
    add_version(app, command);

    try {
        parse_words(app, {argv + 1, argv + argc});
    } catch (const CLI::ParseError& error) {
        const bool is_question = error.get_exit_code() == 0;
        app.exit(error);
        return static_cast<int>(is_question ? ExitCode::Done : ExitCode::Usage);
    }

    const Console console(Bus::parse(bus), json ? Output::Json : Output::Text);
    const auto code = command(console);
    const auto written = console.flush();
    return static_cast<int>(written || code != ExitCode::Done ? code : console.fail(written.error()));
}

}  // namespace

}  // namespace haul::cli

int main(int argc, char** argv) {
    std::setlocale(LC_CTYPE, "");  // for the widths of characters
    std::ios::sync_with_stdio(false);
    try {
        return haul::cli::run_command(argc, argv);
    } catch (const std::exception& failure) {
        std::cerr << "haul: " << failure.what() << '\n';
        return static_cast<int>(haul::cli::ExitCode::Refused);
    }
}
