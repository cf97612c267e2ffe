#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "haul/types.hpp"

namespace haul::cli {

/// Options whose text is a size with a unit ("64K", "1.5GiB").
CLI::Option* add_bytes(CLI::App& app, const std::string& name, std::optional<Bytes>& bytes,
                       const std::string& description);

/// Options whose text is a duration with a unit ("500ms", "1h").
CLI::Option* add_duration(CLI::App& app, const std::string& name,
                          std::optional<std::chrono::microseconds>& time, const std::string& description);

/// Options that take one of some words, each of which means a value.
template <typename Choice>
CLI::Option* add_choice(CLI::App& app, const std::string& name, std::optional<Choice>& choice,
                        std::map<std::string, Choice> words, const std::string& description) {
    std::vector<std::string> names;
    names.reserve(words.size());
    for (const auto& [word, value] : words) names.push_back(word);
    return app
        .add_option_function<std::string>(
            name, [&choice, words = std::move(words)](const std::string& word) { choice = words.at(word); },
            description)
        ->check(CLI::IsMember(names));
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
                const std::string& description);

/// Reads the words of a command line, the first one first. Throws CLI::ParseError, also where CLI11 itself
/// throws something else: for the value of a switch that is neither true nor false.
void parse_words(CLI::App& app, std::vector<std::string> words);

/// The required positional list of task numbers.
CLI::Option* add_tasks(CLI::App& app, std::vector<std::uint64_t>& tasks);

/// "Name: value" lines, given on the command line or, as "@FILE", read from a file, where other users of the
/// machine do not see them. Throws CLI::ValidationError where one is neither.
std::map<std::string, std::string> parse_headers(const std::vector<std::string>& arguments);

/// "@FILE" is the first line of a file, where other users of the machine do not see it; `name` is the
/// option's. Throws CLI::ValidationError where it cannot be read.
std::string value_or_file(const std::string& name, const std::string& text);

/// Whether a command line has relative paths.
enum class Need { None, Some };

/// What relative paths belong to; empty where that is gone. Throws CLI::ValidationError, as said of the
/// option `name`, where it is gone and needed.
std::filesystem::path current_directory(Need need, const std::string& name);

}  // namespace haul::cli
