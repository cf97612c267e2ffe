#include <algorithm>
#include <cstddef>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "credential_desk.hpp"
#include "credential_input.hpp"
#include "get_arguments.hpp"
#include "haul/client.hpp"
#include "interrupt.hpp"
#include "json.hpp"
#include "leftovers.hpp"
#include "patience.hpp"
#include "progress.hpp"
#include "watch.hpp"

namespace haul::cli {

namespace {

/// How many tasks are named one by one before a list is the better answer.
constexpr std::size_t kMostNamed = 10;

/// `haul get`, understood.
struct Order {
    std::vector<Job> jobs;
    std::string session;
    bool is_detached;
    Verbosity verbosity;
};

Json to_json(const Task& task, const Job& job) {
    Json json;
    json["id"] = task.id().number;
    json["task"] = task.path();
    json["destination"] = job.request.options.destination->string();
    return json;
}

ExitCode report_detached(const Console& console, const std::vector<Task>& tasks, const Order& order) {
    if (console.output() == Output::Text) {
        for (const auto& task : tasks) std::cout << task.id().number << '\n';
        return ExitCode::Done;
    }
    auto report = Json::array();
    for (std::size_t at = 0; at < tasks.size(); ++at) report.push_back(to_json(tasks[at], order.jobs[at]));
    std::cout << to_document(tasks.size() == 1 ? report.front() : report) << '\n';
    return ExitCode::Done;
}

std::string numbers_of(const std::vector<TaskId>& tasks) {
    std::string text;
    for (const auto& id : tasks) text += (text.empty() ? "" : " ") + std::to_string(id.number);
    return text;
}

ExitCode report_interrupt(const Console& console, const std::vector<TaskId>& tasks) {
    const auto numbers = numbers_of(tasks);
    if (tasks.size() > kMostNamed) {
        console.note("interrupted; " + std::to_string(tasks.size()) + " downloads go on in the background");
        console.note("  " + console.command("list") + "    shows them");
        return ExitCode::Interrupted;
    }
    console.note("interrupted; the download goes on in the background as task " + numbers);
    console.note("  " + console.command("wait " + numbers) + "    to see it through");
    console.note("  " + console.command("cancel " + numbers) + "  to call it off");
    return ExitCode::Interrupted;
}

void report_failures(const Console& console, const std::vector<TaskId>& tasks) {
    if (tasks.size() > kMostNamed) {
        console.note(std::to_string(tasks.size()) + " downloads failed");
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

/// The credentials of the jobs that have one, in their order. Each secret is read once, also where several
/// jobs share it: standard input has it once, and nobody wants to type it again.
Result<std::vector<std::optional<Credential>>> read_credentials(const std::vector<Job>& jobs) {
    std::map<std::pair<std::string, std::string>, Credential> known;
    std::vector<std::optional<Credential>> credentials;
    for (const auto& job : jobs) {
        credentials.emplace_back();
        if (!job.login) continue;
        const auto& login = *job.login;
        if (login.secret) {
            credentials.back() =
                Credential{.scheme = login.scheme, .user = login.user, .secret = *login.secret};
            continue;
        }
        const std::pair key(login.user, login.password_file.value_or("").string());
        auto place = known.find(key);
        if (place == known.end()) {
            auto credential = read_credential(login.scheme, login.user, login.password_file);
            if (!credential) return tl::unexpected(std::move(credential.error()));
            place = known.emplace(key, std::move(*credential)).first;
        }
        credentials.back() = place->second;
        credentials.back()->scheme = login.scheme;
    }
    return credentials;
}

/// All of the tasks in one commit, or none.
Result<std::vector<Task>> create(const Session& session, const std::vector<Job>& jobs) {
    if (jobs.size() == 1) {
        return session.create_download(jobs.front().request.url, jobs.front().request.options)
            .map([](Task&& task) { return std::vector{std::move(task)}; });
    }
    std::vector<DownloadRequest> requests;
    requests.reserve(jobs.size());
    for (const auto& job : jobs) requests.push_back(job.request);
    return session.create_downloads(requests);
}

/// Gives the tasks that wait for it their credential, and lets them go.
Result<void> start(const std::vector<Task>& tasks, const std::vector<std::optional<Credential>>& credentials,
                   Patience& patience) {
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
/// the end, the events of the forgotten where nobody else reads the queue. The file is there: what fails in
/// this is no failure of the download.
ExitCode follow(const Console& console, const Client& client, const Session& session,
                const Interrupt& interrupt, const std::vector<Task>& tasks, Verbosity verbosity) {
    const auto view = make_progress_view(console, verbosity);
    CredentialDesk desk(console, *view, session);
    std::vector<TaskId> failed;
    bool is_tidy = false;
    Watch watch(
        console, *view, interrupt,
        {
            .session = session,
            .on_challenge = [&](const Task& task,
                                const TaskDetails& details) { return desk.on_challenge(task, details); },
            .on_end =
                [&](const Task& task, const TaskDetails& details) {
                    if (details.state == TaskState::Finished) {
                        is_tidy = task.remove().has_value() || is_tidy;
                    } else {
                        failed.push_back(task.id());
                    }
                },
        });
    const auto code = watch.run(tasks);
    if (is_tidy && session.identifier() == kDefaultSession) (void)acknowledge_leftovers(client, session);
    report_failures(console, failed);
    return code == ExitCode::Interrupted ? report_interrupt(console, watch.pending()) : code;
}

ExitCode get(const Console& console, const Order& order) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());
    const Interrupt interrupt;  // first of all: an interrupt must not leave a terminal without its echo
    const auto credentials = read_credentials(order.jobs);
    if (interrupt.is_requested()) return ExitCode::Interrupted;
    if (!credentials) {
        console.fail(credentials.error());
        return ExitCode::Usage;
    }
    Patience patience(interrupt, [&](std::string_view text) { console.note(text); });
    const auto session = patience.ask_first([&] { return client->open_session(order.session); });
    if (!session) return console.fail(session.error());
    const auto tasks = patience.ask([&] { return create(*session, order.jobs); });
    if (!tasks && interrupt.is_requested()) {
        console.note("interrupted before the daemon answered; \"" + console.command("list") +
                     "\" shows what it made");
        return ExitCode::Interrupted;
    }
    if (!tasks) return console.fail(tasks.error());
    if (const auto started = start(*tasks, *credentials, patience); !started)
        return console.fail(started.error());
    if (order.is_detached) return report_detached(console, *tasks, order);
    return follow(console, *client, *session, interrupt, *tasks, order.verbosity);
}

}  // namespace

void add_get(CLI::App& app, Command& chosen) {
    auto arguments = std::make_shared<GetArguments>();
    auto* command = app.add_subcommand("get", "Download files and show their progress");
    add_get_options(*command, *arguments);
    command->callback([arguments, command, &chosen] {
        auto order = std::make_shared<Order>(Order{
            .jobs = to_jobs(*command, *arguments),
            .session = arguments->session.value_or(std::string(kDefaultSession)),
            .is_detached = arguments->detach,
            .verbosity = arguments->quiet ? Verbosity::Quiet : Verbosity::Usual,
        });
        chosen = [order](const Console& console) { return get(console, *order); };
    });
}

}  // namespace haul::cli
