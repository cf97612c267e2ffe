#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
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

/// Reads the words of a command line, the first one first. Throws CLI::ParseError, also where CLI11 itself
/// throws something else: for the value of a switch that is neither true nor false.
void parse_words(CLI::App& app, std::vector<std::string> words);

/// The required positional list of task numbers.
CLI::Option* add_tasks(CLI::App& app, std::vector<std::uint64_t>& tasks);

/// "Name: value" lines, given on the command line or, as "@FILE", read from a file, where other users of the
/// machine do not see them. Throws CLI::ValidationError where one is neither.
std::map<std::string, std::string> parse_headers(const std::vector<std::string>& arguments);

}  // namespace haul::cli
