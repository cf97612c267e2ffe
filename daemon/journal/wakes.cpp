#include "journal/wakes.hpp"

namespace haul::journal {

Result<Wakes> Wakes::prepare(Database& database) {
    auto* db = database.handle();
    Wakes wakes;
    wakes.put_ = TRY(Statement::prepare(
        db,
        "INSERT OR REPLACE INTO wakes(session,number,launches,next_launch,error_text) VALUES(?,?,?,?,?)"));
    wakes.remove_ = TRY(Statement::prepare(db, "DELETE FROM wakes WHERE session=?"));
    wakes.all_ =
        TRY(Statement::prepare(db, "SELECT session,number,launches,next_launch,error_text FROM wakes"));
    wakes.put_row_ = TRY(Statement::prepare(
        db,
        "INSERT OR REPLACE INTO wake_rows(owner,program,length,is_going_on,completed) VALUES(?,?,?,?,?)"));
    wakes.remove_row_ = TRY(Statement::prepare(db, "DELETE FROM wake_rows WHERE owner=? AND program=?"));
    wakes.row_of_ = TRY(Statement::prepare(
        db, "SELECT length,is_going_on,completed FROM wake_rows WHERE owner=? AND program=?"));
    return wakes;
}

Result<> Wakes::put(SessionId session, const model::Wake& wake) const {
    auto next = wake.next_launch ? std::optional{to_usec(*wake.next_launch)} : std::nullopt;
    return put_.use()
        .bind(session.value)
        .bind(wake.number.value)
        .bind(std::uint64_t{wake.launches})
        .bind(next)
        .bind_text_or_null(wake.error_text)
        .run();
}

Result<> Wakes::remove(SessionId session) const {
    return remove_.use().bind(session.value).run();
}

Result<std::vector<std::pair<SessionId, model::Wake>>> Wakes::all() const {
    auto query = all_.use();
    std::vector<std::pair<SessionId, model::Wake>> wakes;
    while (TRY(query.step()))
        wakes.push_back(
            {{query.count(0)},
             {.number = {query.count(1)},
              .launches = static_cast<std::uint32_t>(query.number(2)),
              .next_launch = query.is_null(3) ? std::nullopt : std::optional{to_wall_time(query.number(3))},
              .error_text = query.text(4)}});
    return wakes;
}

Result<> Wakes::put_row(OwnerId owner, const std::string& program, const model::WakeRow& row) const {
    if (row.is_empty()) return remove_row_.use().bind(owner.value).bind(std::string_view{program}).run();
    return put_row_.use()
        .bind(owner.value)
        .bind(std::string_view{program})
        .bind(std::uint64_t{row.length})
        .bind(std::uint64_t{row.is_going_on ? 1U : 0U})
        .bind(to_usec(row.completed))
        .run();
}

Result<model::WakeRow> Wakes::row_of(OwnerId owner, const std::string& program) const {
    auto query = row_of_.use();
    if (!TRY(query.bind(owner.value).bind(std::string_view{program}).step())) return model::WakeRow{};
    return model::WakeRow{.length = static_cast<std::uint32_t>(query.number(0)),
                          .is_going_on = query.number(1) != 0,
                          .completed = to_wall_time(query.number(2))};
}

}  // namespace haul::journal
