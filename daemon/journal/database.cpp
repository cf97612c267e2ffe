#include "journal/database.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "journal/migrations.hpp"
#include "journal/statement.hpp"

namespace haul::journal {
namespace {

constexpr Bytes kLogLength = 5 * 1024 * 1024;  // somewhat more than the 1000 pages after which it wraps

// https://www.sqlite.org/security.html: a journal that somebody else could have written must not run code.
constexpr const char* kPragmas =
    "PRAGMA trusted_schema=OFF;"
    "PRAGMA cell_size_check=ON;"
    "PRAGMA mmap_size=0;"
    "PRAGMA locking_mode=EXCLUSIVE;"
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA secure_delete=ON;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA cache_size=-8192;"
    "PRAGMA wal_autocheckpoint=1000;"
    "PRAGMA journal_size_limit=16777216;";

bool is_damage(int code) {
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

OpenError unusable(sqlite3* db, const std::string& path, const std::string& message) {
    if (is_damage(sqlite3_errcode(db))) return {OpenTrouble::Corrupt, message};
    return {OpenTrouble::Unusable, "journal " + path + ": " + message};
}

/// Whether closing leaves the file and its log as they are, instead of putting the log's content into the
/// file.
void keep_file_at_close(sqlite3* db, bool keep) {
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

/// Empty where the file passes SQLite's own check, else what it found first.
Result<std::string> quick_check(sqlite3* db) {
    auto statement = TRY(Statement::prepare(db, "PRAGMA quick_check(1)"));
    auto query = statement.use();
    if (!TRY(query.step())) return std::string{"no answer"};
    auto verdict = query.text(0);
    return verdict == "ok" ? std::string{} : verdict;
}

}  // namespace

tl::expected<Database, OpenError> Database::open(const std::string& path) {
    sqlite3* raw = nullptr;
    int code = sqlite3_open_v2(path.c_str(), &raw,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database{raw, path};
    if (code != SQLITE_OK) return tl::make_unexpected(unusable(raw, path, sqlite3_errmsg(raw)));
    keep_file_at_close(raw, true);  // until it is known to be sound: a damaged one is kept as it was found
    auto opened = database.harden();
    if (!opened) return tl::make_unexpected(unusable(raw, path, opened.error().message));
    auto damage = quick_check(raw);
    if (!damage) return tl::make_unexpected(unusable(raw, path, damage.error().message));
    if (!damage->empty()) return tl::make_unexpected(OpenError{OpenTrouble::Corrupt, *damage});
    auto version = schema_version(raw);
    if (!version) return tl::make_unexpected(unusable(raw, path, version.error().message));
    if (*version > newest_schema())
        return tl::make_unexpected(
            OpenError{OpenTrouble::Newer, "journal " + path + " was written by a newer daemon (schema " +
                                              std::to_string(*version) + ", this one knows " +
                                              std::to_string(newest_schema()) +
                                              "): install that version again, or move the file away"});
    if (auto migrated = migrate(database); !migrated)
        return tl::make_unexpected(unusable(raw, path, migrated.error().message));
    if (auto length = database.log_size(); length < kLogLength)
        if (auto grown = database.overwrite_log(kLogLength); !grown)
            return tl::make_unexpected(unusable(raw, path, grown.error().message));
    keep_file_at_close(raw, false);
    return database;
}

Result<Database> Database::open_to_salvage(const std::string& path) {
    sqlite3* raw = nullptr;
    int code = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database{raw, path};
    if (code != SQLITE_OK) return tl::make_unexpected(to_error(raw, "opening"));
    keep_file_at_close(raw, true);
    TRY(database.execute(
        "PRAGMA trusted_schema=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA writable_schema=ON;"));
    return database;
}

Result<> Database::harden() {
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    return execute(kPragmas);
}

Result<> Database::execute(const char* sql) {
    if (sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return tl::make_unexpected(to_error(handle(), "running a statement"));
    return {};
}

void Database::rollback() {
    if (sqlite3_get_autocommit(handle()) == 0) sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<> Database::scrub() {
    return overwrite_log(std::max(log_size(), kLogLength));
}

Result<> Database::overwrite_log(Bytes length) {
    TRY(execute("PRAGMA wal_checkpoint(RESTART)"));
    TRY(begin());
    auto filled = [&]() -> Result<> {
        auto fill = TRY(Statement::prepare(handle(), "INSERT INTO filler(bytes) VALUES (zeroblob(?))"));
        TRY(fill.use().bind(length).run());
        return execute("DELETE FROM filler");
    }();
    if (!filled) {
        rollback();
        return filled;
    }
    TRY(commit());
    TRY(execute("PRAGMA wal_checkpoint(RESTART)"));
    sqlite3_db_release_memory(handle());  // the filler's pages, which nobody will read
    return {};
}

Bytes Database::log_size() const {
    struct stat info {};
    return ::stat((path_ + "-wal").c_str(), &info) == 0 ? static_cast<Bytes>(info.st_size) : 0;
}

}  // namespace haul::journal
