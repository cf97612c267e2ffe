#include "journal/headers.hpp"

namespace haul::journal {

Result<HeaderTable::Owned> HeaderTable::prepare_for(Database& database, const std::string& table,
                                                    const std::string& column) {
    auto* db = database.handle();
    Owned owned;
    owned.insert = TRY(Statement::prepare(
        db, "INSERT INTO " + table + "(" + column + ",position,name,value) VALUES(?,?,?,?)"));
    owned.remove = TRY(Statement::prepare(db, "DELETE FROM " + table + " WHERE " + column + "=?"));
    owned.find = TRY(Statement::prepare(
        db, "SELECT name,value FROM " + table + " WHERE " + column + "=? ORDER BY position"));
    return owned;
}

Result<HeaderTable> HeaderTable::prepare(Database& database) {
    HeaderTable headers;
    headers.tasks_ = TRY(prepare_for(database, "headers", "task"));
    headers.sessions_ = TRY(prepare_for(database, "session_headers", "session"));
    return headers;
}

Result<> HeaderTable::replace(const Owned& owned, std::uint64_t owner, const model::Headers& headers) {
    TRY(owned.remove.use().bind(owner).run());
    std::uint64_t position = 0;
    for (const auto& header : headers)
        TRY(owned.insert.use()
                .bind(owner)
                .bind(position++)
                .bind(std::string_view{header.name})
                .bind(std::string_view{header.value})
                .run());
    return {};
}

Result<model::Headers> HeaderTable::find(const Owned& owned, std::uint64_t owner) {
    auto query = owned.find.use();
    query.bind(owner);
    model::Headers headers;
    while (TRY(query.step())) headers.push_back({query.text(0), query.text(1)});
    return headers;
}

Result<> HeaderTable::replace(TaskId task, const model::Headers& headers) const {
    return replace(tasks_, task.value, headers);
}

Result<> HeaderTable::replace(SessionId session, const model::Headers& headers) const {
    return replace(sessions_, session.value, headers);
}

Result<model::Headers> HeaderTable::of(TaskId task) const {
    return find(tasks_, task.value);
}

Result<model::Headers> HeaderTable::of(SessionId session) const {
    return find(sessions_, session.value);
}

}  // namespace haul::journal
