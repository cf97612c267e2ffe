#include "journal/salvage.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>

#include "base/unique_fd.hpp"
#include "journal/migrations.hpp"
#include "journal/statement.hpp"

namespace haul::journal {
namespace {

constexpr std::array kTables{
    "meta",     "sessions", "session_headers", "tasks",   "headers", "events", "wakes",  "wake_rows",
    "discards", "secrets",  "session_secrets", "metrics", "replies", "outbox", "chains", "limits"};
/// Rows whose session or task was not readable.
constexpr const char* kRemoveOrphans =
    "DELETE FROM tasks WHERE session NOT IN (SELECT id FROM sessions);"
    "DELETE FROM events WHERE session NOT IN (SELECT id FROM sessions);"
    "DELETE FROM wakes WHERE session NOT IN (SELECT id FROM sessions);"
    "DELETE FROM session_headers WHERE session NOT IN (SELECT id FROM sessions);"
    "DELETE FROM session_secrets WHERE session NOT IN (SELECT id FROM sessions);"
    "DELETE FROM headers WHERE task NOT IN (SELECT id FROM tasks);"
    "DELETE FROM secrets WHERE task NOT IN (SELECT id FROM tasks);"
    "DELETE FROM metrics WHERE task NOT IN (SELECT id FROM tasks);"
    "DELETE FROM replies WHERE task NOT IN (SELECT id FROM tasks);"
    "DELETE FROM outbox WHERE task NOT IN (SELECT id FROM tasks);"
    "DELETE FROM chains WHERE task NOT IN (SELECT id FROM tasks) OR predecessor NOT IN (SELECT id FROM "
    "tasks);"
    "UPDATE tasks SET predecessors=(SELECT count(*) FROM chains WHERE task=tasks.id) WHERE predecessors>0;";
constexpr std::int64_t kIdGap = 1 << 20;

std::int64_t unix_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string recovered(const std::string& path) {
    return path + ".recovered";
}

tl::unexpected<OpenError> trouble(const std::string& path, const std::string& doing, int number) {
    return tl::make_unexpected(OpenError{OpenTrouble::Unusable, "the damaged journal " + path + " can't be " +
                                                                    doing + ": " + errno_text(number)});
}

/// Gives the file and its write-ahead log second names, which no other file has. The new name of the file.
tl::expected<std::string, OpenError> keep(const std::string& path) {
    auto stem = path + ".damaged-" + std::to_string(unix_seconds());
    auto name = stem;
    for (int number = 1; ::link(path.c_str(), name.c_str()) != 0; ++number) {
        if (errno != EEXIST) return trouble(path, "kept", errno);
        name = stem + "-" + std::to_string(number);
    }
    if (::link((path + "-wal").c_str(), (name + "-wal").c_str()) != 0 && errno != ENOENT)
        return trouble(path, "kept", errno);
    return name;
}

void sync_directory_of(const std::string& path) {
    UniqueFd directory{
        ::open(path.substr(0, path.rfind('/') + 1).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (directory) ::fsync(directory.get());
}

/// Copies the rows that can be read in one direction; those that are there already are left alone. Columns
/// that an older schema did not have are the last ones, and stay empty.
std::int64_t copy_rows(sqlite3* from, sqlite3* to, const std::string& table, const std::string& order) {
    auto names = Statement::prepare(to, "SELECT count(*) FROM pragma_table_info('" + table + "')");
    if (!names) return 0;
    int columns = [&] {
        auto query = names->use();
        return query.step() ? static_cast<int>(query.number(0)) : 0;
    }();
    std::string places = "?";
    for (int i = 1; i < columns; ++i) places += ",?";
    sqlite3_stmt* insert = nullptr;
    sqlite3_stmt* select = nullptr;
    std::int64_t copied = 0;
    if (sqlite3_prepare_v2(from, ("SELECT * FROM " + table + order).c_str(), -1, &select, nullptr) ==
            SQLITE_OK &&
        sqlite3_column_count(select) <= columns &&
        sqlite3_prepare_v2(to, ("INSERT OR IGNORE INTO " + table + " VALUES(" + places + ")").c_str(), -1,
                           &insert, nullptr) == SQLITE_OK) {
        while (sqlite3_step(select) == SQLITE_ROW) {
            for (int i = 0; i < sqlite3_column_count(select); ++i)
                sqlite3_bind_value(insert, i + 1, sqlite3_column_value(select, i));
            sqlite3_step(insert);
            copied += sqlite3_changes(to);
            sqlite3_reset(insert);
        }
    }
    sqlite3_finalize(select);
    sqlite3_finalize(insert);
    return copied;
}

/// Until the second schema the column had the time of the acknowledgement, a day before.
void forget_a_day_later(sqlite3* db) {
    sqlite3_exec(db, "UPDATE tasks SET forget_after=forget_after+86400000000 WHERE forget_after IS NOT NULL",
                 nullptr, nullptr, nullptr);
}

/// What could be carried over.
struct Rescued {
    std::int64_t rows = 0;
    std::int64_t tasks = 0;
};

Rescued copy_tables(const std::string& from, sqlite3* to) {
    Rescued rescued;
    auto old = Database::open_to_salvage(from);
    if (!old) return rescued;
    for (const char* table : kTables) {
        // A damaged page ends a scan; the scan from the other end gets what lies behind it.
        auto found = copy_rows(old->handle(), to, table, "");
        if (std::string_view{table} != "meta")
            found += copy_rows(old->handle(), to, table, " ORDER BY 1 DESC");
        rescued.rows += found;
        if (std::string_view{table} == "tasks") rescued.tasks = found;
    }
    // What migrations do to rows, and not to columns.
    auto version = schema_version(old->handle());
    if (version && *version < 2) forget_a_day_later(to);
    return rescued;
}

/// Ids that nobody has had, as far as can be known.
std::string floor_of(const std::string& what) {
    return "INSERT INTO meta(key,value) VALUES('last-" + what + "', max((SELECT ifnull(max(id),0) FROM " +
           what + "s)+" + std::to_string(kIdGap) + "," + std::to_string(unix_seconds()) +
           ")) ON CONFLICT(key) DO UPDATE SET value=max(value,excluded.value)";
}

}  // namespace

tl::expected<std::string, OpenError> salvage(const std::string& path, const std::string& damage) {
    auto kept = keep(path);
    if (!kept) return kept;
    auto draft = path + ".recovering";
    for (const char* suffix : {"", "-wal"}) ::unlink((draft + suffix).c_str());
    Rescued rescued;
    {
        auto fresh = Database::open(draft);
        if (!fresh) return tl::make_unexpected(fresh.error());
        auto filled = fresh->begin();
        if (filled) rescued = copy_tables(*kept, fresh->handle());
        if (filled) filled = fresh->execute(kRemoveOrphans);
        for (const char* table : {"task", "session"})
            if (filled) filled = fresh->execute(floor_of(table).c_str());
        if (filled) filled = fresh->commit();
        if (!filled) return tl::make_unexpected(OpenError{OpenTrouble::Unusable, filled.error().message});
    }  // closed, and its log with it
    if (::rename(draft.c_str(), recovered(path).c_str()) != 0) return trouble(path, "recovered", errno);
    sync_directory_of(path);
    if (auto finished = finish_salvage(path); !finished) return tl::make_unexpected(finished.error());
    return "the journal was damaged (" + damage + "); it is kept as " + *kept + ", and " +
           std::to_string(rescued.tasks) + " tasks (" + std::to_string(rescued.rows) +
           " rows) were recovered from it";
}

/// The damaged file's log goes first: it must not be taken for the new file's.
tl::expected<void, OpenError> finish_salvage(const std::string& path) {
    if (::access(recovered(path).c_str(), F_OK) != 0) return {};
    if (::unlink((path + "-wal").c_str()) != 0 && errno != ENOENT) return trouble(path, "replaced", errno);
    if (::rename(recovered(path).c_str(), path.c_str()) != 0) return trouble(path, "replaced", errno);
    sync_directory_of(path);
    return {};
}

}  // namespace haul::journal
