#pragma once

#include "base/ids.hpp"
#include "journal/database.hpp"
#include "journal/statement.hpp"
#include "model/header.hpp"

namespace haul::journal {

/// The request headers of sessions and tasks. Their values are secrets: a task's are deleted when it ends.
class HeaderTable {
public:
    static Result<HeaderTable> prepare(Database& database);

    /// Puts these in the place of those that there are.
    Result<> replace(TaskId task, const model::Headers& headers) const;
    Result<> replace(SessionId session, const model::Headers& headers) const;
    Result<model::Headers> of(TaskId task) const;
    Result<model::Headers> of(SessionId session) const;

private:
    struct Owned {
        Statement insert, remove, find;
    };
    static Result<Owned> prepare_for(Database& database, const std::string& table, const std::string& column);
    static Result<> replace(const Owned& owned, std::uint64_t owner, const model::Headers& headers);
    static Result<model::Headers> find(const Owned& owned, std::uint64_t owner);

    Owned tasks_, sessions_;
};

}  // namespace haul::journal
