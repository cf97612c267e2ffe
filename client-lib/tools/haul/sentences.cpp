#include "sentences.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "destination.hpp"
#include "haul/web_socket_events.hpp"
#include "units.hpp"

namespace haul::cli {

namespace {

constexpr std::array kBlocked{
    std::pair{std::string_view("network"), std::string_view("waits for the network")},
    std::pair{std::string_view("expensive-network"),
              std::string_view("waits for a network that is not metered")},
    std::pair{std::string_view("constrained-network"),
              std::string_view("waits for a network that need not be spared")},
    std::pair{std::string_view("power"), std::string_view("waits for mains power")},
    std::pair{std::string_view("schedule"), std::string_view("waits for its hours")},
    std::pair{std::string_view("not-before"), std::string_view("starts")},
    std::pair{std::string_view("retry-delay"), std::string_view("tries again")},
    std::pair{std::string_view("queue"), std::string_view("waits for its turn")},
    std::pair{std::string_view("disk-space"), std::string_view("waits for space on the disk")},
    std::pair{std::string_view("credentials"), std::string_view("waits for credentials")},
    std::pair{std::string_view("file"), std::string_view("waits for the file to send")},
};

std::string phrase_of(std::string_view blocked_by) {
    for (const auto& [word, phrase] : kBlocked) {
        if (word == blocked_by) return std::string(phrase);
    }
    return "waits for " + std::string(blocked_by);
}

bool is_timed(std::string_view blocked_by) {
    return blocked_by == "retry-delay" || blocked_by == "not-before";
}

std::string in_time(const TaskDetails& details, Time now) {
    if (!details.next_attempt) return {};
    const auto left = std::chrono::ceil<std::chrono::seconds>(*details.next_attempt - now);
    return left.count() <= 0 ? " now" : " in " + format_duration(left);
}

/// Whether everything that keeps the task is said best by its own phrase: a time, or something to do.
bool has_phrases(const std::vector<std::string>& blocked_by) {
    return std::all_of(blocked_by.begin(), blocked_by.end(),
                       [](const std::string& word) { return is_timed(word) || word == "credentials"; });
}

/// The first of the daemon's sentences, which knows more than the words that it has for them.
std::string first_reason(const TaskDetails& details, Time now) {
    const auto reason = details.why.substr(0, details.why.find("; "));
    auto text = "waits: " + reason;
    if (!details.next_attempt) return text;
    const bool is_named = reason.find("next attempt") != std::string::npos;
    return text + (is_named ? " (" : " (next attempt ") + in_time(details, now).substr(1) + ")";
}

std::string phrases(const TaskDetails& details, Time now) {
    std::string text;
    for (const auto& word : details.blocked_by) {
        if (!text.empty()) text += ", ";
        text += phrase_of(word);
        if (is_timed(word)) text += in_time(details, now);
    }
    return text.empty() ? "waits" : text;
}

std::string waiting(const TaskDetails& details, Time now) {
    const bool is_told = !details.why.empty() && !has_phrases(details.blocked_by);
    auto text = is_told ? first_reason(details, now) : phrases(details, now);
    if (is_blocked_by_credentials(details))
        text += ": \"haul credential " + std::to_string(details.id.number) + "\" gives them";
    const auto& why = details.error_text.empty() ? details.error : details.error_text;
    if (!why.empty()) text += " (" + why + ")";
    return text;
}

/// Scheme, host and port of a URL.
std::string origin_of(const std::string& url) {
    const auto authority = url.find("://");
    if (authority == std::string::npos) return url;
    return url.substr(0, url.find('/', authority + 3));
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += separator;
        text += word;
    }
    return text;
}

/// Where the file is the one that the client has already, there is none to tell of.
std::string kept(const TaskDetails& details) {
    return "not modified: " + (details.url.empty() ? label_of(details) : details.url) +
           " still is what --if-none-match names; no file was made";
}

/// "10.0 MiB in 0:05, 2.0 MiB/s"
std::string amount_in_time(const TaskDetails& details) {
    auto text = format_bytes(details.bytes_done);
    if (details.created && details.ended && *details.ended > *details.created) {
        const std::chrono::duration<double> time = *details.ended - *details.created;
        text += " in " + format_duration(std::chrono::round<std::chrono::seconds>(time)) + ", " +
                format_rate(static_cast<double>(details.bytes_done) / time.count());
    }
    return text;
}

std::string saved(const TaskDetails& details) {
    const auto where = details.path.empty() ? std::string("the spool") : details.path;
    return "saved " + where + " (" + amount_in_time(details) + ")";
}

std::string sent(const TaskDetails& details) {
    const auto& file = details.upload->file;
    auto text = "sent " + (file.empty() ? file : file + " ") + "to " + details.url + " (" +
                amount_in_time(details) + ")";
    if (details.status) text += ", answer " + std::to_string(*details.status);
    return text;
}

std::string goodbye(const std::optional<WebSocketDetails>& socket) {
    if (!socket || socket->close_code == CloseCode::None) return {};
    return " with " + to_string(socket->close_code) +
           (socket->close_reason.empty() ? "" : ": " + socket->close_reason);
}

std::string done(const TaskDetails& details) {
    if (details.upload) return sent(details);
    if (details.kind == TaskKind::WebSocket) return "closed " + details.url + goodbye(details.web_socket);
    return details.reason == "not-modified" ? kept(details) : saved(details);
}

}  // namespace

std::string label_of(const TaskDetails& details) {
    if (details.kind == TaskKind::WebSocket) return details.url;
    if (details.upload && !details.upload->file.empty())
        return std::filesystem::path(details.upload->file).filename().string();
    for (const auto& path : {details.path, details.filename, details.destination}) {
        // A directory has no name of its own for the file yet.
        if (!path.empty() && !path.ends_with('/')) return std::filesystem::path(path).filename().string();
    }
    if (!details.url.empty()) return name_from_url(details.url);
    return "task " + std::to_string(details.id.number);
}

bool is_blocked_by_credentials(const TaskDetails& details) {
    return details.state == TaskState::Waiting &&
           std::find(details.blocked_by.begin(), details.blocked_by.end(), "credentials") !=
               details.blocked_by.end();
}

std::string standstill(const TaskDetails& details, Time now) {
    switch (details.state) {
        case TaskState::Suspended:
            return "suspended: \"haul resume " + std::to_string(details.id.number) + "\" lets it go on";
        case TaskState::Waiting:
            return waiting(details, now);
        case TaskState::Publishing:
            return "puts the file in its place";
        case TaskState::Running:
        case TaskState::Finished:
        case TaskState::Failed:
        case TaskState::Cancelled:
            return {};
    }
    return {};
}

std::string question(const TaskDetails& details, const std::optional<Challenge>& challenge) {
    auto text = "task " + std::to_string(details.id.number) + " waits for credentials";
    if (!challenge) return details.error_text.empty() ? text : text + ": " + details.error_text;
    text += ": ";
    text += challenge->proxy ? "the proxy" : origin_of(challenge->url);
    text += " asks for " + (challenge->schemes.empty() ? "them" : joined(challenge->schemes, " or "));
    if (!challenge->realm.empty()) text += ", realm \"" + challenge->realm + "\"";
    return text;
}

std::string summary_of(const Event& event) {
    if (const auto message = to_message(event)) {
        return message->text() ? *message->text()
                               : "binary, " + std::to_string(message->bytes().size()) + " bytes";
    }
    if (const auto opened = to_opened(event))
        return opened->url + (opened->subprotocol.empty() ? "" : ", subprotocol " + opened->subprotocol);
    if (const auto closed = to_closed(event))
        return to_string(closed->code) + (closed->reason.empty() ? "" : ": " + closed->reason);
    if (const auto sent = to_sent(event)) return "up to message " + std::to_string(sent->last.number);
    if (const auto dropped = to_messages_dropped(event)) return std::to_string(dropped->count) + " messages";
    for (const char* key : {"error-text", "path", "error"}) {
        const auto place = event.details.find(key);
        if (place == event.details.end()) continue;
        if (const auto* text = std::get_if<std::string>(&place->second); text && !text->empty()) return *text;
    }
    return {};
}

std::string ending(const TaskDetails& details) {
    const auto task = "task " + std::to_string(details.id.number);
    switch (details.state) {
        case TaskState::Finished:
            return done(details);
        case TaskState::Failed:
            return task + " failed: " + (details.error_text.empty() ? details.error : details.error_text);
        case TaskState::Cancelled:
            return task + " was cancelled" + (details.error.empty() ? "" : " (" + details.error + ")");
        case TaskState::Suspended:
        case TaskState::Waiting:
        case TaskState::Running:
        case TaskState::Publishing:
            break;
    }
    return task + " is " + std::string(to_string(details.state));
}

}  // namespace haul::cli
