#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "journal/journal.hpp"
#include "model/options.hpp"

namespace haul::control {

/// A session as long as the daemon runs: its row, and what follows from it and its tasks.
struct Session {
    journal::SessionRow row;
    model::WakePolicy wake{};
    model::LaunchTarget target;
    std::optional<Bytes> max_rate;  ///< of its tasks together
    std::uint64_t tasks = 0;
    std::uint64_t work = 0;  ///< of these: that wait, run or are publishing

    bool is_open() const { return row.life == journal::SessionLife::Open; }
};

/// All sessions, in memory: there are few, and every call needs one. Changes are made here and in the journal
/// at once; after a rolled back turn the book is loaded again.
class SessionBook {
public:
    explicit SessionBook(journal::Journal& journal) : journal_(journal) {}

    Result<> load();

    Session* find(SessionId session);
    const Session* find(SessionId session) const;
    Session* find(OwnerId owner, const std::string& identifier);
    Result<Session*> insert(journal::SessionRow row);
    std::vector<const Session*> of(OwnerId owner) const;
    std::vector<SessionId> ids() const;
    /// What those with a limit may move, in bytes a second.
    std::map<SessionId, Bytes> rates() const;

    std::uint64_t tasks_of(OwnerId owner) const;
    void count_task(SessionId session, std::int64_t difference);
    void count_work(SessionId session, std::int64_t difference);

    Result<> set_options(Session& session, std::string options);
    Result<> set_life(Session& session, journal::SessionLife life);
    Result<> remove(SessionId session);

    /// Something happened to the session that may concern its absent client, or its own end.
    void touch(SessionId session) { touched_.insert(session); }
    void touch_all();
    std::set<SessionId> take_touched() { return std::exchange(touched_, {}); }

private:
    void keep(journal::SessionRow row);

    journal::Journal& journal_;
    std::map<SessionId, Session> sessions_;
    std::map<std::pair<OwnerId, std::string>, SessionId> by_name_;
    std::unordered_map<OwnerId, std::uint64_t> tasks_of_;
    std::set<SessionId> touched_;
};

}  // namespace haul::control
