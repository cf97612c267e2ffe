#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "journal/journal.hpp"
#include "model/agenda.hpp"
#include "model/wake.hpp"
#include "ports/clients.hpp"
#include "ports/launcher.hpp"

namespace haul::relaunch {

/// A session, as far as its wakes are concerned.
struct Sleeper {
    SessionId session;
    OwnerId owner;
    std::string identifier;
    model::WakePolicy policy{};
    model::LaunchTarget target;
};

/// Which absent clients are launched, when, and whether they have said that they are done.
///
/// A session has at most one wake at a time: it is outstanding from its first launch until its client
/// completes it, and launched again with growing delays meanwhile. Everything is written in the open turn;
/// what is kept besides can be made again from the journal.
class Wakes {
public:
    Wakes(journal::Journal& journal, const model::Backoff& backoff) : journal_(journal), backoff_(backoff) {}

    /// Takes up what the journal has; also after a turn that has failed.
    Result<> load();

    /// Decides about a session without a live client. The launch that is due, to be made after the commit and
    /// told by `on_launching`.
    Result<std::optional<ports::LaunchRequest>> review(const Sleeper& sleeper, const model::QueueState& queue,
                                                       WallTime now);
    /// The session has a live client, or none that could be launched: there is nothing to plan.
    Result<> rest(SessionId session);

    void on_launching(SessionId session) { launching_.insert(session); }
    /// Nothing where the wake is over meanwhile.
    Result<> on_launched(const ports::LaunchReport& report, WallTime now);

    /// The completion handler. Errors: InvalidArgument for a number that no wake of this session has had,
    /// InvalidState for one that was completed before.
    Result<> complete(const Sleeper& sleeper, WakeNumber number, bool has_events, WallTime now);

    Result<> on_attached(const Sleeper& sleeper, const ports::ClientName& client);
    /// Its live client has left.
    Result<> on_left(SessionId session, WallTime now);
    /// A task was made, which counts where a launched client did it.
    Result<> on_new_work(const Sleeper& sleeper);
    /// The session is gone.
    Result<> forget(SessionId session);

    /// 0 where none is outstanding.
    WakeNumber outstanding(SessionId session) const;
    model::Wake latest(SessionId session) const;
    Result<model::WakeRow> row_of(const Sleeper& sleeper) const;

    /// A session that wants a review.
    std::optional<SessionId> take_due(WallTime now) { return agenda_.take_due(now); }
    std::optional<WallTime> next_time() const { return agenda_.next(); }
    /// The clock was set: launches to come are as far away as they were.
    Result<> shift(Duration by);
    bool is_launching() const { return !launching_.empty(); }

private:
    Result<> put(SessionId session, const model::Wake& wake);
    Result<> plan(SessionId session, std::optional<WallTime> launch);
    Result<> change_row(const Sleeper& sleeper, const model::WakeRow& before, const model::WakeRow& after);

    journal::Journal& journal_;
    model::Backoff backoff_;
    std::map<SessionId, model::Wake> wakes_;
    std::set<SessionId> launching_;                    ///< without a report yet
    std::map<SessionId, ports::ClientName> launched_;  ///< live clients that a wake brought
    model::Agenda<SessionId> agenda_;
};

}  // namespace haul::relaunch
