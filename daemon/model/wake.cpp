#include "model/wake.hpp"

#include <algorithm>

#include "model/text.hpp"

namespace haul::model {
namespace {

constexpr std::size_t kMaxName = 255;

bool is_letter_or(char c, std::string_view others) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || others.find(c) != others.npos;
}

bool is_element(std::string_view element) {
    return !element.empty() && !is_digit(element.front()) &&
           std::all_of(element.begin(), element.end(),
                       [](char c) { return is_letter_or(c, "_-") || is_digit(c); });
}

tl::unexpected<Error> refuse_name(std::string_view name, const std::string& why) {
    return fail(ErrorCode::InvalidArgument, "\"" + shorten(name, 64) + "\" " + why);
}

}  // namespace

std::string_view to_word(WakePolicy policy) {
    switch (policy) {
        case WakePolicy::WhenAllDone:
            return "when-all-done";
        case WakePolicy::WhenNeeded:
            return "when-needed";
        case WakePolicy::EachEvent:
            return "each-event";
        case WakePolicy::Never:
            return "never";
    }
    return "";
}

Result<> check_bus_name(std::string_view name) {
    if (name.starts_with(':'))
        return refuse_name(name,
                           "is a connection's own name, which nobody can launch: give a well-known name");
    if (name == "org.hauld1" || name == "org.freedesktop.DBus")
        return refuse_name(name, "is no application: give the name of yours");
    auto elements = split(name, '.');
    bool has_gap = name.starts_with('.') || name.ends_with('.') || name.find("..") != name.npos;
    bool is_name = name.size() <= kMaxName && elements.size() >= 2 && !has_gap &&
                   std::all_of(elements.begin(), elements.end(), [](const auto& e) { return is_element(e); });
    if (!is_name) return refuse_name(name, "is no bus name: give one such as org.example.App");
    return {};
}

Result<> check_unit_name(std::string_view name) {
    constexpr std::string_view kSuffix = ".service";
    auto stem = name.substr(0, name.size() - std::min(name.size(), kSuffix.size()));
    bool is_name = name.size() <= kMaxName && name.ends_with(kSuffix) && !stem.empty() && stem != "@" &&
                   std::all_of(stem.begin(), stem.end(),
                               [](char c) { return is_letter_or(c, ":_-.\\@") || is_digit(c); });
    if (!is_name) return refuse_name(name, "is no service unit: give one such as example-app.service");
    return {};
}

bool deserves_wake(WakePolicy policy, const QueueState& queue) {
    switch (policy) {
        case WakePolicy::WhenAllDone:
            return queue.has_events && (queue.needs_client || !queue.has_work);
        case WakePolicy::WhenNeeded:
            return queue.has_events && queue.needs_client;
        case WakePolicy::EachEvent:
            return queue.has_events;
        case WakePolicy::Never:
            return false;
    }
    return false;
}

WakeRow with_another(const WakeRow& row) {
    return {.length = row.is_going_on ? row.length + 1 : 0, .completed = row.completed};
}

std::optional<WallTime> earliest_wake(const WakeRow& row, const Backoff& backoff) {
    if (!row.is_going_on) return std::nullopt;
    return row.completed + doubled_delay(backoff, row.length + 1);
}

}  // namespace haul::model
