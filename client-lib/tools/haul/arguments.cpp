#include "arguments.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "units.hpp"

namespace haul::cli {

namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

void add_header(std::map<std::string, std::string>& headers, std::string_view line) {
    const auto colon = line.find(':');
    const auto name = trimmed(line.substr(0, colon));
    if (colon == std::string_view::npos || name.empty()) {
        // The line may hold a secret: it is not repeated.
        throw CLI::ValidationError("--header", "expected 'Name: value', or @FILE with such lines");
    }
    headers[std::string(name)] = std::string(trimmed(line.substr(colon + 1)));
}

}  // namespace

CLI::Option* add_bytes(CLI::App& app, const std::string& name, std::optional<Bytes>& bytes,
                       const std::string& description) {
    return app
        .add_option_function<std::string>(
            name,
            [&bytes, name](const std::string& text) {
                bytes = parse_bytes(text);
                if (!bytes)
                    throw CLI::ValidationError(name,
                                               "\"" + text + "\" is no size; write it like 500K or 1.5GiB");
            },
            description)
        ->type_name("SIZE");
}

CLI::Option* add_duration(CLI::App& app, const std::string& name,
                          std::optional<std::chrono::microseconds>& time, const std::string& description) {
    return app
        .add_option_function<std::string>(
            name,
            [&time, name](const std::string& text) {
                time = parse_duration(text);
                if (!time) {
                    throw CLI::ValidationError(
                        name, "\"" + text + "\" is no duration; write it like 500ms, 30s, 5min, 1h or 7d");
                }
            },
            description)
        ->type_name("DURATION");
}

void add_switch(CLI::App& app, const std::string& name, std::optional<bool>& value,
                const std::string& description) {
    app.add_flag_function(
        name, [&value](std::int64_t count) { value = count > 0; }, description);
}

void parse_words(CLI::App& app, std::vector<std::string> words) {
    std::reverse(words.begin(), words.end());  // as CLI11 wants them
    try {
        app.parse(words);
    } catch (const std::logic_error&) {
        throw CLI::ValidationError("a switch is true or false, as in --compressed=false");
    }
}

CLI::Option* add_tasks(CLI::App& app, std::vector<std::uint64_t>& tasks) {
    return app.add_option("ID", tasks, "The tasks' numbers, as haul list shows them")
        ->required()
        ->type_name("");
}

std::map<std::string, std::string> parse_headers(const std::vector<std::string>& arguments) {
    std::map<std::string, std::string> headers;
    for (const auto& argument : arguments) {
        if (!argument.starts_with('@')) {
            add_header(headers, argument);
            continue;
        }
        const auto path = argument.substr(1);
        std::ifstream file(path);
        if (!file)
            throw CLI::ValidationError("--header", "cannot read " + path + ": " + std::strerror(errno));
        for (std::string line; std::getline(file, line);) {
            if (!trimmed(line).empty()) add_header(headers, line);
        }
    }
    return headers;
}

std::string value_or_file(const std::string& name, const std::string& text) {
    if (!text.starts_with('@')) return text;
    std::ifstream file(text.substr(1));
    std::string line;
    if (!file || !std::getline(file, line))
        throw CLI::ValidationError(name, "cannot read " + text.substr(1) + ": " + std::strerror(errno));
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

std::filesystem::path current_directory(Need need, const std::string& name) {
    std::error_code failure;
    auto here = std::filesystem::current_path(failure);
    if (failure && need == Need::Some)
        throw CLI::ValidationError(name, "the current directory is gone; give an absolute path");
    return here;
}

}  // namespace haul::cli
