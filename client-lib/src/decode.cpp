#include "decode.hpp"

#include <chrono>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "errors.hpp"
#include "words.hpp"

namespace haul::detail {

namespace {

/// How TaskRow says that a length is not known.
constexpr auto kUnknownTotal = std::numeric_limits<std::uint64_t>::max();

std::optional<Value> to_value(const sdbus::Variant& variant) {
    const auto type = variant.peekValueType();
    if (type == "b") return variant.get<bool>();
    if (type == "y") return std::uint64_t{variant.get<std::uint8_t>()};
    if (type == "q") return std::uint64_t{variant.get<std::uint16_t>()};
    if (type == "u") return std::uint64_t{variant.get<std::uint32_t>()};
    if (type == "t") return variant.get<std::uint64_t>();
    if (type == "n") return std::int64_t{variant.get<std::int16_t>()};
    if (type == "i") return std::int64_t{variant.get<std::int32_t>()};
    if (type == "x") return variant.get<std::int64_t>();
    if (type == "d") return variant.get<double>();
    if (type == "s") return variant.get<std::string>();
    if (type == "o") return std::string(variant.get<sdbus::ObjectPath>());
    if (type == "as") return variant.get<std::vector<std::string>>();
    if (type == "a{ss}") return variant.get<std::map<std::string, std::string>>();
    if (type == "ay") return variant.get<std::vector<std::uint8_t>>();
    if (type == "at") return variant.get<std::vector<std::uint64_t>>();
    return std::nullopt;
}

/// Takes values out of an answer by their keys; what nobody takes is left over.
class Answer {
public:
    explicit Answer(Values values) : values_(std::move(values)) {}

    template <typename T>
    std::optional<T> find(const char* key) {
        const auto place = values_.find(key);
        if (place == values_.end()) return std::nullopt;
        auto* value = std::get_if<T>(&place->second);
        if (!value) return std::nullopt;
        auto taken = std::move(*value);
        values_.erase(place);
        return taken;
    }

    template <typename T>
    T take(const char* key) {
        return find<T>(key).value_or(T{});
    }

    /// A number of which 0 means that there is none.
    std::optional<std::uint64_t> find_nonzero(const char* key) {
        const auto number = find<std::uint64_t>(key);
        return number == 0U ? std::nullopt : number;
    }

    std::optional<Time> find_time(const char* key) {
        const auto time = find<std::uint64_t>(key);
        if (!time) return std::nullopt;
        return Time(std::chrono::microseconds(static_cast<std::int64_t>(*time)));
    }

    std::optional<std::chrono::microseconds> find_duration(const char* key) {
        const auto time = find<std::uint64_t>(key);
        if (!time) return std::nullopt;
        return std::chrono::microseconds(static_cast<std::int64_t>(*time));
    }

    Values rest() { return std::move(values_); }

private:
    Values values_;
};

Error missing(std::string_view what) {
    return protocol_error("the daemon's answer lacks " + std::string(what));
}

Error unknown_word(std::string_view what, std::string_view word) {
    return protocol_error("the daemon speaks of the " + std::string(what) + " \"" + std::string(word) +
                          "\", which this version of the library does not know");
}

UploadDetails to_upload_details(Answer& answer) {
    return {
        .file = answer.take<std::string>("file"),
        .method = answer.take<std::string>("method"),
        .resumable = answer.take<std::string>("resumable"),
        .protocol = answer.take<std::string>("protocol"),
        .content_type = answer.take<std::string>("content-type"),
        .reply_headers = answer.take<std::map<std::string, std::string>>("reply-headers"),
        .reply_size = answer.find<std::uint64_t>("reply-size"),
        .is_reply_truncated = answer.take<bool>("reply-truncated"),
    };
}

WebSocketDetails to_web_socket_details(Answer& answer) {
    return {
        .is_open = answer.take<bool>("open"),
        .subprotocol = answer.take<std::string>("subprotocol"),
        .close_code = CloseCode(answer.take<std::uint64_t>("code")),
        .close_reason = answer.take<std::string>("close-reason"),
    };
}

}  // namespace

Values to_values(const std::map<std::string, sdbus::Variant>& variants) {
    Values values;
    for (const auto& [key, variant] : variants) {
        if (auto value = to_value(variant)) values.emplace(key, std::move(*value));
    }
    return values;
}

Result<TaskDetails> to_task_details(Values values) {
    Answer answer(std::move(values));
    const auto id = answer.find<std::uint64_t>("id");
    if (!id) return tl::unexpected(missing("id"));
    const auto kind_word = answer.take<std::string>("kind");
    const auto kind = task_kind(kind_word);
    if (!kind) return tl::unexpected(unknown_word("kind", kind_word));
    const auto state_word = answer.take<std::string>("state");
    const auto state = task_state(state_word);
    if (!state) return tl::unexpected(unknown_word("state", state_word));

    const auto total = answer.find<std::int64_t>("bytes-total").value_or(-1);
    TaskDetails details{
        .id = {*id},
        .kind = *kind,
        .state = *state,
        .session_path = answer.take<std::string>("session"),
        .url = answer.take<std::string>("url"),
        .final_url = answer.take<std::string>("final-url"),
        .destination = answer.take<std::string>("destination"),
        .filename = answer.take<std::string>("filename"),
        .path = answer.take<std::string>("path"),
        .bytes_done = answer.take<std::uint64_t>("bytes-done"),
        .bytes_total = total < 0 ? std::nullopt : std::optional(static_cast<Bytes>(total)),
        .resumable = answer.find<bool>("resumable"),
        .attempts = answer.take<std::uint64_t>("attempts"),
        .blocked_by = answer.take<std::vector<std::string>>("blocked-by"),
        .why = answer.take<std::string>("why"),
        .next_attempt = answer.find_time("next-attempt"),
        .priority = answer.find<double>("priority"),
        .status = answer.find<std::uint64_t>("status"),
        .reason = answer.take<std::string>("reason"),
        .error = answer.take<std::string>("error"),
        .error_text = answer.take<std::string>("error-text"),
        .created = answer.find_time("created"),
        .ended = answer.find_time("ended"),
        .token = answer.take<std::string>("token"),
        .upload = *kind == TaskKind::Upload ? std::optional(to_upload_details(answer)) : std::nullopt,
        .web_socket =
            *kind == TaskKind::WebSocket ? std::optional(to_web_socket_details(answer)) : std::nullopt,
        .options = {},
    };
    details.options = answer.rest();
    return details;
}

Result<SessionDetails> to_session_details(Values values) {
    Answer answer(std::move(values));
    auto identifier = answer.find<std::string>("identifier");
    if (!identifier) return tl::unexpected(missing("identifier"));
    SessionDetails details{
        .identifier = std::move(*identifier),
        .tasks = answer.take<std::uint64_t>("tasks"),
        .events = answer.take<std::uint64_t>("events"),
        .last_event = {answer.take<std::uint64_t>("last-event")},
        .acknowledged = {answer.take<std::uint64_t>("acknowledged")},
        .attached = answer.take<bool>("attached"),
        .invalidating = answer.take<std::string>("state") == "invalidating",
        .wake = {answer.take<std::uint64_t>("wake-number")},
        .wake_attempts = answer.take<std::uint64_t>("wake-attempts"),
        .next_wake = answer.find_time("next-wake"),
        .wake_error = answer.take<std::string>("wake-error"),
        .relaunches = answer.take<std::uint64_t>("relaunches"),
        .options = {},
    };
    details.options = answer.rest();
    return details;
}

Result<TaskSummary> to_task_summary(const TaskRow& row) {
    const auto& [id, path, kind_word, state_word, reason, done, total] = row;
    const auto kind = task_kind(kind_word);
    if (!kind) return tl::unexpected(unknown_word("kind", kind_word));
    const auto state = task_state(state_word);
    if (!state) return tl::unexpected(unknown_word("state", state_word));
    return TaskSummary{
        .id = {id},
        .kind = *kind,
        .state = *state,
        .reason = reason,
        .bytes_done = done,
        .bytes_total = total == kUnknownTotal ? std::nullopt : std::optional(total),
    };
}

WaitingTask to_waiting_task(const WaitingRow& row) {
    const auto& [id, blocked_by, next_attempt] = row;
    return {
        .id = {id},
        .blocked_by = blocked_by,
        .next_attempt =
            next_attempt == 0
                ? std::nullopt
                : std::optional(Time(std::chrono::microseconds(static_cast<std::int64_t>(next_attempt)))),
    };
}

Result<TaskStatus> to_task_status(const std::string& state_word, const std::string& reason) {
    const auto state = task_state(state_word);
    if (!state) return tl::unexpected(unknown_word("state", state_word));
    return TaskStatus{.state = *state, .reason = reason};
}

RequestMetrics to_request_metrics(Values values) {
    Answer answer(std::move(values));
    return {
        .attempt = answer.take<std::uint64_t>("attempt"),
        .hop = answer.take<std::uint64_t>("hop"),
        .connection = answer.take<std::uint64_t>("connection"),
        .url = answer.take<std::string>("url"),
        .status = answer.find_nonzero("status"),
        .started = answer.find_time("started"),
        .name_lookup = answer.find_duration("name-lookup"),
        .connect = answer.find_duration("connect"),
        .tls = answer.find_duration("tls"),
        .first_byte = answer.find_duration("first-byte"),
        .total = answer.find_duration("total"),
        .local_address = answer.take<std::string>("local-address"),
        .remote_address = answer.take<std::string>("remote-address"),
        .protocol = answer.take<std::string>("protocol"),
        .tls_version = answer.take<std::string>("tls-version"),
        .reused = answer.take<bool>("reused"),
        .proxy = answer.take<bool>("proxy"),
        .bytes_received = answer.take<std::uint64_t>("bytes-received"),
        .bytes_sent = answer.take<std::uint64_t>("bytes-sent"),
        .bytes_written = answer.take<std::uint64_t>("bytes-written"),
    };
}

Event to_event(const EventRow& row) {
    const auto& [number, task, type, time, details] = row;
    return {
        .number = {number},
        .task = {task},
        .type = type,
        .time = Time(std::chrono::microseconds(time)),
        .details = to_values(details),
    };
}

}  // namespace haul::detail
