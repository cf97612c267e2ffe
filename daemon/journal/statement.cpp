#include "journal/statement.hpp"

namespace haul::journal {

Error to_error(sqlite3* db, std::string_view doing) {
    std::string message = "the journal can't be used (" + std::string{doing} + "): " + sqlite3_errmsg(db);
    switch (sqlite3_errcode(db)) {
        case SQLITE_FULL:
            message += "; make room on the file system of the state directory";
            break;
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
            message += "; make the state directory writable";
            break;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            message += "; restart the daemon to have it set aside and recovered";
            break;
        default:
            break;
    }
    return {ErrorCode::JournalUnavailable, std::move(message)};
}

Result<bool> Query::step() {
    int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return tl::make_unexpected(to_error(sqlite3_db_handle(statement_), "running a statement"));
}

Result<> Query::run() {
    TRY(step());
    return {};
}

Result<Statement> Statement::prepare(sqlite3* db, std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                           &statement, nullptr) != SQLITE_OK)
        return tl::make_unexpected(to_error(db, "preparing a statement"));
    return Statement{statement};
}

}  // namespace haul::journal
