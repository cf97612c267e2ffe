#include <cstdint>
#include <iomanip>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.hpp"
#include "haul/client.hpp"
#include "json.hpp"
#include "terminal_text.hpp"
#include "units.hpp"

namespace haul::cli {

namespace {

std::string time_text(const std::optional<std::chrono::microseconds>& time) {
    return time ? format_elapsed(*time) : "-";
}

void print_request_heading() {
    std::cout
        << " TRY HOP CONN STATUS   LOOKUP  CONNECT      TLS    FIRST    TOTAL  RECEIVED      SENT   WRITTEN"
           "  PROTOCOL          REMOTE AND URL\n";
}

void print_request(const RequestMetrics& request) {
    auto protocol = request.protocol.empty() ? std::string("-") : request.protocol;
    if (!request.tls_version.empty()) protocol += " " + request.tls_version;
    auto remote = request.remote_address.empty() ? std::string("-") : request.remote_address;
    if (request.proxy) remote += " (proxy)";
    if (request.reused) remote += " (reused)";
    std::cout << std::right << std::setw(4) << request.attempt << std::setw(4) << request.hop << std::setw(5)
              << request.connection << std::setw(7)
              << (request.status ? std::to_string(*request.status) : "-");
    for (const auto& time :
         {request.name_lookup, request.connect, request.tls, request.first_byte, request.total}) {
        std::cout << std::setw(9) << time_text(time);
    }
    for (const auto bytes : {request.bytes_received, request.bytes_sent, request.bytes_written})
        std::cout << std::setw(10) << format_bytes(bytes);
    std::cout << "  " << std::left << std::setw(16) << printable(protocol) << "  " << printable(remote)
              << "  " << printable(request.url) << '\n';
}

ExitCode show_metrics(const Console& console, TaskId id) {
    const auto client = Client::connect(console.bus());
    if (!client) return console.fail(client.error());
    const auto metrics = client->task(id).metrics();
    if (!metrics) return console.fail(id, metrics.error());
    if (console.output() == Output::Json) {
        auto report = Json::array();
        for (const auto& request : *metrics) report.push_back(to_json(request));
        std::cout << to_document(report) << '\n';
        return ExitCode::Done;
    }
    print_request_heading();
    for (const auto& request : *metrics) print_request(request);
    return ExitCode::Done;
}

}  // namespace

void add_metrics(CLI::App& app, Command& chosen) {
    auto number = std::make_shared<std::uint64_t>();
    auto& command = add_command(app, "metrics", "Show a task's requests: their times, addresses and bytes");
    add_task(command, *number);
    on_chosen(command, [number, &chosen] {
        chosen = [number](const Console& console) { return show_metrics(console, {*number}); };
    });
}

}  // namespace haul::cli
