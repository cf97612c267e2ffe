#include "json.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace haul::cli {

namespace {

void put(Json& json, const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
}

template <typename Number>
void put(Json& json, const char* key, const std::optional<Number>& number) {
    if (number) json[key] = *number;
}

void put(Json& json, const char* key, const std::optional<Time>& time) {
    if (time) json[key] = time->time_since_epoch().count();
}

void put(Json& json, const char* key, const std::optional<std::chrono::microseconds>& time) {
    if (time) json[key] = time->count();
}

void put(Json& json, const UploadDetails& upload) {
    put(json, "file", upload.file);
    put(json, "method", upload.method);
    put(json, "content-type", upload.content_type);
    put(json, "resumable", upload.resumable);
    put(json, "protocol", upload.protocol);
    if (!upload.reply_headers.empty()) json["reply-headers"] = upload.reply_headers;
    put(json, "reply-size", upload.reply_size);
    if (upload.reply_size) json["reply-truncated"] = upload.is_reply_truncated;
}

void put(Json& json, const WebSocketDetails& socket) {
    json["open"] = socket.is_open;
    put(json, "subprotocol", socket.subprotocol);
    if (socket.close_code == CloseCode::None) return;
    json["code"] = static_cast<std::uint16_t>(socket.close_code);
    put(json, "close-reason", socket.close_reason);
}

std::string dump(const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

/// RFC 4648, section 4.
std::string to_base64(const std::vector<std::uint8_t>& data) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((data.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < data.size(); at += 3) {
        const auto left = std::min<std::size_t>(data.size() - at, 3);
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) group = (group << 8) | (i < left ? data[at + i] : 0U);
        for (std::size_t i = 0; i < 4; ++i) text += i <= left ? kDigits[(group >> (18 - 6 * i)) & 63U] : '=';
    }
    return text;
}

}  // namespace

Json to_json(const Value& value) {
    if (const auto* data = std::get_if<std::vector<std::uint8_t>>(&value)) return to_base64(*data);
    return std::visit([](const auto& held) { return Json(held); }, value);
}

Json to_json(const Values& values) {
    Json json = Json::object();
    for (const auto& [key, value] : values) json[key] = to_json(value);
    return json;
}

Json to_json(std::optional<Bytes> bytes) {
    return bytes ? Json(*bytes) : Json(nullptr);
}

Json to_json(const TaskDetails& details) {
    Json json;
    json["id"] = details.id.number;
    json["kind"] = to_string(details.kind);
    json["state"] = to_string(details.state);
    put(json, "session", details.session_path);
    put(json, "url", details.url);
    put(json, "final-url", details.final_url);
    put(json, "destination", details.destination);
    put(json, "filename", details.filename);
    put(json, "path", details.path);
    json["bytes-done"] = details.bytes_done;
    json["bytes-total"] = to_json(details.bytes_total);
    put(json, "resumable", details.resumable);
    json["attempts"] = details.attempts;
    if (!details.blocked_by.empty()) json["blocked-by"] = details.blocked_by;
    put(json, "why", details.why);
    put(json, "next-attempt", details.next_attempt);
    put(json, "priority", details.priority);
    put(json, "status", details.status);
    put(json, "reason", details.reason);
    put(json, "error", details.error);
    put(json, "error-text", details.error_text);
    put(json, "created", details.created);
    put(json, "ended", details.ended);
    put(json, "token", details.token);
    if (details.upload) put(json, *details.upload);
    if (details.web_socket) put(json, *details.web_socket);
    json.update(to_json(details.options));
    return json;
}

Json to_json(const TaskSummary& summary) {
    Json json;
    json["id"] = summary.id.number;
    json["kind"] = to_string(summary.kind);
    json["state"] = to_string(summary.state);
    put(json, "reason", summary.reason);
    json["bytes-done"] = summary.bytes_done;
    json["bytes-total"] = to_json(summary.bytes_total);
    return json;
}

Json to_json(const SessionDetails& details) {
    Json json;
    json["identifier"] = details.identifier;
    json["tasks"] = details.tasks;
    json["events"] = details.events;
    json["last-event"] = details.last_event.number;
    json["acknowledged"] = details.acknowledged.number;
    json["attached"] = details.attached;
    json["state"] = details.invalidating ? "invalidating" : "open";
    json["wake-number"] = details.wake.number;
    json["wake-attempts"] = details.wake_attempts;
    put(json, "next-wake", details.next_wake);
    if (!details.wake_error.empty()) json["wake-error"] = details.wake_error;
    json["relaunches"] = details.relaunches;
    json.update(to_json(details.options));
    return json;
}

Json to_json(const Event& event) {
    Json json;
    json["seq"] = event.number.number;
    json["task"] = event.task.number;
    json["type"] = event.type;
    json["time"] = event.time.time_since_epoch().count();
    json["details"] = to_json(event.details);
    return json;
}

Json to_json(const RequestMetrics& request) {
    Json json;
    json["attempt"] = request.attempt;
    json["hop"] = request.hop;
    json["connection"] = request.connection;
    json["url"] = request.url;
    put(json, "status", request.status);
    put(json, "started", request.started);
    put(json, "name-lookup", request.name_lookup);
    put(json, "connect", request.connect);
    put(json, "tls", request.tls);
    put(json, "first-byte", request.first_byte);
    put(json, "total", request.total);
    put(json, "local-address", request.local_address);
    put(json, "remote-address", request.remote_address);
    put(json, "protocol", request.protocol);
    put(json, "tls-version", request.tls_version);
    json["reused"] = request.reused;
    json["proxy"] = request.proxy;
    json["bytes-received"] = request.bytes_received;
    json["bytes-sent"] = request.bytes_sent;
    json["bytes-written"] = request.bytes_written;
    return json;
}

Json to_json(const Error& error) {
    Json json;
    json["error"] = to_string(error.code);
    json["message"] = error.message;
    return json;
}

std::string to_line(const Json& json) {
    return dump(json, -1);
}

std::string to_document(const Json& json) {
    return dump(json, 2);
}

}  // namespace haul::cli
