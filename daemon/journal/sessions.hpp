#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/units.hpp"
#include "journal/database.hpp"
#include "journal/statement.hpp"

namespace haul::journal {

/// The numbers are stored: append, never change.
enum class SessionLife : std::uint8_t {
    Open = 0,
    Finishing = 1,   ///< invalidated: takes no task, and goes when those that it has are over
    Cancelling = 2,  ///< likewise, and its tasks are being cancelled
};

/// A row of the session table.
struct SessionRow {
    SessionId id;
    OwnerId owner;
    std::string identifier;
    WallTime created;
    std::string options;  ///< encoded Fields: defaults of its tasks
    SessionLife life = SessionLife::Open;
};

/// The table of sessions.
class Sessions {
public:
    static Result<Sessions> prepare(Database& database);

    /// The row's id is made here.
    Result<SessionId> insert(const SessionRow& row) const;
    Result<> update_options(SessionId session, const std::string& options) const;
    Result<> set_life(SessionId session, SessionLife life) const;
    /// Its id is never used again.
    Result<> remove(SessionId session) const;
    Result<std::vector<SessionRow>> all() const;

    /// The number up to which the client has handled the events.
    Result<EventNumber> acknowledged(SessionId session) const;
    Result<> set_acknowledged(SessionId session, EventNumber number) const;

private:
    Statement insert_, update_options_, set_life_, remove_, remember_removed_, all_, acknowledged_,
        set_acknowledged_;
};

}  // namespace haul::journal
