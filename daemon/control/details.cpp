#include "control/details.hpp"

#include "control/stored_options.hpp"
#include "control/upload_terms.hpp"
#include "model/header_scanner.hpp"
#include "model/resume_rule.hpp"
#include "model/url.hpp"
#include "model/utf8.hpp"

namespace haul::control {
namespace {

std::uint64_t usec(WallTime time) {
    return static_cast<std::uint64_t>(to_usec(time));
}

/// When it will be looked at again, whoever waits.
std::optional<WallTime> next_attempt(const model::Task& task, Gatekeeper& gatekeeper, WallTime now) {
    if (task.state != model::TaskState::Waiting) return task.next_attempt;
    return gatekeeper.find(task, now).next;
}

}  // namespace

Fields task_details(const model::Task& task, const TaskLife& life, Gatekeeper& gatekeeper, WallTime now) {
    const auto* live = life.live_bytes(task.id);
    auto blocks = gatekeeper.find_blocks(task, now);
    auto total = live && live->total ? live->total : task.total;
    Fields details{{"id", task.id.value},
                   {"session", "/org/hauld1/session/" + std::to_string(task.session.value)},
                   {"kind", std::string{model::to_word(task.kind)}},
                   {"state", std::string{model::to_word(task.state)}},
                   {"url", model::redact(task.url)},
                   {"bytes-done", live ? live->done : task.done.bytes()},
                   {"bytes-total", total ? static_cast<std::int64_t>(*total) : std::int64_t{-1}},
                   {"attempts", task.attempts.value},
                   {"blocked-by", model::to_words(blocks)},
                   {"priority", task.priority},
                   {"created", usec(task.created)}};
    auto add_text = [&](const char* key, std::string_view text) {
        if (!text.empty()) details.push_back({key, std::string{text}});
    };
    add_text("destination", task.destination);
    if (!task.destination.empty()) add_text("if-exists", model::to_word(task.if_exists));
    add_text("path", task.path);
    add_text("token", task.token);
    add_text("filename", task.filename);
    add_text("final-url", task.final_url);
    add_text(task.state == model::TaskState::Finished ? "reason" : "error", model::to_word(task.reason));
    add_text("error-text", task.error_text);
    if (task.status != 0) details.push_back({"status", task.status});
    bool is_upload = task.kind == model::TaskKind::Upload;
    bool is_download = task.kind == model::TaskKind::Download;
    if (is_download && (!task.done.is_empty() || task.total)) {
        details.push_back({"resumable", model::can_continue(task.validator)});
    }
    add_text("window", task.window);
    if (task.question != model::Question::None) details.push_back({"ask-before-start", true});
    if (auto next = next_attempt(task, gatekeeper, now)) details.push_back({"next-attempt", usec(*next)});
    if (blocks != model::Block::None)
        details.push_back({"why", model::explain(blocks, gatekeeper.conditions(), gatekeeper.leisure())});
    if (task.deadline) details.push_back({"deadline", usec(*task.deadline)});
    if (task.ended) details.push_back({"ended", usec(*task.ended)});
    if (task.kind == model::TaskKind::WebSocket) {
        details.push_back({"open", task.socket.is_open});
        details.push_back({"subprotocol", task.socket.subprotocol});
    }
    if (task.socket.close_code != 0) {
        details.push_back({"code", task.socket.close_code});
        details.push_back({"close-reason", task.socket.close_reason});
    }
    auto options = load_options(task.options);
    options.if_exists.reset();  // it stands above, as it is in force
    if (is_upload) {
        if (!options.file && !task.source_file.is_spooled) options.file = task.source_file.path;
        options.method = upload_method(options);
        if (!options.resumable) options.resumable = model::UploadProtocol::Auto;
        details.push_back({"protocol", std::string{model::to_word(task.upload.protocol)}});
    }
    for (auto& field : model::to_fields(options)) details.push_back(std::move(field));
    return details;
}

Fields reply_details(const model::Reply& reply) {
    std::map<std::string, std::string> fields;
    for (const auto& field : reply.fields) {
        auto& value = fields[model::to_lower(field.name)];
        value += (value.empty() ? "" : ", ") + model::utf8_from_field(field.value);
    }
    return {{"reply-headers", std::move(fields)},
            {"reply-size", std::uint64_t{reply.body.size()}},
            {"reply-truncated", reply.is_truncated}};
}

Fields request_metrics(const journal::AttemptMetrics& metrics) {
    const auto& request = metrics.request;
    Fields fields{{"attempt", metrics.attempt.value},
                  {"hop", request.hop},
                  {"connection", request.connection},
                  {"url", request.url},
                  {"started", usec(request.started)},
                  {"total", static_cast<std::uint64_t>(request.total.count())},
                  {"reused", request.reused},
                  {"proxy", request.proxy},
                  {"bytes-received", std::uint64_t{request.received}},
                  {"bytes-sent", std::uint64_t{request.sent}},
                  {"bytes-written", std::uint64_t{request.written}}};
    if (request.status != 0) fields.push_back({"status", request.status});
    auto add_time = [&](const char* key, const std::optional<Duration>& time) {
        if (time) fields.push_back({key, static_cast<std::uint64_t>(time->count())});
    };
    add_time("name-lookup", request.name_lookup);
    add_time("connect", request.connect);
    add_time("tls", request.tls);
    add_time("first-byte", request.first_byte);
    auto add_text = [&](const char* key, const std::string& text) {
        if (!text.empty()) fields.push_back({key, text});
    };
    add_text("local-address", request.local_address);
    add_text("remote-address", request.remote_address);
    add_text("protocol", request.protocol);
    add_text("tls-version", request.tls_version);
    return fields;
}

Fields session_details(const SessionView& view) {
    const auto& session = view.session;
    auto last = view.events.is_empty() ? view.acknowledged : view.events.last;
    const auto& wake = view.wake;
    Fields details{{"identifier", session.row.identifier},
                   {"state", std::string{session.is_open() ? "open" : "invalidating"}},
                   {"created", usec(session.row.created)},
                   {"tasks", session.tasks},
                   {"events", last.value - view.acknowledged.value},
                   {"last-event", last.value},
                   {"acknowledged", view.acknowledged.value},
                   {"attached", view.is_attached},
                   {"wake-number", wake.is_outstanding() ? wake.number.value : std::uint64_t{0}},
                   {"wake-attempts", wake.launches},
                   {"relaunches", view.wake_row.length}};
    if (wake.next_launch && !view.is_attached) details.push_back({"next-wake", usec(*wake.next_launch)});
    if (!wake.error_text.empty()) details.push_back({"wake-error", wake.error_text});
    for (auto& field : model::to_fields(load_options(session.row.options, model::OptionScope::Session)))
        details.push_back(std::move(field));
    return details;
}

}  // namespace haul::control
