#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "commands.hpp"
#include "haul/client.hpp"
#include "json.hpp"

namespace haul::cli {

namespace {

using Verb = Result<void> (Task::*)() const;

/// Does one thing to each task; a task that refuses does not keep the others from it.
ExitCode control(const Console& console, const std::vector<std::uint64_t>& tasks, Verb verb) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());

    auto code = ExitCode::Done;
    auto report = Json::array();
    for (const auto number : tasks) {
        const auto done = (client->task({number}).*verb)();
        Json entry{{"id", number}, {"done", done.has_value()}};
        if (!done) entry.update(to_json(done.error()));
        report.push_back(std::move(entry));
        if (done) continue;
        if (console.output() == Output::Text) console.fail({number}, done.error());
        code = first_trouble(code, to_exit_code(done.error()));
        if (code == ExitCode::Unreachable) break;
    }
    if (console.output() == Output::Json) std::cout << to_document(report) << '\n';
    return code;
}

void add_verb(CLI::App& app, Command& chosen, const std::string& name, const std::string& description,
              Verb verb) {
    auto tasks = std::make_shared<std::vector<std::uint64_t>>();
    auto* command = app.add_subcommand(name, description);
    add_tasks(*command, *tasks);
    command->callback([tasks, verb, &chosen] {
        chosen = [tasks, verb](const Console& console) { return control(console, *tasks, verb); };
    });
}

}  // namespace

void add_control(CLI::App& app, Command& chosen) {
    add_verb(app, chosen, "suspend", "Stop tasks and keep their bytes", &Task::suspend);
    add_verb(app, chosen, "resume", "Let suspended tasks go on", &Task::resume);
    add_verb(app, chosen, "cancel", "End tasks and discard their bytes", &Task::cancel);
    add_verb(app, chosen, "remove", "Forget tasks that have ended", &Task::remove);
}

}  // namespace haul::cli
