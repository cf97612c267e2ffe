#include "journal/salvage.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <cerrno>

#include "journal/statement.hpp"

namespace haul::journal {
namespace {

constexpr std::array<const char*, 8> kTables{"meta",    "sessions", "session_headers", "tasks",
                                             "headers", "events",   "wakes",           "discards"};
constexpr std::int64_t kIdGap = 1 << 20;

std::int64_t unix_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// The file with its write-ahead log, moved away. The new name, or the error.
tl::expected<std::string, OpenError> set_aside(const std::string& path) {
    auto aside = path + ".damaged-" + std::to_string(unix_seconds());
    // The log first: without its file it would be taken for the new journal's.
    for (const char* suffix : {"-wal", ""})
        if (std::rename((path + suffix).c_str(), (aside + suffix).c_str()) != 0 && errno != ENOENT)
            return tl::make_unexpected(OpenError{OpenTrouble::Unusable, "the damaged journal " + path +
                                                                            " can't be set aside: " + errno_text(errno)});
    return aside;
}

/// Copies the rows that can be read in one direction; those that are there already are left alone.
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
    if (sqlite3_prepare_v2(from, ("SELECT * FROM " + table + order).c_str(), -1, &select, nullptr) == SQLITE_OK &&
        sqlite3_column_count(select) == columns &&
        sqlite3_prepare_v2(to, ("INSERT OR IGNORE INTO " + table + " VALUES(" + places + ")").c_str(), -1, &insert,
                           nullptr) == SQLITE_OK) {
        while (sqlite3_step(select) == SQLITE_ROW) {
            for (int i = 0; i < columns; ++i) sqlite3_bind_value(insert, i + 1, sqlite3_column_value(select, i));
            sqlite3_step(insert);
            copied += sqlite3_changes(to);
            sqlite3_reset(insert);
        }
    }
    sqlite3_finalize(select);
    sqlite3_finalize(insert);
    return copied;
}

}  // namespace

tl::expected<std::string, OpenError> salvage(const std::string& path, const std::string& damage) {
    auto aside = set_aside(path);
    if (!aside) return tl::make_unexpected(aside.error());
    auto fresh = Database::open(path);
    if (!fresh) return tl::make_unexpected(fresh.error());

    std::int64_t rows = 0;
    std::int64_t tasks = 0;
    if (auto old = Database::open_to_salvage(*aside)) {
        for (const char* table : kTables) {
            // A damaged page ends a scan; the scan from the other end gets what lies behind it.
            auto found = copy_rows(old->handle(), fresh->handle(), table, "");
            if (std::string_view{table} != "meta")
                found += copy_rows(old->handle(), fresh->handle(), table, " ORDER BY 1 DESC");
            rows += found;
            if (std::string_view{table} == "tasks") tasks = found;
        }
    }
    auto floor = "INSERT INTO meta(key,value) VALUES('last-task', max((SELECT ifnull(max(id),0) FROM tasks)+" +
                 std::to_string(kIdGap) + "," + std::to_string(unix_seconds()) +
                 ")) ON CONFLICT(key) DO UPDATE SET value=max(value,excluded.value)";
    if (auto kept = fresh->execute(floor.c_str()); !kept)
        return tl::make_unexpected(OpenError{OpenTrouble::Unusable, kept.error().message});
    return "the journal was damaged (" + damage + "); it is kept as " + *aside + ", and " + std::to_string(tasks) +
           " tasks (" + std::to_string(rows) + " rows) were recovered from it";
}

}  // namespace haul::journal
