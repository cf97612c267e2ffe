#include "errand.hpp"

#include <cstddef>
#include <iostream>
#include <map>
#include <utility>

#include "credential_desk.hpp"
#include "credential_input.hpp"
#include "interrupt.hpp"
#include "leftovers.hpp"
#include "patience.hpp"
#include "watch.hpp"

namespace haul::cli {

namespace {

/// How many tasks are named one by one before a list is the better answer.
constexpr std::size_t kMostNamed = 10;

std::string noun_of(const Errand& errand) {
    return std::string(to_string(errand.kind));
}

Json receipt(const TaskHandle& task, const Json& report) {
    Json json;
    json["id"] = task.id().number;
    json["task"] = task.path();
    json.update(report);
    return json;
}

ExitCode report_detached(const Console& console, const std::vector<TaskHandle>& tasks, const Errand& errand) {
    if (console.output() == Output::Text) {
        for (const auto& task : tasks) std::cout << task.id().number << '\n';
        return ExitCode::Done;
    }
    auto all = Json::array();
    for (std::size_t at = 0; at < tasks.size(); ++at) all.push_back(receipt(tasks[at], errand.reports[at]));
    std::cout << to_document(tasks.size() == 1 ? all.front() : all) << '\n';
    return ExitCode::Done;
}

std::string numbers_of(const std::vector<TaskId>& tasks) {
    std::string text;
    for (const auto& id : tasks) text += (text.empty() ? "" : " ") + std::to_string(id.number);
    return text;
}

ExitCode report_interrupt(const Console& console, const Errand& errand, const std::vector<TaskId>& tasks) {
    const auto numbers = numbers_of(tasks);
    if (tasks.size() > kMostNamed) {
        console.note("interrupted; " + std::to_string(tasks.size()) + " " + noun_of(errand) +
                     "s go on in the background");
        console.note("  " + console.command("list") + "    shows them");
        return ExitCode::Interrupted;
    }
    console.note("interrupted; the " + noun_of(errand) + " goes on in the background as task " + numbers);
    console.note("  " + console.command("wait " + numbers) + "    to see it through");
    console.note("  " + console.command("cancel " + numbers) + "  to call it off");
    return ExitCode::Interrupted;
}

void report_failures(const Console& console, const Errand& errand, const std::vector<TaskId>& tasks) {
    if (tasks.size() > kMostNamed) {
        console.note(std::to_string(tasks.size()) + " " + noun_of(errand) + "s failed");
        console.note("  " + console.command("list --long --state=failed") + "    shows them");
        return;
    }
    for (const auto& task : tasks) {
        console.note("  " + console.command("show " + std::to_string(task.number)) +
                     "    tells all about it");
    }
    if (!tasks.empty())
        console.note("  " + console.command("remove " + numbers_of(tasks)) + "  forgets " +
                     (tasks.size() == 1 ? "it" : "them"));
}

/// The credentials of the tasks that want one, in their order. Each secret is read once, also where several
/// share it: standard input has it once, and nobody wants to type it again.
Result<std::vector<std::optional<Credential>>> read_credentials(
    const std::vector<std::optional<Login>>& logins) {
    std::map<std::pair<std::string, std::string>, Credential> known;
    std::vector<std::optional<Credential>> credentials;
    for (const auto& login : logins) {
        credentials.emplace_back();
        if (!login) continue;
        if (login->secret) {
            credentials.back() =
                Credential{.scheme = login->scheme, .user = login->user, .secret = *login->secret};
            continue;
        }
        const std::pair key(login->user, login->password_file.value_or("").string());
        auto place = known.find(key);
        if (place == known.end()) {
            auto credential = read_credential(login->scheme, login->user, login->password_file);
            if (!credential) return tl::unexpected(std::move(credential.error()));
            place = known.emplace(key, std::move(*credential)).first;
        }
        credentials.back() = place->second;
        credentials.back()->scheme = login->scheme;
    }
    return credentials;
}

/// Gives the tasks that wait for it their credential, and lets them go.
Result<void> start(const std::vector<TaskHandle>& tasks,
                   const std::vector<std::optional<Credential>>& credentials, Patience& patience) {
    for (std::size_t at = 0; at < tasks.size(); ++at) {
        if (!credentials[at]) continue;
        const auto& task = tasks[at];
        auto done = patience.ask([&] { return task.provide_credential(*credentials[at]); });
        if (done) done = patience.ask([&] { return task.resume(); });
        if (!done) return done;
    }
    return {};
}

/// Follows the tasks to their ends. A finished one is forgotten at once, as it is of no more use; so are, at
/// the end, the events of the forgotten where nobody else reads the queue. The work is done: what fails in
/// this is no failure of the task.
ExitCode follow_tasks(const Console& console, const Client& client, const SessionHandle& session,
                      const Interrupt& interrupt, const std::vector<TaskHandle>& tasks,
                      const Errand& errand) {
    const auto view =
        make_progress_view(console, errand.arguments.quiet ? Verbosity::Quiet : Verbosity::Usual);
    CredentialDesk desk(console, *view, session);
    std::vector<TaskId> failed;
    auto trouble = ExitCode::Done;
    bool is_tidy = false;
    const auto on_end = [&](const TaskHandle& task, const TaskDetails& details) {
        const auto told = errand.on_end ? errand.on_end(task, details) : Result<void>();
        if (!told) {
            view->close();
            trouble = worst_of(trouble, console.fail(task.id(), told.error()));
        }
        if (details.state != TaskState::Finished) {
            failed.push_back(task.id());
        } else if (told) {
            is_tidy = task.remove().has_value() || is_tidy;
        }
    };
    Watch watch(
        console, *view, interrupt,
        {
            .session = session,
            .on_challenge = [&](const TaskHandle& task,
                                const TaskDetails& details) { return desk.on_challenge(task, details); },
            .on_end = on_end,
        });
    const auto watched = watch.run(tasks);
    const auto code = worst_of(watched, trouble);
    if (is_tidy && session.identifier() == kDefaultSession) (void)acknowledge_leftovers(client, session);
    report_failures(console, errand, failed);
    return code == ExitCode::Interrupted ? report_interrupt(console, errand, watch.pending()) : code;
}

}  // namespace

void add_errand_options(CLI::App& command, ErrandArguments& arguments) {
    add_value(command, {"-s,--session", "ID", "The session that the tasks belong to"}, arguments.session);
    add_flag(command, "-d,--detach", arguments.detach, "Print the tasks' numbers and leave");
    add_flag(command, "-q,--quiet", arguments.quiet, "Show errors only");
}

ExitCode run(const Console& console, const Errand& errand) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());
    const Interrupt interrupt;  // first of all: an interrupt must not leave a terminal without its echo
    const auto credentials = read_credentials(errand.logins);
    if (interrupt.is_requested()) return ExitCode::Interrupted;
    if (!credentials) {
        console.fail(credentials.error());
        return ExitCode::Usage;
    }
    Patience patience(interrupt, [&](std::string_view text) { console.note(text); });
    const auto identifier = errand.arguments.session.value_or(std::string(kDefaultSession));
    const auto session = patience.ask_first([&] { return client->open_session(identifier); });
    if (!session) return console.fail(session.error());
    const auto tasks = patience.ask([&] { return errand.create(*session); });
    if (!tasks && interrupt.is_requested()) {
        console.note("interrupted before the daemon answered; \"" + console.command("list") +
                     "\" shows what it made");
        return ExitCode::Interrupted;
    }
    if (!tasks) return console.fail(tasks.error());
    if (const auto started = start(*tasks, *credentials, patience); !started)
        return console.fail(started.error());
    if (errand.arguments.detach) return report_detached(console, *tasks, errand);
    if (errand.follow) {
        return errand.follow(
            {.client = *client, .session = *session, .interrupt = interrupt, .patience = patience}, *tasks);
    }
    return follow_tasks(console, *client, *session, interrupt, *tasks, errand);
}

}  // namespace haul::cli
