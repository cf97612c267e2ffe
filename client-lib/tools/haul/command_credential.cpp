#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "commands.hpp"
#include "credential_desk.hpp"
#include "credential_input.hpp"
#include "haul/client.hpp"
#include "interrupt.hpp"
#include "json.hpp"
#include "secret.hpp"
#include "sentences.hpp"
#include "transfer_arguments.hpp"

namespace haul::cli {

namespace {

struct CredentialArguments {
    std::uint64_t task = 0;
    std::optional<AuthScheme> scheme = {};
    std::string user = {};
    std::optional<std::filesystem::path> password_file = {};
};

/// Who is asking, for somebody who is about to type a password.
void tell_challenge(const Console& console, const Client& client, const TaskHandle& task) {
    const auto details = task.details();
    const auto sessions = client.sessions();
    if (!details || !sessions || !is_blocked_by_credentials(*details)) return;
    for (const auto& summary : *sessions) {
        if (summary.session.path() == details->session_path)
            console.note(question(*details, find_challenge(summary.session, task.id())));
    }
}

ExitCode provide(const Console& console, const CredentialArguments& arguments) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());
    const auto task = client->find_task({arguments.task});
    if (!task) return console.fail({arguments.task}, task.error());
    if (!arguments.password_file && can_ask()) tell_challenge(console, *client, *task);
    const Interrupt interrupt;  // which must not leave the terminal without its echo
    const auto credential =
        read_credential(arguments.scheme.value_or(AuthScheme::Best), arguments.user, arguments.password_file);
    if (interrupt.is_requested()) return ExitCode::Interrupted;
    if (!credential) {
        console.fail(credential.error());
        return ExitCode::Usage;
    }
    const auto done = task->provide_credential(*credential);
    if (!done) return console.fail(task->id(), done.error());
    if (console.output() == Output::Json)
        std::cout << to_document(Json{{"id", arguments.task}, {"done", true}}) << '\n';
    return ExitCode::Done;
}

}  // namespace

void add_credential(CLI::App& app, Command& chosen) {
    auto arguments = std::make_shared<CredentialArguments>();
    auto& command = add_command(app, "credential", "Give a task the password or token that it waits for");
    add_task(command, arguments->task);
    add_value(command, {"-u,--user", "NAME", "Whose password it is; without it a terminal is asked"},
              arguments->user);
    add_value(command,
              {"--password-file", "FILE",
               "The secret's file, - for standard input; without it a terminal is asked"},
              arguments->password_file);
    add_scheme(command, arguments->scheme);
    on_chosen(command, [arguments, &chosen] {
        chosen = [arguments](const Console& console) { return provide(console, *arguments); };
    });
}

}  // namespace haul::cli
