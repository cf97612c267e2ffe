#include "journal/limits.hpp"

namespace haul::journal {

Result<LimitTable> LimitTable::prepare(Database& database) {
    auto* db = database.handle();
    LimitTable table;
    table.put_ = TRY(Statement::prepare(db, "INSERT OR REPLACE INTO limits(name,value) VALUES(?,?)"));
    table.remove_ = TRY(Statement::prepare(db, "DELETE FROM limits WHERE name=?"));
    table.all_ = TRY(Statement::prepare(db, "SELECT name,value FROM limits"));
    return table;
}

Result<> LimitTable::put(std::string_view name, std::uint64_t value) const {
    return put_.use().bind(name).bind(value).run();
}

Result<> LimitTable::remove(std::string_view name) const {
    return remove_.use().bind(name).run();
}

Result<std::map<std::string, std::uint64_t>> LimitTable::all() const {
    auto query = all_.use();
    std::map<std::string, std::uint64_t> limits;
    while (TRY(query.step())) limits[query.text(0)] = query.count(1);
    return limits;
}

}  // namespace haul::journal
