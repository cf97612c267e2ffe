#include "journal/metrics.hpp"

#include "journal/fields_codec.hpp"
#include "model/limits.hpp"

namespace haul::journal {
namespace {

Fields to_fields(Attempt attempt, const model::RequestMetrics& request) {
    Fields fields{{"attempt", attempt.value},
                  {"hop", request.hop},
                  {"connection", request.connection},
                  {"url", request.url},
                  {"status", request.status},
                  {"started", static_cast<std::uint64_t>(to_usec(request.started))},
                  {"total", static_cast<std::uint64_t>(request.total.count())},
                  {"reused", request.reused},
                  {"proxy", request.proxy},
                  {"bytes-received", std::uint64_t{request.received}},
                  {"bytes-sent", std::uint64_t{request.sent}},
                  {"bytes-written", std::uint64_t{request.written}}};
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

}  // namespace

Result<Metrics> Metrics::prepare(Database& database) {
    auto* db = database.handle();
    Metrics metrics;
    metrics.insert_ = TRY(Statement::prepare(
        db, "INSERT OR REPLACE INTO metrics(task,attempt,position,fields) VALUES(?,?,?,?)"));
    metrics.trim_ = TRY(Statement::prepare(
        db,
        "DELETE FROM metrics WHERE task=?1 AND (attempt,position) NOT IN (SELECT attempt,position FROM "
        "metrics WHERE task=?1 ORDER BY attempt DESC, position DESC LIMIT ?2)"));
    metrics.of_ =
        TRY(Statement::prepare(db, "SELECT fields FROM metrics WHERE task=? ORDER BY attempt,position"));
    metrics.remove_ = TRY(Statement::prepare(db, "DELETE FROM metrics WHERE task=?"));
    return metrics;
}

Result<> Metrics::insert(TaskId task, Attempt attempt,
                         const std::vector<model::RequestMetrics>& requests) const {
    std::uint64_t position = 0;
    for (const auto& request : requests) {
        auto fields = encode(to_fields(attempt, request));
        TRY(insert_.use().bind(task.value).bind(attempt.value).bind(position++).bind_blob(fields).run());
    }
    bool may_be_too_many = attempt.value > 1;  // one attempt alone reports no more than may be kept
    if (may_be_too_many && !requests.empty())
        TRY(trim_.use().bind(task.value).bind(std::uint64_t{model::kMaxRequestsKept}).run());
    return {};
}

Result<std::vector<Fields>> Metrics::of(TaskId task) const {
    auto query = of_.use();
    query.bind(task.value);
    std::vector<Fields> requests;
    while (TRY(query.step())) requests.push_back(decode(query.text(0)));
    return requests;
}

Result<> Metrics::remove(TaskId task) const {
    return remove_.use().bind(task.value).run();
}

}  // namespace haul::journal
