#include "download_arguments.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "arguments.hpp"
#include "destination.hpp"
#include "option_values.hpp"

namespace haul::cli {

namespace {

/// Far more than the daemon makes.
constexpr std::size_t kLongestResumeData = 1024 * 1024;

std::optional<std::uint32_t> parse_mode(std::string_view text) {
    const bool is_octal =
        !text.empty() && text.size() <= 4 && text.find_first_not_of("01234567") == std::string_view::npos;
    if (!is_octal) return std::nullopt;
    return static_cast<std::uint32_t>(std::stoul(std::string(text), nullptr, 8));
}

void add_place_options(CLI::App& app, DownloadArguments& arguments) {
    auto& options = arguments.options;
    add_value(app, {"-o,--output", "FILE|DIR", "The file to make, or the directory to make it in"},
              arguments.output);
    add_value(app, {"-D,--directory", "DIR", "The directory that --output is in"}, arguments.directory);
    add_value(app, {"--filename", "NAME", "The file's name in a directory, whatever the server says"},
              options.filename);
    auto& if_exists = add_choice<IfExists>(
        app, "--if-exists", options.if_exists,
        {{"fail", IfExists::Fail}, {"replace", IfExists::Replace}, {"rename", IfExists::Rename}},
        "What to do where the file is there (fail; in a directory rename)");
    auto& replace = add_shorthand(
        app, "--replace", [&options] { options.if_exists = IfExists::Replace; },
        "Replace a file that is there");
    auto& rename = add_shorthand(
        app, "--rename", [&options] { options.if_exists = IfExists::Rename; },
        "Pick a free name where a file is there");
    exclude(rename, replace);
    for (auto* flag : {&replace, &rename}) exclude(*flag, if_exists);
    add_parsed<std::uint32_t>(app, {"--mode", "MODE", "Permissions of the file, octal"}, options.mode,
                              parse_mode, "an octal mode such as 0640");
    add_switch(app, "--remote-time", arguments.transfer.options.remote_time,
               "Give the file the time that the server says");
    add_switch(app, "--preallocate,!--no-preallocate", arguments.transfer.options.preallocate,
               "Reserve the file's space before its bytes come (it is done unless told otherwise)");
}

void add_content_options(CLI::App& app, DownloadArguments& arguments) {
    auto& options = arguments.options;
    add_parsed<Checksum>(
        app, {"--checksum", "ALGORITHM=HEX", "Fail where the file's SHA-256 or SHA-512 is another one"},
        options.checksum, parse_checksum, "sha-256=HEX or sha-512=HEX with 64 or 128 hexadecimal digits");
    add_bytes(app, "--max-size", options.max_size, "Fail where the file is longer");
    add_bytes(app, "--expected-size", options.expected_size, "Fail where the file has another length");
    add_parsed<ByteRange>(app, {"--range", "FIRST-[LAST]", "Only this part of the file"}, options.range,
                          parse_range, "a range such as 0-999 or 1000-, counted in bytes from 0");
    add_switch(app, "--compressed", arguments.transfer.options.compressed,
               "Let the server compress, store what it was before; cannot be continued");
    add_list(app, {"--mirror", "URL", "Another URL of the same file; may be given up to 32 times"},
             options.mirrors);
    add_value(app,
              {"--resume-data", "FILE", "Go on with a cancelled or failed download; the URL may be left out"},
              arguments.resume_data);
}

std::vector<std::uint8_t> read_resume_data(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw UsageError("--resume-data", "cannot read " + path.string() + ": " + std::strerror(errno));
    std::vector<std::uint8_t> data;
    for (auto at = std::istreambuf_iterator<char>(file); at != std::istreambuf_iterator<char>(); ++at) {
        if (data.size() == kLongestResumeData)
            throw UsageError("--resume-data", path.string() + " is too long for resume data");
        data.push_back(static_cast<std::uint8_t>(*at));
    }
    if (data.empty()) throw UsageError("--resume-data", path.string() + " is empty");
    return data;
}

}  // namespace

void add_download_options(CLI::App& app, DownloadArguments& arguments) {
    add_place_options(app, arguments);
    add_content_options(app, arguments);
    add_transfer_options(app, arguments.transfer);
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
    fill_in(options, arguments.transfer, here);
    if (arguments.resume_data) options.resume_data = read_resume_data(*arguments.resume_data);
    return {.request = {.url = std::string(url), .options = std::move(options)},
            .login = to_login(arguments.transfer)};
}

}  // namespace haul::cli
