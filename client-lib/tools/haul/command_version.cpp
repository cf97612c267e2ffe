#include <iostream>
#include <string>

#include "commands.hpp"
#include "haul/client.hpp"
#include "json.hpp"
#include "terminal_text.hpp"

namespace haul::cli {

namespace {

/// The program's own version comes first: it is wanted most where the daemon is not there.
ExitCode show_version(const Console& console) {
    Json json{{"haul", library_version()}};
    if (console.output() == Output::Text) std::cout << "haul " << library_version() << std::endl;

    const auto client = Client::connect(console.bus());
    const auto version = client.and_then([](const Client& daemon) { return daemon.daemon_version(); });
    const auto features = client.and_then([](const Client& daemon) { return daemon.features(); });
    if (version) json["hauld"] = *version;
    if (features) json["features"] = *features;

    if (console.output() == Output::Json) std::cout << to_document(json) << '\n';
    if (!version) return console.fail(version.error());
    if (!features) return console.fail(features.error());
    if (console.output() == Output::Json) return ExitCode::Done;
    std::cout << "hauld " << printable(*version) << " (";
    for (std::size_t at = 0; at < features->size(); ++at)
        std::cout << (at ? ", " : "") << printable(features->at(at));
    std::cout << ")\n";
    return ExitCode::Done;
}

}  // namespace

void add_version(CLI::App& app, Command& chosen) {
    on_chosen(add_command(app, "version", "Show the versions of this program and of the daemon"),
              [&chosen] { chosen = show_version; });
}

}  // namespace haul::cli
