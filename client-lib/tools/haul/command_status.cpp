#include <algorithm>
#include <cstddef>
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "haul/client.hpp"
#include "json.hpp"
#include "limit_values.hpp"
#include "moments.hpp"
#include "overview.hpp"
#include "sentences.hpp"
#include "terminal_text.hpp"
#include "units.hpp"

namespace haul::cli {

namespace {

void print_fact(const std::string& label, const std::string& value) {
    auto line = label + ":";
    line.resize(18, ' ');
    std::cout << line << printable(value) << '\n';
}

std::string comma_separated(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

/// Of the limits those that hold tasks back, as far as they do.
std::vector<std::string> limit_texts(const std::map<std::string, std::uint64_t>& limits) {
    std::vector<std::string> texts;
    for (const auto& [name, value] : limits) {
        const auto kind = kind_of_limit(name);
        const bool is_active = name.starts_with("active-");
        const bool is_on = (kind == LimitKind::Rate || kind == LimitKind::Switch) &&
                           (value != 0 || name.starts_with("max-rate@"));
        if (is_active || is_on) texts.push_back(name + " " + format_limit(kind, value));
    }
    return texts;
}

std::string count_text(const Overview& overview) {
    return (overview.is_counted ? "" : "at least ") + std::to_string(overview.waiting);
}

void print_active(const Console& console, const Overview& overview) {
    if (overview.running.empty()) return;
    std::cout << '\n'
              << std::right << std::setw(8) << "ACTIVE"
              << "  " << std::left << std::setw(10) << "KIND" << std::right << std::setw(9) << "DONE"
              << std::setw(10) << "SIZE"
              << "  NAME\n";
    for (const auto& task : overview.running) {
        std::ostringstream kind;
        kind << std::left << std::setw(10) << to_string(task.kind);
        std::cout << std::right << std::setw(8) << task.id.number << "  "
                  << console.coloured(Colour::Active, kind.str()) << std::setw(9)
                  << format_bytes(task.bytes_done) << std::setw(10)
                  << (task.bytes_total ? format_bytes(*task.bytes_total) : "?") << "  "
                  << printable(label_of(task)) << '\n';
    }
    if (overview.active > overview.running.size()) {
        std::cout << std::string(10, ' ') << "and " << overview.active - overview.running.size()
                  << " more: \"" << console.command("list --state=running") << "\" shows them\n";
    }
}

void print_waiting(const Overview& overview, Time now) {
    if (overview.reasons.empty()) return;
    std::cout << '\n'
              << std::right << std::setw(8) << "WAITING"
              << "  " << std::left << std::setw(22) << "FOR"
              << "NEXT ATTEMPT\n";
    for (const auto& [word, group] : overview.reasons) {
        std::cout << std::right << std::setw(8) << group.tasks << "  " << std::left << std::setw(22)
                  << printable(word)
                  << (group.next_attempt ? format_moment(*group.next_attempt, now) : std::string("-"))
                  << '\n';
    }
    if (!overview.is_counted)
        std::cout << std::string(10, ' ') << "of the first " << overview.waiting << " alone\n";
}

void print_overview(const Console& console, const Overview& overview) {
    print_fact("conditions", overview.conditions.empty() ? "nothing is known of them"
                                                         : comma_separated(overview.conditions));
    print_fact("limits", comma_separated(limit_texts(overview.limits)));
    print_fact("active", std::to_string(overview.active));
    print_fact("waiting", count_text(overview));
    print_active(console, overview);
    print_waiting(overview, wall_now());
}

Json overview_json(const Overview& overview) {
    auto running = Json::array();
    for (const auto& task : overview.running) {
        auto json = Json{{"id", task.id.number},
                         {"kind", to_string(task.kind)},
                         {"state", to_string(task.state)},
                         {"name", label_of(task)},
                         {"bytes-done", task.bytes_done}};
        json["bytes-total"] = to_json(task.bytes_total);
        running.push_back(std::move(json));
    }
    auto reasons = Json::object();
    for (const auto& [word, group] : overview.reasons) {
        reasons[word] = Json{{"tasks", group.tasks}};
        if (group.next_attempt)
            reasons[word]["next-attempt"] = group.next_attempt->time_since_epoch().count();
    }
    Json json;
    json["conditions"] = overview.conditions;
    json["limits"] = overview.limits;
    json["active"] = Json{{"tasks", overview.active}, {"first", std::move(running)}};
    json["waiting"] = Json{
        {"tasks", overview.waiting}, {"complete", overview.is_counted}, {"blocked-by", std::move(reasons)}};
    return json;
}

ExitCode show_status(const Console& console) {
    const auto overview =
        Client::connect(console.bus()).and_then([](const Client& client) { return look_over(client); });
    if (!overview) return console.fail(overview.error());
    if (console.output() == Output::Json) {
        std::cout << to_document(overview_json(*overview)) << '\n';
    } else {
        print_overview(console, *overview);
    }
    return ExitCode::Done;
}

}  // namespace

void add_status(CLI::App& app, Command& chosen) {
    on_chosen(add_command(app, "status", "Show what holds tasks back on this machine, and how they are"),
              [&chosen] { chosen = show_status; });
}

}  // namespace haul::cli
