#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/units.hpp"
#include "journal/database.hpp"
#include "journal/statement.hpp"

namespace haul::journal {

/// A row of the session table.
struct SessionRow {
    SessionId id;
    OwnerId owner;
    std::string identifier;
    WallTime created;
    std::string options;  ///< encoded Fields: defaults of its tasks
};

/// The table of sessions.
class Sessions {
public:
    static Result<Sessions> prepare(Database& database);

    /// The row's id is made here.
    Result<SessionId> insert(const SessionRow& row) const;
    Result<> update_options(SessionId session, const std::string& options) const;
    Result<std::vector<SessionRow>> all() const;

    /// The number up to which the client has handled the events.
    Result<EventNumber> acknowledged(SessionId session) const;
    Result<> set_acknowledged(SessionId session, EventNumber number) const;

private:
    Statement insert_, update_options_, all_, acknowledged_, set_acknowledged_;
};

}  // namespace haul::journal
