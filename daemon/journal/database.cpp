#include "journal/database.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "journal/migrations.hpp"
#include "journal/statement.hpp"

namespace haul::journal {
namespace {

constexpr Bytes kLogLength = 5 * 1024 * 1024;  // somewhat more than the 1000 pages after which it wraps
constexpr Bytes kHeadLength = 4096;            // of which the log's header takes 32

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

// Free pages are made in the file when there are fewer than this, twice as many.
constexpr std::int64_t kFewFreePages = 64;
constexpr const char* kReserve =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE reserve(bytes BLOB);"
    "INSERT INTO reserve VALUES (zeroblob(128 * 4096));"
    "DROP TABLE reserve;"
    "COMMIT";

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

/// Writes them behind SQLite's back. What it has not written to a log itself, it does not take for a part of
/// it (https://www.sqlite.org/walformat.html).
bool write_zeros(int log, Bytes begin, Bytes end) {
    static constexpr std::array<char, 256 * 1024> kZeros{};
    while (begin < end) {
        auto count = std::min<Bytes>(end - begin, kZeros.size());
        auto written = ::pwrite(log, kZeros.data(), count, static_cast<off_t>(begin));
        if (written < 0) return false;
        begin += static_cast<Bytes>(written);
    }
    return true;
}

/// Empty where the file passes SQLite's own check, else what it found first.
Result<std::string> quick_check(sqlite3* db) {
    auto statement = TRY(Statement::prepare(db, "PRAGMA quick_check(1)"));
    auto query = statement.use();
    if (!TRY(query.step())) return std::string{"no answer"};
    auto verdict = query.text(0);
    return verdict == "ok" ? std::string{} : verdict;
}

Result<std::int64_t> free_pages(sqlite3* db) {
    auto statement = TRY(Statement::prepare(db, "PRAGMA freelist_count"));
    auto query = statement.use();
    TRY(query.step());
    return query.number(0);
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
    if (auto prepared = database.make_room(); !prepared) {
        bool is_full = sqlite3_errcode(raw) == SQLITE_FULL;  // what needs more room than there is will say so
        database.rollback();
        if (!is_full) return tl::make_unexpected(unusable(raw, path, prepared.error().message));
    }
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

Result<> Database::make_room() {
    if (TRY(free_pages(handle())) < kFewFreePages) TRY(execute(kReserve));
    TRY(empty_log());
    if (auto log = open_log())
        write_zeros(log.get(), log_size(), kLogLength);  // without room, commits cost more
    return {};
}

Result<> Database::scrub() {
    TRY(empty_log());
    auto log = open_log();
    // Its head goes first: after a power cut, a log that lacked but its end would be believed.
    bool is_overwritten = log && write_zeros(log.get(), 0, kHeadLength) && ::fdatasync(log.get()) == 0 &&
                          write_zeros(log.get(), kHeadLength, log_size()) && ::fdatasync(log.get()) == 0;
    if (!is_overwritten)
        return tl::make_unexpected(Error{ErrorCode::JournalUnavailable,
                                         "the journal's log can't be overwritten: " + errno_text(errno)});
    return {};
}

/// With RESTART nothing of the log is needed when this succeeds: the next commit begins it anew.
Result<> Database::empty_log() {
    int in_log = 0;
    int moved = 0;
    int code = sqlite3_wal_checkpoint_v2(handle(), nullptr, SQLITE_CHECKPOINT_RESTART, &in_log, &moved);
    if (code != SQLITE_OK || moved != in_log)
        return tl::make_unexpected(to_error(handle(), "emptying its log"));
    return {};
}

UniqueFd Database::open_log() const {
    return UniqueFd{::open((path_ + "-wal").c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)};
}

Bytes Database::log_size() const {
    struct stat info {};
    return ::stat((path_ + "-wal").c_str(), &info) == 0 ? static_cast<Bytes>(info.st_size) : 0;
}

}  // namespace haul::journal
