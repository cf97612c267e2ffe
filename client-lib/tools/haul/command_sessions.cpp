#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include "commands.hpp"
#include "haul/client.hpp"
#include "json.hpp"
#include "terminal_text.hpp"

namespace haul::cli {

namespace {

/// What is going on about the session's client: nothing, a wake that it has not completed, or one to come.
std::string wake_of(const SessionDetails& session) {
    if (session.wake.number != 0)
        return "launched " + std::to_string(session.wake_attempts) +
               (session.wake_error.empty() ? "x" : "x, failed");
    return session.next_wake ? "planned" : "-";
}

void print_sessions_text(const std::vector<SessionDetails>& sessions) {
    std::cout << std::setw(8) << "TASKS" << std::setw(8) << "EVENTS"
              << "  " << std::left << std::setw(10) << "ATTACHED" << std::setw(20) << "WAKE"
              << "SESSION\n";
    for (const auto& session : sessions) {
        std::cout << std::right << std::setw(8) << session.tasks << std::setw(8) << session.events << "  "
                  << std::left << std::setw(10) << (session.attached ? "yes" : "no") << std::setw(20)
                  << wake_of(session) << printable(session.identifier)
                  << (session.invalidating ? " (invalidated)" : "") << '\n';
    }
}

void print_sessions_json(const std::vector<SessionDetails>& sessions) {
    auto json = Json::array();
    for (const auto& session : sessions) json.push_back(to_json(session));
    std::cout << to_document(json) << '\n';
}

ExitCode list_sessions(const Console& console) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());
    const auto summaries = client->sessions();
    if (!summaries) return console.fail(summaries.error());

    std::vector<SessionDetails> sessions;
    for (const auto& summary : *summaries) {
        auto details = summary.session.details();
        if (!details) return console.fail(details.error());
        sessions.push_back(std::move(*details));
    }
    if (console.output() == Output::Json) {
        print_sessions_json(sessions);
    } else {
        print_sessions_text(sessions);
    }
    return ExitCode::Done;
}

}  // namespace

void add_sessions(CLI::App& app, Command& chosen) {
    on_chosen(add_command(app, "sessions", "List sessions"), [&chosen] { chosen = list_sessions; });
}

}  // namespace haul::cli
