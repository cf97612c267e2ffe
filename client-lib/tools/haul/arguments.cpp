#include "arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "trimmed.hpp"
#include "units.hpp"

namespace haul::cli {

namespace {

void add_header(std::map<std::string, std::string>& headers, std::string_view line) {
    const auto colon = line.find(':');
    const auto name = trimmed(line.substr(0, colon));
    if (colon == std::string_view::npos || name.empty()) {
        // The line may hold a secret: it is not repeated.
        throw UsageError("--header", "expected 'Name: value', or @FILE with such lines");
    }
    headers[std::string(name)] = std::string(trimmed(line.substr(colon + 1)));
}

template <typename T>
CLI::Option& add_any(CLI::App& app, const Word& word, T& value) {
    return *app.add_option(word.name, value, word.description)->type_name(word.value);
}

}  // namespace

CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& description) {
    return *app.add_subcommand(name, description);
}

void on_chosen(CLI::App& command, std::function<void()> callback) {
    command.callback(std::move(callback));
}

CLI::Option& add_value(CLI::App& app, const Word& word, std::string& value) {
    return add_any(app, word, value);
}

CLI::Option& add_value(CLI::App& app, const Word& word, std::uint64_t& value) {
    return add_any(app, word, value);
}

CLI::Option& add_value(CLI::App& app, const Word& word, std::optional<std::string>& value) {
    return add_any(app, word, value);
}

CLI::Option& add_value(CLI::App& app, const Word& word, std::optional<std::filesystem::path>& value) {
    return add_any(app, word, value);
}

CLI::Option& add_value(CLI::App& app, const Word& word, std::optional<std::uint32_t>& value) {
    return add_any(app, word, value);
}

CLI::Option& add_value(CLI::App& app, const Word& word, std::optional<double>& value) {
    return add_any(app, word, value);
}

CLI::Option& add_value(CLI::App& app, const Word& word, std::vector<std::string>& value) {
    return add_any(app, word, value);
}

CLI::Option& add_list(CLI::App& app, const Word& word, std::vector<std::string>& values) {
    return *add_any(app, word, values).take_all()->allow_extra_args(false);
}

CLI::Option& add_text(CLI::App& app, const Word& word, const std::function<void(const std::string&)>& take) {
    return *app.add_option_function<std::string>(word.name, take, word.description)->type_name(word.value);
}

CLI::Option& add_optional_value(CLI::App& app, const Word& word, std::string& value, std::string_view implied,
                                std::function<std::string(const std::string&)> check) {
    const auto name = word.name + "{" + std::string(implied) + "}";
    return *app.add_flag(name, value, word.description)->check(CLI::Validator(std::move(check), word.value));
}

CLI::Option& add_flag(CLI::App& app, const std::string& name, bool& value, const std::string& description) {
    return *app.add_flag(name, value, description);
}

void add_switch(CLI::App& app, const std::string& name, std::optional<bool>& value,
                const std::string& description) {
    app.add_flag_function(
        name, [&value](std::int64_t count) { value = count > 0; }, description);
}

CLI::Option& add_shorthand(CLI::App& app, const std::string& name, std::function<void()> apply,
                           const std::string& description) {
    return *app.add_flag_callback(name, std::move(apply), description);
}

void require(CLI::Option& option) {
    option.required();
}

void exclude(CLI::Option& option, CLI::Option& other) {
    option.excludes(&other);
}

void limit(CLI::Option& option, const std::vector<std::string>& words) {
    option.transform(CLI::IsMember(words, CLI::ignore_case));
}

void limit(CLI::Option& option, const std::vector<int>& numbers) {
    option.check(CLI::IsMember(numbers));
}

void limit(CLI::Option& option, int least, int most) {
    option.check(CLI::Range(least, most));
}

void limit(CLI::Option& option, double least, double most) {
    option.check(CLI::Range(least, most));
}

void add_bytes(CLI::App& app, const std::string& name, std::optional<Bytes>& bytes,
               const std::string& description) {
    add_text(app, {name, "SIZE", description}, [&bytes, name](const std::string& text) {
        bytes = parse_bytes(text);
        if (!bytes) throw UsageError(name, "\"" + text + "\" is no size; write it like 500K or 1.5GiB");
    });
}

void add_duration(CLI::App& app, const std::string& name, std::optional<std::chrono::microseconds>& time,
                  const std::string& description) {
    add_duration(
        app, name, [&time](std::chrono::microseconds given) { time = given; }, description);
}

CLI::Option& add_duration(CLI::App& app, const std::string& name,
                          const std::function<void(std::chrono::microseconds)>& take,
                          const std::string& description) {
    return add_text(app, {name, "DURATION", description}, [take, name](const std::string& text) {
        const auto time = parse_duration(text);
        if (!time)
            throw UsageError(name,
                             "\"" + text + "\" is no duration; write it like 500ms, 30s, 5min, 1h or 7d");
        take(*time);
    });
}

CLI::Option& add_one_of(CLI::App& app, const Word& word, const std::vector<std::string>& words,
                        const std::function<void(const std::string&)>& take) {
    return *add_text(app, word, take).check(CLI::IsMember(words));
}

void parse_words(CLI::App& app, std::vector<std::string> words) {
    std::reverse(words.begin(), words.end());  // as CLI11 wants them
    try {
        app.parse(words);
    } catch (const UsageError& error) {
        throw CLI::ValidationError(error.name(), error.what());
    } catch (const std::logic_error&) {
        throw CLI::ValidationError("a switch is true or false, as in --compressed=false");
    }
}

void add_task(CLI::App& app, std::uint64_t& task) {
    require(add_value(app, {"ID", "", "The task's number, as haul list shows it"}, task));
}

void add_tasks(CLI::App& app, std::vector<std::uint64_t>& tasks) {
    require(add_any(app, {"ID", "", "The tasks' numbers, as haul list shows them"}, tasks));
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
        if (!file) throw UsageError("--header", "cannot read " + path + ": " + std::strerror(errno));
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
        throw UsageError(name, "cannot read " + text.substr(1) + ": " + std::strerror(errno));
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

std::filesystem::path current_directory(Need need, const std::string& name) {
    std::error_code failure;
    auto here = std::filesystem::current_path(failure);
    if (failure && need == Need::Some)
        throw UsageError(name, "the current directory is gone; give an absolute path");
    return here;
}

}  // namespace haul::cli
