#include <sys/types.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "commands.hpp"
#include "destination.hpp"
#include "haul/client.hpp"
#include "interrupt.hpp"
#include "json.hpp"
#include "leftovers.hpp"
#include "patience.hpp"
#include "progress.hpp"
#include "watch.hpp"

namespace haul::cli {

namespace {

/// The command line of one `haul get`.
struct GetArguments {
    std::string url;
    std::string output;
    std::optional<std::string> session;
    std::vector<std::string> headers;
    std::optional<std::chrono::microseconds> delay;
    std::optional<std::string> mode;
    bool detach = false;
    bool replace = false;
    bool rename = false;
    bool quiet = false;
    DownloadOptions options;
};

/// So that a creation whose reply was lost can be asked for again without making a second task.
std::string random_token() {
    std::random_device random;
    std::string token = "haul-get-";
    for (int i = 0; i < 4; ++i) token += std::to_string(random()) + (i < 3 ? "-" : "");
    return token;
}

void complete(GetArguments& arguments) {
    auto& options = arguments.options;
    std::error_code failure;
    const auto here = std::filesystem::current_path(failure);
    if (failure && !std::filesystem::path(arguments.output).is_absolute()) {
        throw CLI::ValidationError("-o", "the current directory is gone; give an absolute path");
    }
    options.destination = destination_of(arguments.url, arguments.output, here);
    options.transfer.headers = parse_headers(arguments.headers);
    if (arguments.replace) options.if_exists = IfExists::Replace;
    if (arguments.rename) options.if_exists = IfExists::Rename;
    if (arguments.mode) options.mode = static_cast<std::uint32_t>(std::stoul(*arguments.mode, nullptr, 8));
    if (arguments.delay) {
        options.not_before = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) +
                             *arguments.delay;
    }
    if (options.transfer.ca_file) options.transfer.ca_file = here / *options.transfer.ca_file;
    if (!options.token) options.token = random_token();
    options.start = Start::AtOnce;
}

ExitCode report_detached(const Console& console, const Task& task, const GetArguments& arguments) {
    if (console.output() == Output::Json) {
        Json json;
        json["id"] = task.id().number;
        json["task"] = task.path();
        json["destination"] = arguments.options.destination->string();
        std::cout << to_document(json) << '\n';
    } else {
        std::cout << task.id().number << '\n';
    }
    return ExitCode::Done;
}

ExitCode report_interrupt(const Console& console, TaskId id) {
    const auto number = std::to_string(id.number);
    console.note("interrupted; the download goes on in the background as task " + number);
    console.note("  " + console.command("wait " + number) + "    to see it through");
    console.note("  " + console.command("cancel " + number) + "  to call it off");
    return ExitCode::Interrupted;
}

void report_failure(const Console& console, TaskId id) {
    const auto number = std::to_string(id.number);
    console.note("  " + console.command("show " + number) + "    tells all about it");
    console.note("  " + console.command("remove " + number) + "  forgets it");
}

/// The ended task is of no more use, and neither are its events where nobody else reads the queue. The file
/// is there: what fails here is no failure of the download.
void tidy(const Client& client, const Session& session, const Task& task) {
    if (!task.remove()) return;
    if (session.identifier() == kDefaultSession) (void)acknowledge_leftovers(client, session);
}

ExitCode get(const Console& console, const GetArguments& arguments) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());
    const Interrupt interrupt;
    Patience patience(interrupt, [&](std::string_view text) { console.note(text); });
    const auto identifier = arguments.session.value_or(std::string(kDefaultSession));
    const auto session = patience.ask_first([&] { return client->open_session(identifier); });
    if (!session) return console.fail(session.error());
    const auto task =
        patience.ask([&] { return session->create_download(arguments.url, arguments.options); });
    if (!task && interrupt.is_requested()) {
        console.note("interrupted before the daemon answered; \"" + console.command("list") +
                     "\" shows what it made");
        return ExitCode::Interrupted;
    }
    if (!task) return console.fail(task.error());
    if (arguments.detach) return report_detached(console, *task, arguments);

    const auto view = make_progress_view(console, arguments.quiet ? Verbosity::Quiet : Verbosity::Usual);
    Watch watch(console, *view, interrupt);
    const auto code = watch.run({*task});
    if (code == ExitCode::Interrupted) return report_interrupt(console, task->id());
    if (code == ExitCode::TaskFailed) report_failure(console, task->id());
    if (code == ExitCode::Done) tidy(*client, *session, *task);
    return code;
}

void add_transfer_options(CLI::App& command, GetArguments& arguments) {
    auto& transfer = arguments.options.transfer;
    command.add_option("-H,--header", arguments.headers, "A request header; @FILE reads them from a file")
        ->type_name("'NAME: VALUE'")
        ->take_all()
        ->allow_extra_args(false);
    command
        .add_option("--retries", transfer.retries, "Attempts after the first; without it, until --timeout")
        ->type_name("N");
    add_duration(command, "--retry-delay", transfer.retry_delay, "Before the second attempt; then it grows");
    add_duration(command, "--retry-delay-max", transfer.retry_delay_max, "It never grows past this");
    add_duration(command, "--request-timeout", transfer.request_timeout,
                 "Silence that ends an attempt (60s)");
    add_duration(command, "--timeout", transfer.resource_timeout, "Life of the whole download (7d)");
    command.add_option("--priority", transfer.priority, "0 to 1; higher ones start first")
        ->check(CLI::Range(0.0, 1.0))
        ->type_name("P");
    add_choice<Redirects>(
        command, "--redirects", transfer.redirects,
        {{"follow", Redirects::Follow}, {"same-origin", Redirects::SameOrigin}, {"deny", Redirects::Deny}},
        "Which redirects to follow");
    command.add_option("--ca-file", transfer.ca_file, "Certificates to trust, PEM")->type_name("FILE");
    command.add_option("--description", transfer.description, "A text to find it by")->type_name("TEXT");
}

}  // namespace

void add_get(CLI::App& app, Command& chosen) {
    auto arguments = std::make_shared<GetArguments>();
    auto* command = app.add_subcommand("get", "Download a file and show its progress");
    command->add_option("URL", arguments->url, "What to fetch, http or https")->required()->type_name("");
    command->add_option("-o,--output", arguments->output, "The file to make, or the directory to make it in")
        ->type_name("FILE|DIR");
    auto* replace = command->add_flag("--replace", arguments->replace, "Replace a file that is there");
    command->add_flag("--rename", arguments->rename, "Pick a free name where a file is there")
        ->excludes(replace);
    command->add_option("-s,--session", arguments->session, "The session that the task belongs to")
        ->type_name("ID");
    command->add_flag("-d,--detach", arguments->detach, "Print the task's number and leave");
    command->add_flag("-q,--quiet", arguments->quiet, "Show errors only");
    add_transfer_options(*command, *arguments);
    add_bytes(*command, "--max-size", arguments->options.max_size, "Fail where the file is longer");
    add_bytes(*command, "--expected-size", arguments->options.expected_size,
              "Fail where the file has another length");
    add_duration(*command, "--delay", arguments->delay, "Do not begin earlier than in so long");
    command->add_option("--mode", arguments->mode, "Permissions of the file, octal")
        ->check(CLI::Validator(
            [](const std::string& text) {
                const bool is_octal = !text.empty() && text.size() <= 4 &&
                                      text.find_first_not_of("01234567") == std::string::npos;
                return is_octal ? std::string() : "\"" + text + "\" is no octal mode such as 0640";
            },
            ""))
        ->type_name("MODE");
    command
        ->add_option("--token", arguments->options.token,
                     "The same token in the same session is the same task")
        ->type_name("TEXT");
    command->callback([arguments, &chosen] {
        complete(*arguments);
        chosen = [arguments](const Console& console) { return get(console, *arguments); };
    });
}

}  // namespace haul::cli
