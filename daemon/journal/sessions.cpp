#include "journal/sessions.hpp"

namespace haul::journal {

Result<Sessions> Sessions::prepare(Database& database) {
    auto* db = database.handle();
    Sessions sessions;
    sessions.insert_ = TRY(Statement::prepare(
        db,
        "INSERT INTO sessions(id,owner,identifier,created,options) "
        "VALUES(max(ifnull((SELECT max(id) FROM sessions),0),"
        "ifnull((SELECT value FROM meta WHERE key='last-session'),0))+1,?,?,?,?) RETURNING id"));
    sessions.set_life_ = TRY(Statement::prepare(db, "UPDATE sessions SET life=? WHERE id=?"));
    sessions.remove_ = TRY(Statement::prepare(db, "DELETE FROM sessions WHERE id=?"));
    sessions.remember_removed_ = TRY(Statement::prepare(db,
                                                        "INSERT INTO meta(key,value) "
                                                        "VALUES('last-session',?1) ON CONFLICT(key) DO "
                                                        "UPDATE SET value=max(value,?1)"));
    sessions.update_options_ = TRY(Statement::prepare(db, "UPDATE sessions SET options=? WHERE id=?"));
    sessions.all_ = TRY(
        Statement::prepare(db, "SELECT id,owner,identifier,created,options,life FROM sessions ORDER BY id"));
    sessions.acknowledged_ = TRY(Statement::prepare(db, "SELECT acknowledged FROM sessions WHERE id=?"));
    sessions.set_acknowledged_ = TRY(Statement::prepare(db, "UPDATE sessions SET acknowledged=? WHERE id=?"));
    return sessions;
}

Result<SessionId> Sessions::insert(const SessionRow& row) const {
    auto query = insert_.use();
    query.bind(row.owner.value)
        .bind(std::string_view{row.identifier})
        .bind(to_usec(row.created))
        .bind_blob(row.options);
    TRY(query.step());
    SessionId id{query.count(0)};
    TRY(query.step());  // to the end: only then the row is in
    return id;
}

Result<> Sessions::update_options(SessionId session, const std::string& options) const {
    return update_options_.use().bind_blob(options).bind(session.value).run();
}

Result<> Sessions::set_life(SessionId session, SessionLife life) const {
    return set_life_.use().bind(static_cast<std::uint64_t>(life)).bind(session.value).run();
}

Result<> Sessions::remove(SessionId session) const {
    TRY(remember_removed_.use().bind(session.value).run());
    return remove_.use().bind(session.value).run();
}

Result<std::vector<SessionRow>> Sessions::all() const {
    auto query = all_.use();
    std::vector<SessionRow> rows;
    while (TRY(query.step()))
        rows.push_back({.id = {query.count(0)},
                        .owner = {static_cast<std::uint32_t>(query.number(1))},
                        .identifier = query.text(2),
                        .created = to_wall_time(query.number(3)),
                        .options = query.text(4),
                        .life = static_cast<SessionLife>(query.number(5))});
    return rows;
}

Result<EventNumber> Sessions::acknowledged(SessionId session) const {
    auto query = acknowledged_.use();
    TRY(query.bind(session.value).step());
    return EventNumber{query.count(0)};
}

Result<> Sessions::set_acknowledged(SessionId session, EventNumber number) const {
    return set_acknowledged_.use().bind(number.value).bind(session.value).run();
}

}  // namespace haul::journal
