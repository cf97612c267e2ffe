#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "base/units.hpp"

namespace haul::journal {

/// What kept the journal from being opened, and what an operator can do.
enum class OpenTrouble : std::uint8_t {
    Unusable,  ///< can't be read, written or created
    Newer,     ///< written by a newer daemon
    Corrupt,   ///< damaged, or no journal at all
};

struct OpenError {
    OpenTrouble trouble{};
    std::string message;
};

/// The one connection to the journal's file: WAL, every commit synced, exclusive to this process.
///
/// A commit that overwrites blocks of the write-ahead log costs a third of one that makes the log longer,
/// since the file system need not record a new length. So the log is made long when the journal opens, and
/// wraps well below that.
class Database {
public:
    /// Opens or creates the file and brings its schema up to date.
    static tl::expected<Database, OpenError> open(const std::string& path);

    /// Opens a file only to read what can be read from it, without any check.
    static Result<Database> open_to_salvage(const std::string& path);

    sqlite3* handle() const { return db_.get(); }

    Result<> execute(const char* sql);
    Result<> begin() { return execute("BEGIN IMMEDIATE"); }
    Result<> commit() { return execute("COMMIT"); }
    void rollback();

    /// Moves everything into the main file and overwrites the log, so that nothing that was deleted can be
    /// read in either of them. Takes some ten milliseconds. Not inside a transaction.
    Result<> scrub();

private:
    struct Close {
        void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
    };
    explicit Database(sqlite3* db, std::string path) : db_(db), path_(std::move(path)) {}

    Result<> harden();
    /// Gives the file some free pages, which a full disk leaves it, and the log its length.
    Result<> make_room();
    /// Moves all that is in the log into the file.
    Result<> empty_log();
    UniqueFd open_log() const;
    Bytes log_size() const;

    std::unique_ptr<sqlite3, Close> db_;
    std::string path_;
};

}  // namespace haul::journal
