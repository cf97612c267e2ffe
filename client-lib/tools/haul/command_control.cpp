#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "commands.hpp"
#include "haul/client.hpp"
#include "json.hpp"
#include "resume_file.hpp"

namespace haul::cli {

namespace {

using Verb = Result<void> (TaskHandle::*)() const;

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
        code = worst_of(code, to_exit_code(done.error()));
        if (code == ExitCode::Unreachable) break;
    }
    if (console.output() == Output::Json) std::cout << to_document(report) << '\n';
    return code;
}

void add_verb(CLI::App& app, Command& chosen, const std::string& name, const std::string& description,
              Verb verb) {
    auto tasks = std::make_shared<std::vector<std::uint64_t>>();
    auto& command = add_command(app, name, description);
    add_tasks(command, *tasks);
    on_chosen(command, [tasks, verb, &chosen] {
        chosen = [tasks, verb](const Console& console) { return control(console, *tasks, verb); };
    });
}

/// The file is opened first: what cannot be kept is not cancelled.
ExitCode cancel_into(const Console& console, TaskId id, const std::filesystem::path& path) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());
    auto file = ResumeFile::open(path);
    if (!file) return console.fail(file.error());
    const auto data = client->task(id).cancel_producing_resume_data();
    if (!data) return console.fail(id, data.error());

    if (!data->empty()) {
        if (const auto written = file->keep(*data); !written) {
            const auto code = console.fail(written.error());
            console.note("the task is cancelled; its \"cancelled\" event has the data still: \"" +
                         console.command("--json events") + "\"");
            return code;
        }
    } else {
        console.note("task " + std::to_string(id.number) +
                     " is cancelled; it had no bytes that could be continued, so " + path.string() +
                     " was not made");
    }
    if (console.output() == Output::Json) {
        std::cout << to_document(Json{{"id", id.number}, {"done", true}, {"resume-data", data->size()}})
                  << '\n';
    }
    return ExitCode::Done;
}

void add_cancel(CLI::App& app, Command& chosen) {
    auto tasks = std::make_shared<std::vector<std::uint64_t>>();
    auto file = std::make_shared<std::optional<std::filesystem::path>>();
    auto& command = add_command(app, "cancel", "End tasks and discard their bytes");
    add_tasks(command, *tasks);
    add_value(command,
              {"--resume-data", "FILE",
               "Keep the bytes of the one task, and write here what haul get --resume-data goes on from"},
              *file);
    on_chosen(command, [tasks, file, &chosen] {
        if (*file && tasks->size() != 1)
            throw UsageError("--resume-data", "is about one task; cancel the others apart from it");
        chosen = [tasks, file](const Console& console) {
            return *file ? cancel_into(console, {tasks->front()}, **file)
                         : control(console, *tasks, &TaskHandle::cancel);
        };
    });
}

}  // namespace

void add_control(CLI::App& app, Command& chosen) {
    add_verb(app, chosen, "suspend", "Stop tasks and keep their bytes", &TaskHandle::suspend);
    add_verb(app, chosen, "resume", "Let suspended tasks go on", &TaskHandle::resume);
    add_cancel(app, chosen);
    add_verb(app, chosen, "remove", "Forget tasks that have ended", &TaskHandle::remove);
}

}  // namespace haul::cli
