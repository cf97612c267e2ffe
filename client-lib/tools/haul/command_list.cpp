#include <cstdio>
#include <iomanip>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "commands.hpp"
#include "haul/client.hpp"
#include "json.hpp"
#include "terminal_text.hpp"
#include "units.hpp"

namespace haul::cli {

namespace {

struct ListArguments {
    std::optional<TaskState> state;
    std::optional<std::string> session;
    bool long_form = false;
};

/// One task of a list; the details only in the long form.
struct Row {
    const SessionHandle& session;
    const TaskSummary& summary;
    const TaskDetails* details;
};

Colour colour_of(TaskState state) {
    switch (state) {
        case TaskState::Suspended:
        case TaskState::Waiting:
            return Colour::Plain;
        case TaskState::Running:
        case TaskState::Publishing:
            return Colour::Active;
        case TaskState::Finished:
            return Colour::Good;
        case TaskState::Failed:
        case TaskState::Cancelled:
            return Colour::Bad;
    }
    return Colour::Plain;
}

/// Where from and where to; a WebSocket has one end alone.
std::pair<std::string, std::string> ends_of(const TaskDetails& details) {
    if (details.kind == TaskKind::WebSocket) return {details.url, {}};
    if (details.upload) return {details.upload->file.empty() ? "(spool)" : details.upload->file, details.url};
    return {details.url, details.destination.empty() ? "(spool)" : details.destination};
}

void print_heading() {
    std::cout << std::right << std::setw(8) << "ID"
              << "  " << std::left << std::setw(11) << "STATE" << std::setw(10) << "KIND" << std::right
              << std::setw(9) << "DONE" << std::setw(10) << "SIZE"
              << "  SESSION\n";
}

void print_row_text(const Console& console, const Row& row) {
    const auto& task = row.summary;
    std::ostringstream state;
    state << std::left << std::setw(11) << to_string(task.state);
    std::cout << std::right << std::setw(8) << task.id.number << "  "
              << console.coloured(colour_of(task.state), state.str()) << std::left << std::setw(10)
              << to_string(task.kind) << std::right << std::setw(9) << format_bytes(task.bytes_done)
              << std::setw(10) << (task.bytes_total ? format_bytes(*task.bytes_total) : "?") << "  "
              << printable(row.session.identifier());
    if (!task.reason.empty()) std::cout << "  " << printable(task.reason);
    if (row.details) {
        const auto [from, to] = ends_of(*row.details);
        std::cout << "  " << printable(from);
        if (!to.empty()) std::cout << "  " << printable(to);
    }
    std::cout << '\n';
}

void print_row_json(const Row& row) {
    auto json = row.details ? to_json(*row.details) : to_json(row.summary);
    json["session"] = row.session.identifier();
    std::cout << to_line(json) << '\n';
}

void print_row(const Console& console, const Row& row) {
    if (console.output() == Output::Json) {
        print_row_json(row);
    } else {
        print_row_text(console, row);
    }
}

/// Prints a session's tasks page by page, each as soon as it is there.
Result<void> print_session(const Console& console, const Client& client, const SessionHandle& session,
                           const ListArguments& arguments) {
    TaskQuery query{.state = arguments.state};
    while (true) {
        const auto page = session.tasks(query);
        if (!page) return tl::unexpected(page.error());
        if (page->empty()) return {};
        for (const auto& summary : *page) {
            std::optional<TaskDetails> details;
            if (arguments.long_form) {
                auto answer = client.task(summary.id).details();
                if (!answer && answer.error().code == ErrorCode::NoSuchTask) continue;  // removed meanwhile
                if (!answer) return tl::unexpected(answer.error());
                details = std::move(*answer);
            }
            print_row(console,
                      {.session = session, .summary = summary, .details = details ? &*details : nullptr});
        }
        if (auto written = console.flush(); !written) return written;
        query.after = page->back().id;
    }
}

Result<std::vector<SessionHandle>> sessions_of(const Client& client, const ListArguments& arguments) {
    if (arguments.session) {
        return client.find_session(*arguments.session).map([](const SessionHandle& session) {
            return std::vector{session};
        });
    }
    return client.sessions().map([](const std::vector<SessionSummary>& summaries) {
        std::vector<SessionHandle> sessions;
        sessions.reserve(summaries.size());
        for (const auto& summary : summaries) sessions.push_back(summary.session);
        return sessions;
    });
}

ExitCode list(const Console& console, const ListArguments& arguments) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());
    const auto sessions = sessions_of(*client, arguments);
    if (!sessions) return console.fail(sessions.error());
    if (console.output() == Output::Text) print_heading();
    for (const auto& session : *sessions) {
        const auto done = print_session(console, *client, session, arguments);
        if (!done) return console.fail(done.error());
    }
    return ExitCode::Done;
}

}  // namespace

void add_list(CLI::App& app, Command& chosen) {
    auto arguments = std::make_shared<ListArguments>();
    auto& command = add_command(app, "list", "List tasks");
    add_choice<TaskState>(command, "--state", arguments->state,
                          {{"suspended", TaskState::Suspended},
                           {"waiting", TaskState::Waiting},
                           {"running", TaskState::Running},
                           {"publishing", TaskState::Publishing},
                           {"finished", TaskState::Finished},
                           {"failed", TaskState::Failed},
                           {"cancelled", TaskState::Cancelled}},
                          "Only tasks in this state");
    add_value(command, {"-s,--session", "ID", "Only tasks of this session"}, arguments->session);
    add_flag(command, "-l,--long", arguments->long_form,
             "Also where from and where to; asks once for each task");
    on_chosen(command, [arguments, &chosen] {
        chosen = [arguments](const Console& console) { return list(console, *arguments); };
    });
}

}  // namespace haul::cli
