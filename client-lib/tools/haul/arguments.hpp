#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "haul/types.hpp"

/// Of CLI11, which takes seconds to compile: only arguments.cpp, get_arguments.cpp and main.cpp look inside.
namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace haul::cli {

/// Something is wrong with the word `name` of the command line. parse_words makes an error of CLI11 of it.
class UsageError : public std::runtime_error {
public:
    UsageError(std::string name, const std::string& what)
        : std::runtime_error(what), name_(std::move(name)) {}

    const std::string& name() const { return name_; }

private:
    std::string name_;
};

/// An option or a positional.
struct Word {
    std::string name;   ///< "-o,--output", or "FILE"
    std::string value;  ///< what help calls its value; a positional has none
    std::string description;
};

CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& description);

/// Calls back when the whole command line is read and has this command.
void on_chosen(CLI::App& command, std::function<void()> callback);

/// Options and positionals that take any text, number or path. A positional vector takes all that there are.
CLI::Option& add_value(CLI::App& app, const Word& word, std::string& value);
CLI::Option& add_value(CLI::App& app, const Word& word, std::uint64_t& value);
CLI::Option& add_value(CLI::App& app, const Word& word, std::optional<std::string>& value);
CLI::Option& add_value(CLI::App& app, const Word& word, std::optional<std::filesystem::path>& value);
CLI::Option& add_value(CLI::App& app, const Word& word, std::optional<std::uint32_t>& value);
CLI::Option& add_value(CLI::App& app, const Word& word, std::optional<double>& value);
CLI::Option& add_value(CLI::App& app, const Word& word, std::vector<std::string>& value);

/// Options that may be given several times, each with one value.
CLI::Option& add_list(CLI::App& app, const Word& word, std::vector<std::string>& values);

/// Options whose text goes to a function, which may throw UsageError.
CLI::Option& add_text(CLI::App& app, const Word& word, const std::function<void(const std::string&)>& take);

/// An option that may stand for `implied` without a value; `check` says what is wrong with a value, if
/// anything.
CLI::Option& add_optional_value(CLI::App& app, const Word& word, std::string& value, std::string_view implied,
                                std::function<std::string(const std::string&)> check);

CLI::Option& add_flag(CLI::App& app, const std::string& name, bool& value, const std::string& description);

/// "--name", "--name=false" and, where the name says so, "--no-name".
void add_switch(CLI::App& app, const std::string& name, std::optional<bool>& value,
                const std::string& description);

/// Flags that stand for something longer.
CLI::Option& add_shorthand(CLI::App& app, const std::string& name, std::function<void()> apply,
                           const std::string& description);

void require(CLI::Option& option);
void exclude(CLI::Option& option, CLI::Option& other);

/// Any other value is refused. Words are taken in upper and lower case, and become those of the list.
void limit(CLI::Option& option, const std::vector<std::string>& words);
void limit(CLI::Option& option, const std::vector<int>& numbers);
void limit(CLI::Option& option, int least, int most);
void limit(CLI::Option& option, double least, double most);

/// Options whose text is a size with a unit ("64K", "1.5GiB").
void add_bytes(CLI::App& app, const std::string& name, std::optional<Bytes>& bytes,
               const std::string& description);

/// Options whose text is a duration with a unit ("500ms", "1h").
void add_duration(CLI::App& app, const std::string& name, std::optional<std::chrono::microseconds>& time,
                  const std::string& description);

/// Likewise, in an option whose duration goes to a function.
CLI::Option& add_duration(CLI::App& app, const std::string& name,
                          const std::function<void(std::chrono::microseconds)>& take,
                          const std::string& description);

/// Options that take one of these words, in exactly this form.
CLI::Option& add_one_of(CLI::App& app, const Word& word, const std::vector<std::string>& words,
                        const std::function<void(const std::string&)>& take);

/// Options that take one of some words, each of which means a value.
template <typename Choice>
CLI::Option& add_choice(CLI::App& app, const std::string& name, std::optional<Choice>& choice,
                        std::map<std::string, Choice> words, const std::string& description) {
    std::vector<std::string> names;
    names.reserve(words.size());
    for (const auto& [word, value] : words) names.push_back(word);
    return add_one_of(
        app, {name, "TEXT", description}, names,
        [&choice, words = std::move(words)](const std::string& word) { choice = words.at(word); });
}

/// An option whose text `parse` turns into its value; `form` says how the text has to look.
template <typename T>
CLI::Option& add_parsed(CLI::App& app, const Word& word, std::optional<T>& value,
                        std::function<std::optional<T>(std::string_view)> parse, const std::string& form) {
    const auto long_name = word.name.substr(word.name.find("--"));
    return add_text(app, word, [&value, parse = std::move(parse), form, long_name](const std::string& text) {
        value = parse(text);
        if (!value) throw UsageError(long_name, "\"" + text + "\" is not " + form);
    });
}

/// Reads the words of a command line, the first one first. Throws CLI::ParseError, also for a UsageError, and
/// where CLI11 itself throws something else: for the value of a switch that is neither true nor false.
void parse_words(CLI::App& app, std::vector<std::string> words);

/// The required positional number of a task, and a list of such.
void add_task(CLI::App& app, std::uint64_t& task);
void add_tasks(CLI::App& app, std::vector<std::uint64_t>& tasks);

/// "Name: value" lines, given on the command line or, as "@FILE", read from a file, where other users of the
/// machine do not see them. Throws UsageError where one is neither.
std::map<std::string, std::string> parse_headers(const std::vector<std::string>& arguments);

/// "@FILE" is the first line of a file, where other users of the machine do not see it; `name` is the
/// option's. Throws UsageError where it cannot be read.
std::string value_or_file(const std::string& name, const std::string& text);

/// Whether a command line has relative paths.
enum class Need { None, Some };

/// What relative paths belong to; empty where that is gone. Throws UsageError, as said of the option `name`,
/// where it is gone and needed.
std::filesystem::path current_directory(Need need, const std::string& name);

}  // namespace haul::cli
