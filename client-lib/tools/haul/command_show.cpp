#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "commands.hpp"
#include "explanation.hpp"
#include "haul/client.hpp"
#include "json.hpp"
#include "moments.hpp"
#include "sentences.hpp"
#include "terminal_text.hpp"
#include "units.hpp"

namespace haul::cli {

namespace {

void print(const char* key, const std::string& value) {
    if (value.empty()) return;
    auto label = std::string(key) + ":";
    label.resize(std::max<std::size_t>(label.size() + 1, 18), ' ');
    std::cout << label << printable(value) << '\n';
}

void print(const char* key, const std::optional<Time>& time) {
    if (time) print(key, format_time(*time));
}

std::string amount(const TaskDetails& details) {
    const auto exact = " (" + std::to_string(details.bytes_done) + " bytes)";
    if (!details.bytes_total) return format_bytes(details.bytes_done) + exact;
    return format_bytes(details.bytes_done) + " of " + format_bytes(*details.bytes_total) + exact;
}

/// What the number of an option counts, by its key.
enum class Measure { None, Duration, Moment, Size, Rate, Permissions, Connections };

Measure measure_of(std::string_view key) {
    for (const auto* name : {"request-timeout", "resource-timeout", "retry-delay", "retry-delay-max",
                             "ping-interval", "pong-timeout", "reconnect-max-delay"}) {
        if (key == name) return Measure::Duration;
    }
    if (key == "deadline" || key == "not-before") return Measure::Moment;
    for (const auto* name : {"max-size", "expected-size", "part-size", "max-message", "inbox-bytes"}) {
        if (key == name) return Measure::Size;
    }
    if (key == "max-rate") return Measure::Rate;
    if (key == "connections") return Measure::Connections;
    return key == "mode" ? Measure::Permissions : Measure::None;
}

std::string to_text(Measure measure, std::uint64_t number) {
    const std::chrono::microseconds time(static_cast<std::int64_t>(number));
    switch (measure) {
        case Measure::Duration:
            return format_setting(time);
        case Measure::Moment:
            return format_time(Time(time));
        case Measure::Size:
            return format_bytes(number) + " (" + std::to_string(number) + " bytes)";
        case Measure::Rate:
            return format_rate(static_cast<double>(number));
        case Measure::Connections:
            return number == kAutoConnections ? "auto" : std::to_string(number);
        case Measure::Permissions: {
            std::array<char, 8> octal{};
            return {octal.data(), std::to_chars(octal.begin(), octal.end(), number & 07777, 8).ptr};
        }
        case Measure::None:
            break;
    }
    return std::to_string(number);
}

std::string listed(const std::vector<std::string>& texts) {
    std::string line;
    for (const auto& text : texts) line += (line.empty() ? "" : ", ") + text;
    return line;
}

std::string listed(const std::vector<std::uint64_t>& numbers) {
    std::string line;
    for (const auto number : numbers) line += (line.empty() ? "" : ", ") + std::to_string(number);
    return line;
}

/// An option for people: text as it is, numbers with their unit, everything else as JSON.
std::string option_text(const std::string& key, const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* number = std::get_if<std::uint64_t>(&value)) return to_text(measure_of(key), *number);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
    if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) return listed(*texts);
    if (const auto* numbers = std::get_if<std::vector<std::uint64_t>>(&value)) return listed(*numbers);
    return to_line(to_json(value));
}

void print_header(const std::string& name, const std::string& value) {
    print("answer header", name + ": " + value);
}

void print(const UploadDetails& upload) {
    print("file", upload.file);
    print("method", upload.method);
    print("content type", upload.content_type);
    print("resumable", upload.resumable);
    if (upload.protocol != upload.resumable) print("protocol", upload.protocol);
    if (upload.reply_size) {
        print("answer", format_bytes(*upload.reply_size) + " (" + std::to_string(*upload.reply_size) +
                            " bytes)" + (upload.is_reply_truncated ? ", the first of more" : ""));
    }
    for (const auto& [name, value] : upload.reply_headers) print_header(name, value);
}

void print(const WebSocketDetails& socket) {
    print("connected", std::string(socket.is_open ? "yes" : "no"));
    print("subprotocol", socket.subprotocol);
    if (socket.close_code == CloseCode::None) return;
    print("last closed",
          to_string(socket.close_code) + (socket.close_reason.empty() ? "" : ": " + socket.close_reason));
}

void print(const TaskDetails& details) {
    const auto now = wall_now();
    print("task", std::to_string(details.id.number));
    print("kind", std::string(to_string(details.kind)));
    print("state", std::string(to_string(details.state)));
    print("now", standstill(details, now));
    print("url", details.url);
    if (details.final_url != details.url) print("final url", details.final_url);
    if (details.upload) print(*details.upload);
    if (details.web_socket) print(*details.web_socket);
    print("destination", details.destination);
    print("filename", details.filename);
    print("path", details.path);
    if (details.kind != TaskKind::WebSocket) print("done", amount(details));
    // Without bytes there is nothing to resume, whatever the last answer was.
    if (details.resumable && details.bytes_done > 0)
        print("resumable", *details.resumable ? "yes" : "no: it would begin at 0 again");
    print("attempts", std::to_string(details.attempts));
    for (const auto& sentence : sentences_of(details.why)) print("why", sentence);
    if (details.next_attempt) print("next attempt", format_moment(*details.next_attempt, now));
    if (details.status) print("status", std::to_string(*details.status));
    print("reason", details.reason);
    print("error", details.error);
    print("error text", details.error_text);
    print("created", details.created);
    print("ended", details.ended);
    print("session", details.session_path);
    print("token", details.token);
    if (details.priority) print("priority", to_line(Json(*details.priority)));
    for (const auto& [key, value] : details.options) print(key.c_str(), option_text(key, value));
}

ExitCode show(const Console& console, TaskId id) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());
    const auto details = client->task(id).details();
    if (!details) return console.fail(id, details.error());
    if (console.output() == Output::Json) {
        std::cout << to_document(to_json(*details)) << '\n';
    } else {
        print(*details);
    }
    return ExitCode::Done;
}

}  // namespace

void add_show(CLI::App& app, Command& chosen) {
    auto number = std::make_shared<std::uint64_t>();
    auto& command = add_command(app, "show", "Show everything about a task");
    add_task(command, *number);
    on_chosen(command, [number, &chosen] {
        chosen = [number](const Console& console) { return show(console, {*number}); };
    });
}

}  // namespace haul::cli
