#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

#include "commands.hpp"
#include "haul/client.hpp"
#include "json.hpp"
#include "secret.hpp"

namespace haul::cli {

namespace {

struct ReplaceUrlArguments {
    std::uint64_t task = 0;
    std::string url = {};  ///< "-": the first line of standard input
};

ExitCode replace_url(const Console& console, const ReplaceUrlArguments& arguments) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());
    auto url = arguments.url;
    if (url == "-") {
        auto line = read_secret("-");
        if (!line) {
            console.fail(line.error());
            return ExitCode::Usage;
        }
        url = std::move(*line);
    }
    const auto done = client->task({arguments.task}).replace_url(url);
    if (!done) return console.fail({arguments.task}, done.error());
    if (console.output() == Output::Json)
        std::cout << to_document(Json{{"id", arguments.task}, {"done", true}}) << '\n';
    return ExitCode::Done;
}

}  // namespace

void add_replace_url(CLI::App& app, Command& chosen) {
    auto arguments = std::make_shared<ReplaceUrlArguments>();
    auto& command = add_command(app, "replace-url", "Let a task go on from another URL of the same file");
    add_task(command, arguments->task);
    require(add_value(command, {"URL", "", "The new URL; - reads it from standard input"}, arguments->url));
    on_chosen(command, [arguments, &chosen] {
        chosen = [arguments](const Console& console) { return replace_url(console, *arguments); };
    });
}

}  // namespace haul::cli
