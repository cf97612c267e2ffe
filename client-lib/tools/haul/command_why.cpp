#include <cstdint>
#include <iostream>
#include <memory>
#include <vector>

#include "arguments.hpp"
#include "commands.hpp"
#include "explanation.hpp"
#include "haul/client.hpp"
#include "json.hpp"
#include "moments.hpp"
#include "terminal_text.hpp"

namespace haul::cli {

namespace {

/// Where they are in their lives; a task has few of them.
std::vector<Predecessor> ask_predecessors(const Client& client, const TaskDetails& details) {
    std::vector<Predecessor> predecessors;
    for (const auto id : predecessors_of(details)) {
        const auto known = client.task(id).details();
        predecessors.push_back({.id = id, .state = known ? std::optional(known->state) : std::nullopt});
    }
    return predecessors;
}

Json why_json(const TaskDetails& details, const std::vector<Predecessor>& predecessors,
              const std::vector<std::string>& lines) {
    const auto all = to_json(details);
    Json json;
    for (const char* key : {"id", "kind", "state", "blocked-by", "why", "next-attempt", "reason", "error",
                            "error-text", "ended"}) {
        if (const auto place = all.find(key); place != all.end()) json[key] = *place;
    }
    for (const auto& [id, state] : predecessors) {
        json["after"].push_back(
            Json{{"id", id.number}, {"state", state ? Json(to_string(*state)) : Json(nullptr)}});
    }
    json["sentences"] = lines;
    return json;
}

ExitCode tell_why(const Console& console, TaskId id) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());
    const auto details = client->task(id).details();
    if (!details) return console.fail(id, details.error());
    const auto predecessors = details->state == TaskState::Waiting ? ask_predecessors(*client, *details)
                                                                   : std::vector<Predecessor>();
    const auto lines = explanation(*details, predecessors, wall_now());
    if (console.output() == Output::Json) {
        std::cout << to_document(why_json(*details, predecessors, lines)) << '\n';
    } else {
        for (const auto& line : lines) std::cout << printable(line) << '\n';
    }
    return ExitCode::Done;
}

}  // namespace

void add_why(CLI::App& app, Command& chosen) {
    auto number = std::make_shared<std::uint64_t>();
    auto& command = add_command(app, "why", "Tell why a task is not running, and when it will be tried");
    add_task(command, *number);
    on_chosen(command, [number, &chosen] {
        chosen = [number](const Console& console) { return tell_why(console, {*number}); };
    });
}

}  // namespace haul::cli
