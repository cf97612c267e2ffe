#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "journal/database.hpp"
#include "journal/statement.hpp"
#include "model/wake.hpp"

namespace haul::journal {

/// The tables of wakes: the latest one of each session, and the rows of each program.
class Wakes {
public:
    static Result<Wakes> prepare(Database& database);

    Result<> put(SessionId session, const model::Wake& wake) const;
    Result<> remove(SessionId session) const;
    Result<std::vector<std::pair<SessionId, model::Wake>>> all() const;

    /// A row that is empty is removed.
    Result<> put_row(OwnerId owner, const std::string& program, const model::WakeRow& row) const;
    /// Empty where there is none.
    Result<model::WakeRow> row_of(OwnerId owner, const std::string& program) const;

private:
    Statement put_, remove_, all_, put_row_, remove_row_, row_of_;
};

}  // namespace haul::journal
