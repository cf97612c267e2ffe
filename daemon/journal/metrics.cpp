#include "journal/metrics.hpp"

#include "model/limits.hpp"

namespace haul::journal {
namespace {

constexpr std::uint32_t kReused = 1;
constexpr std::uint32_t kProxy = 2;

std::optional<std::int64_t> duration_usec(const std::optional<Duration>& duration) {
    return duration ? std::optional{duration->count()} : std::nullopt;
}

std::optional<Duration> duration_at(const Query& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional{Duration{row.number(column)}};
}

}  // namespace

Result<Metrics> Metrics::prepare(Database& database) {
    auto* db = database.handle();
    Metrics metrics;
    metrics.insert_ = TRY(Statement::prepare(
        db,
        "INSERT OR REPLACE INTO metrics(task,attempt,position,hop,connection,url,status,started,name_lookup,"
        "connect,tls,first_byte,total,local_address,remote_address,protocol,tls_version,flags,received,sent,"
        "written) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    metrics.trim_ = TRY(Statement::prepare(
        db,
        "DELETE FROM metrics WHERE task=?1 AND (attempt,position) NOT IN (SELECT attempt,position FROM "
        "metrics WHERE task=?1 ORDER BY attempt DESC, position DESC LIMIT ?2)"));
    metrics.of_ = TRY(Statement::prepare(
        db,
        "SELECT attempt,hop,connection,url,status,started,name_lookup,connect,tls,first_byte,total,"
        "local_address,remote_address,protocol,tls_version,flags,received,sent,written FROM metrics "
        "WHERE task=? ORDER BY attempt,position"));
    metrics.remove_ = TRY(Statement::prepare(db, "DELETE FROM metrics WHERE task=?"));
    return metrics;
}

Result<> Metrics::insert(TaskId task, Attempt attempt,
                         const std::vector<model::RequestMetrics>& requests) const {
    std::uint32_t position = 0;
    for (const auto& request : requests)
        TRY(insert_.use()
                .bind(task.value)
                .bind(attempt.value)
                .bind(position++)
                .bind(request.hop)
                .bind(request.connection)
                .bind(std::string_view{request.url})
                .bind(std::uint32_t{request.status})
                .bind(to_usec(request.started))
                .bind(duration_usec(request.name_lookup))
                .bind(duration_usec(request.connect))
                .bind(duration_usec(request.tls))
                .bind(duration_usec(request.first_byte))
                .bind(std::int64_t{request.total.count()})
                .bind_text_or_null(request.local_address)
                .bind_text_or_null(request.remote_address)
                .bind_text_or_null(request.protocol)
                .bind_text_or_null(request.tls_version)
                .bind((request.reused ? kReused : 0U) | (request.proxy ? kProxy : 0U))
                .bind(request.received)
                .bind(request.sent)
                .bind(request.written)
                .run());
    bool may_be_too_many = attempt.value > 1;  // one attempt alone reports no more than may be kept
    if (may_be_too_many && !requests.empty())
        TRY(trim_.use().bind(task.value).bind(std::uint64_t{model::kMaxRequestsKept}).run());
    return {};
}

Result<std::vector<AttemptMetrics>> Metrics::of(TaskId task) const {
    auto row = of_.use();
    row.bind(task.value);
    std::vector<AttemptMetrics> requests;
    while (TRY(row.step())) {
        auto flags = row.number(15);
        requests.push_back({.attempt = {static_cast<std::uint32_t>(row.number(0))},
                            .request = {.hop = static_cast<std::uint32_t>(row.number(1)),
                                        .connection = static_cast<std::uint32_t>(row.number(2)),
                                        .url = row.text(3),
                                        .status = static_cast<std::uint16_t>(row.number(4)),
                                        .started = to_wall_time(row.number(5)),
                                        .name_lookup = duration_at(row, 6),
                                        .connect = duration_at(row, 7),
                                        .tls = duration_at(row, 8),
                                        .first_byte = duration_at(row, 9),
                                        .total = Duration{row.number(10)},
                                        .local_address = row.text(11),
                                        .remote_address = row.text(12),
                                        .protocol = row.text(13),
                                        .tls_version = row.text(14),
                                        .reused = (flags & kReused) != 0,
                                        .proxy = (flags & kProxy) != 0,
                                        .received = row.count(16),
                                        .sent = row.count(17),
                                        .written = row.count(18)}});
    }
    return requests;
}

Result<> Metrics::remove(TaskId task) const {
    return remove_.use().bind(task.value).run();
}

}  // namespace haul::journal
