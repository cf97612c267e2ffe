#include <algorithm>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "arguments.hpp"
#include "commands.hpp"
#include "haul/client.hpp"
#include "json.hpp"
#include "limit_values.hpp"
#include "terminal_text.hpp"

namespace haul::cli {

namespace {

constexpr const char* kDataSaver = "data-saver";
constexpr const char* kMaxRate = "max-rate";

using Limits = std::map<std::string, std::uint64_t>;

struct LimitArguments {
    std::string name;
    std::optional<std::string> value;
    std::optional<std::string> window;
};

/// What a limit is to become; nothing: what the configuration says.
struct LimitChange {
    std::string name;
    std::optional<std::uint64_t> value = {};
};

/// A size or rate with the number that it was rounded from.
std::string exact_text(const std::string& name, std::uint64_t value) {
    const auto kind = kind_of_limit(name);
    auto text = format_limit(kind, value);
    const bool is_rounded = kind == LimitKind::Size || (kind == LimitKind::Rate && value > 0);
    return is_rounded ? text + " (" + std::to_string(value) + " bytes)" : text;
}

void print_limits(const Console& console, const Limits& limits) {
    if (console.output() == Output::Json) {
        std::cout << to_document(Json(limits)) << '\n';
        return;
    }
    std::size_t width = 0;
    for (const auto& [name, value] : limits) width = std::max(width, columns(printable(name)));
    for (const auto& [name, value] : limits) {
        const auto shown = printable(name);
        std::cout << shown << std::string(width - columns(shown) + 2, ' ') << exact_text(name, value) << '\n';
    }
}

/// All of them, or the one with this name.
ExitCode show_limits(const Console& console, const std::string& name) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());
    auto limits = client->limits();
    if (!limits) return console.fail(limits.error());
    if (!name.empty()) {
        const auto place = limits->find(name);
        if (place == limits->end()) {
            return console.fail({.code = ErrorCode::InvalidArgument,
                                 .message = "there is no limit \"" + name + "\"; \"" +
                                            console.command("limit") + "\" shows those that there are",
                                 .name = {}});
        }
        limits = Limits{*place};
    }
    print_limits(console, *limits);
    return ExitCode::Done;
}

ExitCode change_limit(const Console& console, const LimitChange& change) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());
    const auto done =
        change.value ? client->set_limit(change.name, *change.value) : client->reset_limit(change.name);
    if (!done) return console.fail(done.error());
    if (console.output() == Output::Json) {
        std::cout << to_document(Json{{"name", change.name},
                                      {"value", change.value ? Json(*change.value) : Json("default")}})
                  << '\n';
    }
    return ExitCode::Done;
}

std::string full_name(const LimitArguments& arguments) {
    if (!arguments.window) return arguments.name;
    if (arguments.name != kMaxRate) throw UsageError("--window", "is of max-rate alone");
    return arguments.name + "@" + *arguments.window;
}

LimitChange to_change(const std::string& name, const std::string& text) {
    if (text == "default") return {.name = name};
    const auto kind = kind_of_limit(name);
    const auto value = parse_limit(kind, text);
    if (!value) throw UsageError("VALUE", "\"" + text + "\" is not " + form_of_limit(kind) + "; or default");
    return {.name = name, .value = value};
}

ExitCode show_data_saver(const Console& console) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());
    const auto limits = client->limits();
    if (!limits) return console.fail(limits.error());
    const auto place = limits->find(kDataSaver);
    const bool is_on = place != limits->end() && place->second != 0;
    if (console.output() == Output::Json) {
        std::cout << to_document(Json{{kDataSaver, is_on}}) << '\n';
    } else {
        std::cout << (is_on ? "on" : "off") << '\n';
    }
    return ExitCode::Done;
}

void add_data_saver(CLI::App& app, Command& chosen) {
    auto choice = std::make_shared<std::optional<std::string>>();
    auto& command = add_command(app, kDataSaver, "Show or switch the data saver, which holds tasks back");
    limit(add_value(command, {"CHOICE", "", "on or off; without it, which of them it is"}, *choice),
          std::vector<std::string>{"on", "off"});
    on_chosen(command, [choice, &chosen] {
        chosen = [choice](const Console& console) {
            return *choice ? change_limit(console, to_change(kDataSaver, **choice))
                           : show_data_saver(console);
        };
    });
}

}  // namespace

void add_limit(CLI::App& app, Command& chosen) {
    auto arguments = std::make_shared<LimitArguments>();
    auto& command = add_command(app, "limit", "Show the machine's limits, or change one for good");
    add_value(command, {"NAME", "", "The limit, such as max-rate or active-transfers"}, arguments->name);
    add_value(command, {"VALUE", "", "Its new value; default for that of the configuration file"},
              arguments->value);
    add_value(command,
              {"--window", "WINDOW", "Of max-rate: only in these parts of the week, like 22:00-06:00"},
              arguments->window);
    on_chosen(command, [arguments, &chosen] {
        const auto name = full_name(*arguments);
        if (!arguments->value) {
            chosen = [name](const Console& console) { return show_limits(console, name); };
            return;
        }
        chosen = [change = to_change(name, *arguments->value)](const Console& console) {
            return change_limit(console, change);
        };
    });
    add_data_saver(app, chosen);
}

}  // namespace haul::cli
