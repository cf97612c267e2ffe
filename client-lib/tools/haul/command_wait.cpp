#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "arguments.hpp"
#include "commands.hpp"
#include "haul/client.hpp"
#include "interrupt.hpp"
#include "patience.hpp"
#include "progress.hpp"
#include "watch.hpp"

namespace haul::cli {

namespace {

struct WaitArguments {
    std::vector<std::uint64_t> tasks;
    bool quiet = false;
};

ExitCode wait(const Console& console, const WaitArguments& arguments) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());

    const Interrupt interrupt;
    Patience patience(interrupt, [&](std::string_view text) { console.note(text); });
    auto code = ExitCode::Done;
    std::vector<TaskHandle> tasks;
    for (const auto number : arguments.tasks) {
        const auto task = patience.ask_first([&] { return client->find_task({number}); });
        if (task) {
            tasks.push_back(*task);
            continue;
        }
        code = worst_of(code, console.fail({number}, task.error()));
        if (code == ExitCode::Unreachable) return code;
    }

    const auto view = make_progress_view(console, arguments.quiet ? Verbosity::Quiet : Verbosity::Usual);
    const auto watched = Watch(console, *view, interrupt).run(tasks);
    if (watched == ExitCode::Interrupted) {
        console.note("interrupted; what was being waited for goes on in the background");
        return watched;
    }
    return worst_of(code, watched);
}

}  // namespace

void add_wait(CLI::App& app, Command& chosen) {
    auto arguments = std::make_shared<WaitArguments>();
    auto& command = add_command(app, "wait", "Wait for the end of tasks and show their progress");
    add_tasks(command, arguments->tasks);
    add_flag(command, "-q,--quiet", arguments->quiet, "Show errors only");
    on_chosen(command, [arguments, &chosen] {
        chosen = [arguments](const Console& console) { return wait(console, *arguments); };
    });
}

}  // namespace haul::cli
