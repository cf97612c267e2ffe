#include "haul/event_details.hpp"

#include <string_view>

#include "event_values.hpp"

namespace haul {

namespace {

using detail::find;
using detail::find_time;
using detail::take;

std::optional<TaskState> end_state(std::string_view type) {
    if (type == "completed") return TaskState::Finished;
    if (type == "failed") return TaskState::Failed;
    if (type == "cancelled") return TaskState::Cancelled;
    return std::nullopt;
}

}  // namespace

std::optional<Redirection> to_redirection(const Event& event) {
    if (event.type != "redirected") return std::nullopt;
    return Redirection{
        .url = take<std::string>(event, "url"),
        .final_url = take<std::string>(event, "final-url"),
        .status = find<std::uint64_t>(event, "status"),
    };
}

std::optional<Challenge> to_challenge(const Event& event) {
    if (event.type != "credentials-needed") return std::nullopt;
    return Challenge{
        .scheme = take<std::string>(event, "scheme"),
        .schemes = take<std::vector<std::string>>(event, "schemes"),
        .realm = take<std::string>(event, "realm"),
        .proxy = take<bool>(event, "proxy"),
        .url = take<std::string>(event, "url"),
        .status = find<std::uint64_t>(event, "status"),
    };
}

std::optional<DownloadedFile> to_downloaded_file(const Event& event) {
    if (event.type != "finished-downloading") return std::nullopt;
    return DownloadedFile{
        .path = take<std::string>(event, "path"),
        .url = take<std::string>(event, "url"),
        .token = take<std::string>(event, "token"),
        .size = take<std::uint64_t>(event, "bytes-done"),
    };
}

std::optional<Hindrance> to_hindrance(const Event& event) {
    if (event.type != "waiting") return std::nullopt;
    return Hindrance{
        .blocked_by = take<std::vector<std::string>>(event, "blocked-by"),
        .next_attempt = find_time(event, "next-attempt"),
        .error_text = take<std::string>(event, "error-text"),
    };
}

std::optional<StartQuestion> to_start_question(const Event& event) {
    if (event.type != "about-to-start") return std::nullopt;
    return StartQuestion{
        .url = take<std::string>(event, "url"),
        .token = take<std::string>(event, "token"),
        .not_before = find_time(event, "not-before"),
    };
}

std::optional<Restart> to_restart(const Event& event) {
    if (event.type != "resumed-from-zero") return std::nullopt;
    return Restart{
        .bytes_lost = take<std::uint64_t>(event, "bytes-done"),
        .error_text = take<std::string>(event, "error-text"),
    };
}

std::optional<Ending> to_ending(const Event& event) {
    const auto state = end_state(event.type);
    if (!state) return std::nullopt;
    return Ending{
        .state = *state,
        .reason = take<std::string>(event, *state == TaskState::Finished ? "reason" : "error"),
        .error_text = take<std::string>(event, "error-text"),
        .url = take<std::string>(event, "url"),
        .path = take<std::string>(event, "path"),
        .token = take<std::string>(event, "token"),
        .status = find<std::uint64_t>(event, "status"),
        .bytes_done = take<std::uint64_t>(event, "bytes-done"),
        .resume_data = resume_data_of(event),
    };
}

std::optional<Ending> to_ending(const TaskDetails& details) {
    if (!has_ended(details.state)) return std::nullopt;
    return Ending{
        .state = details.state,
        .reason = details.state == TaskState::Finished ? details.reason : details.error,
        .error_text = details.error_text,
        .url = details.url,
        .path = details.path,
        .token = details.token,
        .status = details.status,
        .bytes_done = details.bytes_done,
        .resume_data = std::nullopt,
    };
}

std::optional<std::vector<std::uint8_t>> resume_data_of(const Event& event) {
    if (event.type != "failed" && event.type != "cancelled") return std::nullopt;
    return find<std::vector<std::uint8_t>>(event, "resume-data");
}

}  // namespace haul
