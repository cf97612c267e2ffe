#include "get_arguments.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <utility>

#include "arguments.hpp"
#include "destination.hpp"
#include "input_file.hpp"

namespace haul::cli {

namespace {

/// Relative ones need to know where we are.
Need need_for_downloads(const DownloadArguments& arguments) {
    const bool is_needed = !std::filesystem::path(arguments.output).is_absolute() &&
                           !std::filesystem::path(arguments.directory).is_absolute();
    return is_needed ? Need::Some : Need::None;
}

std::vector<InputEntry> read_input(const std::string& path) {
    std::ifstream file;
    if (path != "-") {
        file.open(path);
        if (!file) throw UsageError("-i", "cannot read " + path + ": " + std::strerror(errno));
    }
    auto entries = parse_input(path == "-" ? std::cin : file);
    if (!entries) throw UsageError("-i", path + ", " + entries.error().message);
    return std::move(*entries);
}

/// Reads what entries say, over what the command line does. Their lines are the long options without their
/// dashes, so they are read by the same rules.
class EntryParser {
public:
    EntryParser(const DownloadArguments& base, std::string path) : base_(base), path_(std::move(path)) {
        parser_.set_help_flag();
        add_download_options(parser_, arguments_);
    }

    DownloadArguments parse(const InputEntry& entry) {
        arguments_ = base_;
        try {
            parse_words(parser_, to_words(entry));
        } catch (const CLI::ParseError& error) {
            throw UsageError(
                "-i", path_ + ", below the URL in line " + std::to_string(entry.line) + ": " + error.what());
        }
        // Lists begin anew in the parser: what holds for all comes first.
        auto& headers = arguments_.transfer.headers;
        if (parser_.count("--header") > 0)
            headers.insert(headers.begin(), base_.transfer.headers.begin(), base_.transfer.headers.end());
        auto& mirrors = arguments_.options.mirrors;
        mirrors.insert(mirrors.begin(), entry.mirrors.begin(), entry.mirrors.end());
        return arguments_;
    }

private:
    std::vector<std::string> to_words(const InputEntry& entry) const {
        std::vector<std::string> words;
        for (const auto& option : entry.options) {
            if (option.key.starts_with('-') || !parser_.get_option_no_throw("--" + option.key)) {
                throw UsageError("-i", path_ + ", line " + std::to_string(option.line) +
                                           ": there is no option \"" + option.key +
                                           "\"; take those of haul get without their dashes");
            }
            words.push_back("--" + option.key + "=" + option.value);
        }
        return words;
    }

    const DownloadArguments& base_;
    std::string path_;
    DownloadArguments arguments_;  ///< what the parser writes to
    CLI::App parser_;
};

/// A file cannot be several downloads' own.
void check_many(const CLI::App& command, const DownloadArguments& arguments,
                const std::filesystem::path& here) {
    for (const auto& name : options_of_one_file()) {
        if (command.count(name) == 0) continue;
        throw UsageError(name,
                         "is about one file, and there are several URLs; put it below its URL in an "
                         "input file (-i)");
    }
    if (!arguments.output.empty() && !is_directory(arguments.output, here / arguments.directory)) {
        throw UsageError(
            "-o", "\"" + arguments.output + "\" is one file, and there are several URLs; name a directory");
    }
}

}  // namespace

void add_get_options(CLI::App& command, GetArguments& arguments) {
    add_value(command, {"URL", "", "What to fetch, http or https"}, arguments.urls);
    add_value(command,
              {"-i,--input", "FILE",
               "A file with URLs, one a line, each with its options in indented lines; - for standard input"},
              arguments.input);
    add_errand_options(command, arguments.errand);
    add_download_options(command, arguments.download);
}

std::vector<Job> to_jobs(const CLI::App& command, const GetArguments& arguments) {
    const auto entries = arguments.input ? read_input(*arguments.input) : std::vector<InputEntry>();
    const auto& base = arguments.download;
    const bool is_renewal = base.resume_data && arguments.urls.empty() && !arguments.input;
    if (arguments.urls.empty() && entries.empty() && !is_renewal) {
        throw UsageError(arguments.input ? "-i" : "URL",
                         arguments.input ? *arguments.input + " holds no URL" : "what to fetch is missing");
    }
    const auto here = current_directory(need_for_downloads(base), "-o");
    if (arguments.urls.size() + entries.size() > 1) check_many(command, base, here);

    std::vector<Job> jobs;
    jobs.reserve(arguments.urls.size() + entries.size());
    for (const auto& url : arguments.urls) jobs.push_back(to_job(base, url, here));
    EntryParser parser(base, arguments.input.value_or(""));
    for (const auto& entry : entries) jobs.push_back(to_job(parser.parse(entry), entry.url, here));
    if (is_renewal) jobs.push_back(to_job(base, "", here));
    return jobs;
}

}  // namespace haul::cli
