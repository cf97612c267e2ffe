#include "model/news.hpp"

#include "model/credential.hpp"
#include "model/url.hpp"

namespace haul::model {

EventType end_event(TaskState state) {
    if (state == TaskState::Finished) return EventType::Completed;
    return state == TaskState::Failed ? EventType::Failed : EventType::Cancelled;
}

Fields ending_details(const Task& task) {
    Fields details{{"url", task.url},
                   {"bytes-done", task.done.bytes()},
                   {"bytes-total", task.total ? static_cast<std::int64_t>(*task.total) : std::int64_t{-1}},
                   {"attempts", task.attempts.value}};
    if (!task.token.empty()) details.push_back({"token", task.token});
    if (task.status != 0) details.push_back({"status", task.status});
    if (!task.path.empty()) details.push_back({"path", task.path});
    if (task.socket.close_code != 0) {
        details.push_back({"code", task.socket.close_code});
        details.push_back({"close-reason", task.socket.close_reason});
    }
    if (task.reason != Reason::None)
        details.push_back(
            {task.state == TaskState::Finished ? "reason" : "error", std::string{to_word(task.reason)}});
    if (!task.error_text.empty()) details.push_back({"error-text", task.error_text});
    return details;
}

Fields opened_details(const Task& task) {
    Fields details{{"url", redact(task.url)}, {"subprotocol", task.socket.subprotocol}};
    if (!task.token.empty()) details.push_back({"token", task.token});
    return details;
}

Fields closed_details(const Task& task, const fact::Closed& fact) {
    Fields details{{"code", fact.code}, {"close-reason", fact.reason}, {"clean", fact.is_clean}};
    if (!task.token.empty()) details.push_back({"token", task.token});
    if (!fact.text.empty()) details.push_back({"error-text", fact.text});
    return details;
}

Fields challenge_details(const Task& task, const fact::Interrupted& fact) {
    const auto& challenges = fact.challenges;
    std::vector<std::string> schemes;
    schemes.reserve(challenges.size());
    for (const auto& challenge : challenges) schemes.push_back(challenge.scheme);
    const auto* best = best_challenge(challenges);
    return {{"url", fact.challenger.empty() ? redact(task.url) : fact.challenger},
            {"status", task.status},
            {"proxy", task.status == kProxyAuthenticationRequired},
            {"scheme", best ? best->scheme : std::string{}},
            {"schemes", std::move(schemes)},
            {"realm", best ? best->realm : std::string{}},
            {"error-text", task.error_text}};
}

Fields start_details(const Task& task) {
    Fields details{{"url", redact(task.url)}};
    if (!task.token.empty()) details.push_back({"token", task.token});
    if (task.next_attempt)
        details.push_back({"not-before", static_cast<std::uint64_t>(to_usec(*task.next_attempt))});
    return details;
}

Fields waiting_details(const Task& task) {
    return {{"blocked-by", to_words(task.blocked)},
            {"next-attempt", static_cast<std::uint64_t>(to_usec(*task.next_attempt))},
            {"error-text", task.error_text}};
}

}  // namespace haul::model
