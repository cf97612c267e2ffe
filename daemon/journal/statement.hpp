#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace haul::journal {

/// An error of SQLite in the contract's words.
Error to_error(sqlite3* db, std::string_view doing);

/// One use of a prepared statement; the next use may begin when it is gone.
class Query {
public:
    explicit Query(sqlite3_stmt* statement) : statement_(statement) {}
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    ~Query() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }

    /// Binds the next parameter, from the first on. Text must outlive the query.
    Query& bind(std::int64_t value) {
        sqlite3_bind_int64(statement_, ++parameter_, value);
        return *this;
    }
    /// SQLite's numbers end at 2^63-1; larger ones mean the same as the largest.
    Query& bind(std::uint64_t value) {
        return bind(static_cast<std::int64_t>(std::min<std::uint64_t>(value, INT64_MAX)));
    }
    Query& bind(std::uint32_t value) { return bind(std::int64_t{value}); }
    Query& bind(double value) {
        sqlite3_bind_double(statement_, ++parameter_, value);
        return *this;
    }
    Query& bind(std::string_view text) {
        sqlite3_bind_text(statement_, ++parameter_, text.data(), static_cast<int>(text.size()),
                          SQLITE_STATIC);
        return *this;
    }
    Query& bind_blob(std::string_view bytes) {
        sqlite3_bind_blob(statement_, ++parameter_, bytes.data(), static_cast<int>(bytes.size()),
                          SQLITE_STATIC);
        return *this;
    }
    /// For bytes that do not outlive the query.
    Query& bind_copy(std::string_view bytes) {
        sqlite3_bind_blob(statement_, ++parameter_, bytes.data(), static_cast<int>(bytes.size()),
                          SQLITE_TRANSIENT);
        return *this;
    }
    Query& bind_null() {
        sqlite3_bind_null(statement_, ++parameter_);
        return *this;
    }
    template <class T>
    Query& bind(const std::optional<T>& value) {
        return value ? bind(*value) : bind_null();
    }
    /// Empty text is stored as NULL, which takes no room.
    Query& bind_text_or_null(std::string_view text) { return text.empty() ? bind_null() : bind(text); }

    /// True while there is a row.
    Result<bool> step();
    /// Runs a statement that has no rows.
    Result<> run();

    bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    std::int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }
    std::uint64_t count(int column) const { return static_cast<std::uint64_t>(number(column)); }
    double real(int column) const { return sqlite3_column_double(statement_, column); }
    std::string text(int column) const {
        auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
        return bytes ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
                     : std::string{};
    }

private:
    sqlite3_stmt* statement_;
    int parameter_ = 0;
};

/// SQL that is prepared once and lives as long as its table's object.
class Statement {
public:
    Statement() = default;
    Statement(Statement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
    Statement& operator=(Statement&& other) noexcept {
        std::swap(statement_, other.statement_);
        return *this;
    }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement() { sqlite3_finalize(statement_); }

    static Result<Statement> prepare(sqlite3* db, std::string_view sql);

    Query use() const { return Query{statement_}; }

private:
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
    sqlite3_stmt* statement_ = nullptr;
};

}  // namespace haul::journal
