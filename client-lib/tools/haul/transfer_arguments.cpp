#include "transfer_arguments.hpp"

#include <chrono>
#include <random>

#include "arguments.hpp"
#include "moments.hpp"
#include "option_values.hpp"

namespace haul::cli {

namespace {

void add_file_options(CLI::App& app, TransferArguments& arguments) {
    auto& options = arguments.options;
    add_parsed<std::uint32_t>(app,
                              {"-x,--connections", "N|auto",
                               "Move parts of the file at the same time (1); auto: as many as bring speed"},
                              arguments.connections, parse_connections, "a number from 1 to 16, or auto");
    add_parsed<Bytes>(app, {"--max-rate", "RATE", "At most so many bytes a second"}, options.max_rate,
                      parse_rate, "a rate; write it like 500K or 2MiB, meant for each second");
    add_parsed<std::string>(
        app,
        {"--if-none-match", "TAG", "Entity tags, with their quotes: only where the server has none of them"},
        arguments.if_none_match, parse_entity_tags,
        "an entity tag; it has quotes of its own, like '\"v17\"'");
    add_value(app, {"--accept-status", "LIST", "Statuses that count as success, like 200-299,404, or any"},
              options.accept_status);
    add_duration(app, "--retry-delay-max", options.retry_delay_max, "It never grows past this");
}

void add_route_options(CLI::App& app, TransferArguments& arguments) {
    auto& options = arguments.options;
    add_choice<Redirects>(
        app, "--redirects", options.redirects,
        {{"follow", Redirects::Follow}, {"same-origin", Redirects::SameOrigin}, {"deny", Redirects::Deny}},
        "Which redirects to follow");
    limit(add_value(app, {"--max-redirects", "N", "How many redirects to follow, 0 to 20 (20)"},
                    options.max_redirects),
          0, 20);
    add_switch(app, "--redirect-headers", options.redirect_headers,
               "Send headers and credentials also where a redirect leads");
    add_switch(app, "--allow-downgrade", options.allow_downgrade, "Follow redirects from https to http");
    add_text(app, {"--proxy", "URL", "A proxy's URL, or none; @FILE reads it from a file"},
             [&options](const std::string& text) { options.proxy = value_or_file("--proxy", text); });
    add_value(app, {"--no-proxy", "LIST", "Hosts and domains to reach without it, comma separated"},
              options.no_proxy);
    add_switch(app, "--cookies", options.cookies, "Keep cookies, together with the rest of the session");
}

void add_trust_options(CLI::App& app, TransferArguments& arguments) {
    auto& options = arguments.options;
    add_list(app, {"-H,--header", "'NAME: VALUE'", "A request header; @FILE reads them from a file"},
             arguments.headers);
    add_value(app, {"-u,--user", "NAME", "Who asks, where the server wants to know"}, arguments.user);
    add_value(app,
              {"--password-file", "FILE",
               "The password's file, - for standard input; without it a terminal is asked"},
              arguments.password_file);
    add_scheme(app, arguments.scheme);
    add_value(app, {"--ca-file", "FILE", "Certificates to trust, PEM"}, options.ca_file);
    add_value(app, {"--cert", "FILE", "Your own certificate, PEM"}, options.client_cert);
    add_value(app, {"--key", "FILE", "Its private key, PEM"}, options.client_key);
    add_value(app, {"--pin", "sha256//BASE64", "Trust only a server with this public key"},
              options.public_key_pin);
}

void add_time_options(CLI::App& app, TransferArguments& arguments) {
    auto& options = arguments.options;
    add_value(app, {"--retries", "N", "Attempts after the first; without it, until --timeout"},
              options.retries);
    add_duration(app, "--retry-delay", options.retry_delay, "Before the second attempt; then it grows");
    add_duration(app, "--request-timeout", options.request_timeout, "Silence that ends an attempt (60s)");
    add_duration(app, "--timeout", options.resource_timeout, "Life of the whole transfer (7d)");
    limit(add_value(app, {"--priority", "P", "0 to 1; higher ones start first"}, options.priority), 0.0, 1.0);
    add_value(app, {"--description", "TEXT", "A text to find it by"}, options.description);
    add_value(app, {"--token", "TEXT", "The same token in the same session is the same task"},
              arguments.token);
}

/// When it may run: "--delay" and "--not-before" say the same.
void add_moment_options(CLI::App& app, TransferArguments& arguments) {
    auto& delay = add_duration(
        app, "--delay",
        [&arguments](std::chrono::microseconds time) { arguments.not_before = wall_now() + time; },
        "Do not begin earlier than in so long");
    auto& not_before = add_parsed<Time>(
        app,
        {"--not-before", "TIME", "Do not begin earlier: 22:00, \"2027-05-01 22:00\", or @SECONDS of 1970"},
        arguments.not_before, [](std::string_view text) { return parse_moment(text, wall_now()); },
        "a time in the local zone, like 22:00, 2027-05-01 or \"2027-05-01 22:00\"");
    exclude(not_before, delay);
    add_value(
        app,
        {"--window", "WINDOW",
         "Only in these parts of the week: 22:00-06:00, or \"Mon-Fri 20:00-24:00; Sat,Sun 00:00-24:00\""},
        arguments.window);
    add_list(app, {"--after", "ID[,ID]", "Not before these tasks have finished"}, arguments.after);
    add_choice<AfterFailure>(app, "--after-failure", arguments.after_failure,
                             {{"cancel", AfterFailure::Cancel}, {"continue", AfterFailure::Continue}},
                             "What to do where one of them does not finish (cancel)");
}

/// On which networks and at which moments it may run.
void add_condition_options(CLI::App& app, TransferOptions& options) {
    add_switch(app, "--expensive,!--no-expensive", options.allow_expensive,
               "Run on networks that cost by the byte (true)");
    add_switch(app, "--constrained,!--no-constrained", options.allow_constrained,
               "Run while data or power is to be saved (true)");
    add_switch(app, "--roaming,!--no-roaming", options.allow_roaming,
               "Run on foreign mobile networks (true)");
    add_switch(app, "--discretionary", options.discretionary, "Wait for a moment that disturbs nobody");
    add_switch(app, "--keep-awake", options.keep_awake, "Keep the machine from sleeping while bytes flow");
}

void make_absolute(std::optional<std::filesystem::path>& path, const std::filesystem::path& here) {
    if (path) path = here / *path;
}

}  // namespace

void add_scheme(CLI::App& app, std::optional<AuthScheme>& scheme) {
    add_choice<AuthScheme>(app, "--scheme", scheme,
                           {{"basic", AuthScheme::Basic},
                            {"digest", AuthScheme::Digest},
                            {"bearer", AuthScheme::Bearer},
                            {"proxy-basic", AuthScheme::ProxyBasic},
                            {"proxy-digest", AuthScheme::ProxyDigest}},
                           "How to prove it (the best that is offered)");
}

void add_transfer_options(CLI::App& app, TransferArguments& arguments) {
    add_file_options(app, arguments);
    add_connection_options(app, arguments);
}

void add_connection_options(CLI::App& app, TransferArguments& arguments) {
    add_route_options(app, arguments);
    add_trust_options(app, arguments);
    add_time_options(app, arguments);
    add_moment_options(app, arguments);
    add_condition_options(app, arguments.options);
}

TransferOptions to_transfer_options(const TransferArguments& arguments, const std::filesystem::path& here) {
    auto options = arguments.options;
    options.headers = parse_headers(arguments.headers);
    make_absolute(options.ca_file, here);
    make_absolute(options.client_cert, here);
    make_absolute(options.client_key, here);
    return options;
}

std::optional<Login> to_login(const TransferArguments& arguments) {
    if (!arguments.user && !arguments.password_file) return std::nullopt;
    Login login{.scheme = arguments.scheme.value_or(AuthScheme::Best),
                .password_file = arguments.password_file};
    const auto user = arguments.user.value_or("");
    const auto colon = user.find(':');
    login.user = user.substr(0, colon);
    if (colon == std::string::npos) return login;
    if (login.password_file)
        throw UsageError("--user", "holds a password already; leave --password-file out, or the password");
    login.secret = user.substr(colon + 1);
    return login;
}

std::vector<TaskId> to_tasks(const std::vector<std::string>& lists) {
    std::vector<TaskId> tasks;
    for (const auto& list : lists) {
        const auto parsed = parse_tasks(list);
        if (!parsed) throw UsageError("--after", "\"" + list + "\" is no list of tasks' numbers, like 3,4");
        tasks.insert(tasks.end(), parsed->begin(), parsed->end());
    }
    return tasks;
}

std::string random_token() {
    std::random_device random;
    std::string token = "haul-";
    for (int i = 0; i < 4; ++i) token += std::to_string(random()) + (i < 3 ? "-" : "");
    return token;
}

}  // namespace haul::cli
