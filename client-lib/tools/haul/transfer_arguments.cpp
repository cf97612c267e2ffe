#include "transfer_arguments.hpp"

#include <random>

#include "arguments.hpp"
#include "option_values.hpp"

namespace haul::cli {

namespace {

void add_route_options(CLI::App& app, TransferArguments& arguments) {
    auto& options = arguments.options;
    add_parsed<std::uint32_t>(app, "-x,--connections", arguments.connections, parse_connections,
                              "a number from 1 to 16, or auto",
                              "Move parts of the file at the same time (1); auto: as many as bring speed")
        ->type_name("N|auto");
    add_parsed<Bytes>(app, "--max-rate", options.max_rate, parse_rate,
                      "a rate; write it like 500K or 2MiB, meant for each second",
                      "At most so many bytes a second")
        ->type_name("RATE");
    add_choice<Redirects>(
        app, "--redirects", options.redirects,
        {{"follow", Redirects::Follow}, {"same-origin", Redirects::SameOrigin}, {"deny", Redirects::Deny}},
        "Which redirects to follow");
    app.add_option("--max-redirects", options.max_redirects, "How many redirects to follow, 0 to 20 (20)")
        ->check(CLI::Range(0, 20))
        ->type_name("N");
    add_switch(app, "--redirect-headers", options.redirect_headers,
               "Send headers and credentials also where a redirect leads");
    add_switch(app, "--allow-downgrade", options.allow_downgrade, "Follow redirects from https to http");
    app.add_option_function<std::string>(
           "--proxy", [&options](const std::string& text) { options.proxy = value_or_file("--proxy", text); },
           "A proxy's URL, or none; @FILE reads it from a file")
        ->type_name("URL");
    app.add_option("--no-proxy", options.no_proxy, "Hosts and domains to reach without it, comma separated")
        ->type_name("LIST");
    add_switch(app, "--cookies", options.cookies, "Keep cookies, together with the rest of the session");
    add_parsed<std::string>(app, "--if-none-match", arguments.if_none_match, parse_entity_tags,
                            "an entity tag; it has quotes of its own, like '\"v17\"'",
                            "Entity tags, with their quotes: only where the server has none of them")
        ->type_name("TAG");
    app.add_option("--accept-status", options.accept_status,
                   "Statuses that count as success, like 200-299,404, or any")
        ->type_name("LIST");
}

void add_trust_options(CLI::App& app, TransferArguments& arguments) {
    auto& options = arguments.options;
    app.add_option("-H,--header", arguments.headers, "A request header; @FILE reads them from a file")
        ->type_name("'NAME: VALUE'")
        ->take_all()
        ->allow_extra_args(false);
    app.add_option("-u,--user", arguments.user, "Who asks, where the server wants to know")
        ->type_name("NAME");
    app.add_option("--password-file", arguments.password_file,
                   "The password's file, - for standard input; without it a terminal is asked")
        ->type_name("FILE");
    add_scheme(app, arguments.scheme);
    app.add_option("--ca-file", options.ca_file, "Certificates to trust, PEM")->type_name("FILE");
    app.add_option("--cert", options.client_cert, "Your own certificate, PEM")->type_name("FILE");
    app.add_option("--key", options.client_key, "Its private key, PEM")->type_name("FILE");
    app.add_option("--pin", options.public_key_pin, "Trust only a server with this public key")
        ->type_name("sha256//BASE64");
}

void add_time_options(CLI::App& app, TransferArguments& arguments) {
    auto& options = arguments.options;
    app.add_option("--retries", options.retries, "Attempts after the first; without it, until --timeout")
        ->type_name("N");
    add_duration(app, "--retry-delay", options.retry_delay, "Before the second attempt; then it grows");
    add_duration(app, "--retry-delay-max", options.retry_delay_max, "It never grows past this");
    add_duration(app, "--request-timeout", options.request_timeout, "Silence that ends an attempt (60s)");
    add_duration(app, "--timeout", options.resource_timeout, "Life of the whole transfer (7d)");
    add_duration(app, "--delay", arguments.delay, "Do not begin earlier than in so long");
    app.add_option("--priority", options.priority, "0 to 1; higher ones start first")
        ->check(CLI::Range(0.0, 1.0))
        ->type_name("P");
    app.add_option("--description", options.description, "A text to find it by")->type_name("TEXT");
    app.add_option("--token", arguments.token, "The same token in the same session is the same task")
        ->type_name("TEXT");
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
    add_route_options(app, arguments);
    add_trust_options(app, arguments);
    add_time_options(app, arguments);
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
        throw CLI::ValidationError("--user",
                                   "holds a password already; leave --password-file out, or the password");
    login.secret = user.substr(colon + 1);
    return login;
}

std::optional<Time> to_not_before(std::optional<std::chrono::microseconds> delay) {
    if (!delay) return std::nullopt;
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) + *delay;
}

std::string random_token() {
    std::random_device random;
    std::string token = "haul-";
    for (int i = 0; i < 4; ++i) token += std::to_string(random()) + (i < 3 ? "-" : "");
    return token;
}

}  // namespace haul::cli
