#include "explanation.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <utility>
#include <variant>

#include "moments.hpp"
#include "sentences.hpp"
#include "units.hpp"

namespace haul::cli {

namespace {

constexpr std::string_view kBetween = "; ";

/// What ends with the next attempt, and not with somebody's doing or a change of the machine's conditions.
constexpr std::array<std::string_view, 6> kTimed{"retry-delay", "not-before", "disk-space",
                                                 "file",        "network",    "schedule"};

constexpr std::array kCancelled{
    std::pair{std::string_view("client"), std::string_view("its client called it off")},
    std::pair{std::string_view("session"), std::string_view("its session was invalidated")},
    std::pair{std::string_view("predecessor"),
              std::string_view("a task that had to finish before it did not")},
    std::pair{std::string_view("policy"), std::string_view("the service's rules do not allow it")},
};

/// A sentence of its own, of words that may go on with a sentence of somebody else's.
std::string whole(std::string text) {
    if (text.empty()) return text;
    text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
    return text.ends_with('.') || text.ends_with('?') || text.ends_with('!') ? text : text + ".";
}

std::string name_of(TaskId id) {
    return "task " + std::to_string(id.number);
}

std::string why_cancelled(const TaskDetails& details) {
    for (const auto& [word, phrase] : kCancelled) {
        if (word == details.error) return ": " + std::string(phrase);
    }
    return details.error.empty() ? "" : ": " + details.error;
}

std::string so_far(const TaskDetails& details) {
    return format_bytes(details.bytes_done) +
           (details.bytes_total ? " of " + format_bytes(*details.bytes_total) : "") + " so far";
}

bool goes_on_after_failure(const TaskDetails& details) {
    const auto place = details.options.find("after-failure");
    return place != details.options.end() && place->second == Value(std::string("continue"));
}

/// "before it come task 3 (running) and task 4 (waiting): …"; empty where all have ended.
std::string still_before(const TaskDetails& details, const std::vector<Predecessor>& predecessors) {
    std::vector<std::string> names;
    for (const auto& [id, state] : predecessors) {
        if (state && !has_ended(*state))
            names.push_back(name_of(id) + " (" + std::string(to_string(*state)) + ")");
    }
    if (names.empty()) return {};
    const bool is_one = names.size() == 1;
    std::string text = is_one ? "before it comes " : "before it come ";
    for (std::size_t at = 0; at < names.size(); ++at)
        text += (at == 0 ? "" : at + 1 == names.size() ? " and " : ", ") + names[at];
    if (goes_on_after_failure(details)) return text + ", whatever becomes of " + (is_one ? "it" : "them");
    return text + "; where " + (is_one ? "that" : "one of them") + " does not finish, it is cancelled";
}

bool is_timed_only(const std::vector<std::string>& blocked_by) {
    return std::all_of(blocked_by.begin(), blocked_by.end(), [](const std::string& word) {
        return std::find(kTimed.begin(), kTimed.end(), word) != kTimed.end();
    });
}

std::string next_try(const TaskDetails& details, Time now) {
    if (details.blocked_by.empty()) return "nothing keeps it: it starts at once";
    if (!details.next_attempt) return "there is no set time for its next attempt";
    if (*details.next_attempt <= now) return "its next attempt is due now";
    const auto when = format_moment(*details.next_attempt, now);
    return is_timed_only(details.blocked_by) ? "the next attempt is at " + when
                                             : "there is no attempt before " + when;
}

std::vector<std::string> waiting_explanation(const TaskDetails& details,
                                             const std::vector<Predecessor>& predecessors, Time now) {
    std::vector<std::string> lines{name_of(details.id) + " waits"};
    auto reasons = sentences_of(details.why);
    if (reasons.empty() && !details.blocked_by.empty()) reasons = {"it " + standstill(details, now)};
    lines.insert(lines.end(), reasons.begin(), reasons.end());
    if (auto before = still_before(details, predecessors); !before.empty())
        lines.push_back(std::move(before));
    if (!details.error_text.empty()) lines.push_back("the last error: " + details.error_text);
    lines.push_back(next_try(details, now));
    return lines;
}

std::string running_explanation(const TaskDetails& details) {
    if (!details.web_socket) return name_of(details.id) + " is running: " + so_far(details);
    return name_of(details.id) + (details.web_socket->is_open ? " is connected" : " is connecting");
}

std::vector<std::string> ended_explanation(std::string text, const TaskDetails& details, Time now) {
    std::vector<std::string> lines{std::move(text)};
    if (details.ended) lines.push_back("that was at " + format_moment(*details.ended, now));
    return lines;
}

std::vector<std::string> raw_explanation(const TaskDetails& details,
                                         const std::vector<Predecessor>& predecessors, Time now) {
    switch (details.state) {
        case TaskState::Suspended:
            return {name_of(details.id) + " is suspended",
                    "\"haul resume " + std::to_string(details.id.number) + "\" lets it go on"};
        case TaskState::Waiting:
            return waiting_explanation(details, predecessors, now);
        case TaskState::Running:
            return {running_explanation(details)};
        case TaskState::Publishing:
            return {name_of(details.id) + " has all of its bytes, and its file is put in its place"};
        case TaskState::Finished:
            return ended_explanation(name_of(details.id) + " has finished: " + ending(details), details, now);
        case TaskState::Failed:
            return ended_explanation(ending(details), details, now);
        case TaskState::Cancelled:
            return ended_explanation(name_of(details.id) + " was cancelled" + why_cancelled(details), details,
                                     now);
    }
    return {};
}

}  // namespace

std::vector<TaskId> predecessors_of(const TaskDetails& details) {
    std::vector<TaskId> tasks;
    const auto place = details.options.find("after");
    if (place == details.options.end()) return tasks;
    if (const auto* numbers = std::get_if<std::vector<std::uint64_t>>(&place->second)) {
        for (const auto number : *numbers) tasks.push_back({number});
    }
    return tasks;
}

std::vector<std::string> sentences_of(std::string_view why) {
    std::vector<std::string> sentences;
    while (!why.empty()) {
        const auto end = std::min(why.find(kBetween), why.size());
        if (end > 0) sentences.emplace_back(why.substr(0, end));
        why.remove_prefix(std::min(end + kBetween.size(), why.size()));
    }
    return sentences;
}

std::vector<std::string> explanation(const TaskDetails& details, const std::vector<Predecessor>& predecessors,
                                     Time now) {
    auto lines = raw_explanation(details, predecessors, now);
    std::transform(lines.begin(), lines.end(), lines.begin(),
                   [](std::string& line) { return whole(std::move(line)); });
    return lines;
}

}  // namespace haul::cli
