#include "journal/meta.hpp"

namespace haul::journal {

Result<Meta> Meta::prepare(Database& database) {
    auto* db = database.handle();
    Meta meta;
    meta.get_ = TRY(Statement::prepare(db, "SELECT value FROM meta WHERE key=?"));
    meta.set_ = TRY(Statement::prepare(
        db, "INSERT INTO meta(key,value) VALUES(?,?) ON CONFLICT(key) DO UPDATE SET value=excluded.value"));
    return meta;
}

Result<std::string> Meta::get(std::string_view key) const {
    auto query = get_.use();
    return TRY(query.bind(key).step()) ? query.text(0) : std::string{};
}

Result<> Meta::set(std::string_view key, std::string_view value) const {
    return set_.use().bind(key).bind(value).run();
}

}  // namespace haul::journal
