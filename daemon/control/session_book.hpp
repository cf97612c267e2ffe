#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "journal/journal.hpp"
#include "model/options.hpp"

namespace haul::control {

/// A session as long as the daemon runs: its row, and how many tasks it has.
struct Session {
    journal::SessionRow row;
    std::uint64_t tasks = 0;
};

/// All sessions, in memory: there are few, and every call needs one. Changes are made here and in the journal
/// at once; after a rolled back turn the book is loaded again.
class SessionBook {
public:
    explicit SessionBook(journal::Journal& journal) : journal_(journal) {}

    Result<> load();

    Session* find(SessionId session);
    Session* find(OwnerId owner, const std::string& identifier);
    Result<Session*> insert(journal::SessionRow row);
    std::vector<const Session*> of(OwnerId owner) const;

    std::uint64_t tasks_of(OwnerId owner) const;
    void count_task(SessionId session, std::int64_t difference);

private:
    void keep(journal::SessionRow row, std::uint64_t tasks);

    journal::Journal& journal_;
    std::map<SessionId, Session> sessions_;
    std::map<std::pair<OwnerId, std::string>, SessionId> by_name_;
    std::unordered_map<OwnerId, std::uint64_t> tasks_of_;
};

}  // namespace haul::control
