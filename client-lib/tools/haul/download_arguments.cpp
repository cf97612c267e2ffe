#include "download_arguments.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <utility>

#include "arguments.hpp"
#include "destination.hpp"
#include "download_values.hpp"

namespace haul::cli {

namespace {

/// Far more than the daemon makes.
constexpr std::size_t kLongestResumeData = 1024 * 1024;

/// So that a creation whose reply was lost can be asked for again without making a second task.
std::string random_token() {
    std::random_device random;
    std::string token = "haul-get-";
    for (int i = 0; i < 4; ++i) token += std::to_string(random()) + (i < 3 ? "-" : "");
    return token;
}

/// An option whose text `parse` turns into its value; `form` says how the text has to look.
template <typename T>
CLI::Option* add_parsed(CLI::App& app, const std::string& name, std::optional<T>& value,
                        std::function<std::optional<T>(std::string_view)> parse, const std::string& form,
                        const std::string& description) {
    const auto long_name = name.substr(name.find("--"));
    return app.add_option_function<std::string>(
        name,
        [&value, parse = std::move(parse), form, long_name](const std::string& text) {
            value = parse(text);
            if (!value) throw CLI::ValidationError(long_name, "\"" + text + "\" is not " + form);
        },
        description);
}

/// "--name", "--name=false" and, where the name says so, "--no-name".
void add_switch(CLI::App& app, const std::string& name, std::optional<bool>& value,
                const std::string& description) {
    app.add_flag_function(
        name, [&value](std::int64_t count) { value = count > 0; }, description);
}

std::optional<std::uint32_t> parse_mode(std::string_view text) {
    const bool is_octal =
        !text.empty() && text.size() <= 4 && text.find_first_not_of("01234567") == std::string_view::npos;
    if (!is_octal) return std::nullopt;
    return static_cast<std::uint32_t>(std::stoul(std::string(text), nullptr, 8));
}

/// "@FILE" is the first line of a file, where other users of the machine do not see it.
std::string value_or_file(const std::string& name, const std::string& text) {
    if (!text.starts_with('@')) return text;
    std::ifstream file(text.substr(1));
    std::string line;
    if (!file || !std::getline(file, line))
        throw CLI::ValidationError(name, "cannot read " + text.substr(1) + ": " + std::strerror(errno));
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

void add_place_options(CLI::App& app, DownloadArguments& arguments) {
    auto& options = arguments.options;
    app.add_option("-o,--output", arguments.output, "The file to make, or the directory to make it in")
        ->type_name("FILE|DIR");
    app.add_option("-D,--directory", arguments.directory, "The directory that --output is in")
        ->type_name("DIR");
    app.add_option("--filename", options.filename, "The file's name in a directory, whatever the server says")
        ->type_name("NAME");
    add_choice<IfExists>(
        app, "--if-exists", options.if_exists,
        {{"fail", IfExists::Fail}, {"replace", IfExists::Replace}, {"rename", IfExists::Rename}},
        "What to do where the file is there (fail; in a directory rename)");
    auto* replace = app.add_flag_callback(
        "--replace", [&options] { options.if_exists = IfExists::Replace; }, "Replace a file that is there");
    auto* rename = app.add_flag_callback(
        "--rename", [&options] { options.if_exists = IfExists::Rename; },
        "Pick a free name where a file is there");
    rename->excludes(replace);
    for (auto* flag : {replace, rename}) flag->excludes(app.get_option("--if-exists"));
    add_parsed<std::uint32_t>(app, "--mode", options.mode, parse_mode, "an octal mode such as 0640",
                              "Permissions of the file, octal")
        ->type_name("MODE");
    add_switch(app, "--remote-time", options.transfer.remote_time,
               "Give the file the time that the server says");
    add_switch(app, "--preallocate,!--no-preallocate", options.transfer.preallocate,
               "Reserve the file's space before its bytes come (it is done unless told otherwise)");
}

void add_content_options(CLI::App& app, DownloadArguments& arguments) {
    auto& options = arguments.options;
    add_parsed<Checksum>(app, "--checksum", options.checksum, parse_checksum,
                         "sha-256=HEX or sha-512=HEX with 64 or 128 hexadecimal digits",
                         "Fail where the file's SHA-256 or SHA-512 is another one")
        ->type_name("ALGORITHM=HEX");
    add_bytes(app, "--max-size", options.max_size, "Fail where the file is longer");
    add_bytes(app, "--expected-size", options.expected_size, "Fail where the file has another length");
    add_parsed<ByteRange>(app, "--range", options.range, parse_range,
                          "a range such as 0-999 or 1000-, counted in bytes from 0",
                          "Only this part of the file")
        ->type_name("FIRST-[LAST]");
    add_parsed<std::string>(app, "--if-none-match", options.if_none_match, parse_entity_tags,
                            "an entity tag; it has quotes of its own, like '\"v17\"'",
                            "Entity tags, with their quotes: fetch only what is not one of them")
        ->type_name("TAG");
    app.add_option("--accept-status", options.transfer.accept_status,
                   "Statuses that count as success, like 200-299,404, or any")
        ->type_name("LIST");
    add_switch(app, "--compressed", options.transfer.compressed,
               "Let the server compress, store what it was before; cannot be continued");
    app.add_option("--resume-data", arguments.resume_data,
                   "Go on with a cancelled or failed download; the URL may be left out")
        ->type_name("FILE");
}

void add_source_options(CLI::App& app, DownloadArguments& arguments) {
    auto& options = arguments.options;
    auto& transfer = options.transfer;
    app.add_option("--mirror", options.mirrors, "Another URL of the same file; may be given up to 32 times")
        ->type_name("URL")
        ->take_all()
        ->allow_extra_args(false);
    add_parsed<std::uint32_t>(app, "-x,--connections", options.connections, parse_connections,
                              "a number from 1 to 16, or auto",
                              "Fetch parts of the file at the same time (1); auto: as many as bring speed")
        ->type_name("N|auto");
    add_parsed<Bytes>(app, "--max-rate", transfer.max_rate, parse_rate,
                      "a rate; write it like 500K or 2MiB, meant for each second",
                      "At most so many bytes a second")
        ->type_name("RATE");
    add_choice<Redirects>(
        app, "--redirects", transfer.redirects,
        {{"follow", Redirects::Follow}, {"same-origin", Redirects::SameOrigin}, {"deny", Redirects::Deny}},
        "Which redirects to follow");
    app.add_option("--max-redirects", transfer.max_redirects, "How many redirects to follow, 0 to 20 (20)")
        ->check(CLI::Range(0, 20))
        ->type_name("N");
    add_switch(app, "--redirect-headers", transfer.redirect_headers,
               "Send headers and credentials also where a redirect leads");
    add_switch(app, "--allow-downgrade", transfer.allow_downgrade, "Follow redirects from https to http");
    app.add_option_function<std::string>(
           "--proxy",
           [&transfer](const std::string& text) { transfer.proxy = value_or_file("--proxy", text); },
           "A proxy's URL, or none; @FILE reads it from a file")
        ->type_name("URL");
    app.add_option("--no-proxy", transfer.no_proxy, "Hosts and domains to reach without it, comma separated")
        ->type_name("LIST");
    add_switch(app, "--cookies", transfer.cookies, "Keep cookies, together with the rest of the session");
}

void add_trust_options(CLI::App& app, DownloadArguments& arguments) {
    auto& transfer = arguments.options.transfer;
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
    app.add_option("--ca-file", transfer.ca_file, "Certificates to trust, PEM")->type_name("FILE");
    app.add_option("--cert", transfer.client_cert, "Your own certificate, PEM")->type_name("FILE");
    app.add_option("--key", transfer.client_key, "Its private key, PEM")->type_name("FILE");
    app.add_option("--pin", transfer.public_key_pin, "Trust only a server with this public key")
        ->type_name("sha256//BASE64");
}

void add_time_options(CLI::App& app, DownloadArguments& arguments) {
    auto& transfer = arguments.options.transfer;
    app.add_option("--retries", transfer.retries, "Attempts after the first; without it, until --timeout")
        ->type_name("N");
    add_duration(app, "--retry-delay", transfer.retry_delay, "Before the second attempt; then it grows");
    add_duration(app, "--retry-delay-max", transfer.retry_delay_max, "It never grows past this");
    add_duration(app, "--request-timeout", transfer.request_timeout, "Silence that ends an attempt (60s)");
    add_duration(app, "--timeout", transfer.resource_timeout, "Life of the whole download (7d)");
    add_duration(app, "--delay", arguments.delay, "Do not begin earlier than in so long");
    app.add_option("--priority", transfer.priority, "0 to 1; higher ones start first")
        ->check(CLI::Range(0.0, 1.0))
        ->type_name("P");
    app.add_option("--description", transfer.description, "A text to find it by")->type_name("TEXT");
    app.add_option("--token", arguments.options.token, "The same token in the same session is the same task")
        ->type_name("TEXT");
}

std::vector<std::uint8_t> read_resume_data(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw CLI::ValidationError("--resume-data",
                                   "cannot read " + path.string() + ": " + std::strerror(errno));
    std::vector<std::uint8_t> data;
    for (auto at = std::istreambuf_iterator<char>(file); at != std::istreambuf_iterator<char>(); ++at) {
        if (data.size() == kLongestResumeData)
            throw CLI::ValidationError("--resume-data", path.string() + " is too long for resume data");
        data.push_back(static_cast<std::uint8_t>(*at));
    }
    if (data.empty()) throw CLI::ValidationError("--resume-data", path.string() + " is empty");
    return data;
}

std::optional<Login> to_login(const DownloadArguments& arguments) {
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

void add_download_options(CLI::App& app, DownloadArguments& arguments) {
    add_place_options(app, arguments);
    add_content_options(app, arguments);
    add_source_options(app, arguments);
    add_trust_options(app, arguments);
    add_time_options(app, arguments);
}

const std::vector<std::string>& options_of_one_file() {
    static const std::vector<std::string> names{"--filename",      "--checksum",      "--range",
                                                "--expected-size", "--if-none-match", "--resume-data",
                                                "--mirror",        "--token"};
    return names;
}

Job to_job(const DownloadArguments& arguments, std::string_view url, const std::filesystem::path& here) {
    auto options = arguments.options;
    options.destination = destination_of(arguments.output, here / arguments.directory);
    options.transfer.headers = parse_headers(arguments.headers);
    if (arguments.delay) {
        options.not_before = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) +
                             *arguments.delay;
    }
    make_absolute(options.transfer.ca_file, here);
    make_absolute(options.transfer.client_cert, here);
    make_absolute(options.transfer.client_key, here);
    if (arguments.resume_data) options.resume_data = read_resume_data(*arguments.resume_data);
    if (!options.token) options.token = random_token();

    Job job{.request = {.url = std::string(url), .options = std::move(options)},
            .login = to_login(arguments)};
    // One that has a credential to come is resumed when it has got it.
    job.request.options.start = job.login ? Start::Suspended : Start::AtOnce;
    return job;
}

}  // namespace haul::cli
