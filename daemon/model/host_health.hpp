#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/units.hpp"
#include "model/fact.hpp"
#include "model/metrics.hpp"
#include "model/ready_line.hpp"
#include "model/retry.hpp"

namespace haul::model {

/// A host as one owner knows it: nobody's failures hold up another one's tasks.
struct OwnersHost {
    OwnerId owner;
    OriginKey origin = 0;
    friend auto operator<=>(const OwnersHost&, const OwnersHost&) = default;
};

/// What a report of an attempt says about the host that was asked.
enum class HostSign : std::uint8_t {
    None,     ///< nothing
    Answers,  ///< it does what it is there for, even if it says no
    Fails,    ///< it was not reached, or said nothing
};
HostSign sign_of(const Fact& fact, const std::vector<RequestMetrics>& requests);

struct HostFailure {
    WallTime now;
    Backoff backoff;                  ///< the daemon's
    double jitter = 0;                ///< random, 0 up to 1
    std::optional<Duration> delay{};  ///< until the task tries again; none: it has ended, or tries elsewhere
    std::uint32_t failures = 0;       ///< of the task, in a row
};

/// Which hosts fail: they are backed off from as hosts, and not by each task that waits for them.
///
///   nothing known   a failure -> held
///   held            until its time -> on trial: one task at a time may try; a failure in between, of what
///                   was under way, changes nothing
///   on trial        a failure -> held, longer than before: exponential, with jitter
///   any             an answer -> nothing known
///
/// A host on which a task is alone is held no longer than that task waits by itself. What is known is of this
/// process; at most so many hosts are remembered.
class HostHealth {
public:
    static constexpr std::size_t kMost = 4096;

    /// Until when the host is held; none: it is not.
    std::optional<WallTime> on_failure(const OwnersHost& host, const HostFailure& failure);
    /// Whether something was known that is forgotten now.
    bool on_answer(const OwnersHost& host);
    /// A held host whose time has come: from now on it is on trial.
    std::optional<OwnersHost> take_due(WallTime now);
    std::optional<WallTime> next() const;
    /// One to be forgotten for another one, where there are too many; it is forgotten.
    std::optional<OwnersHost> make_room();
    /// Forgets all of them.
    std::vector<OwnersHost> forget();

    std::optional<WallTime> held_until(const OwnersHost& host) const;

private:
    struct Record {
        std::uint32_t failures = 0;
        WallTime until;
        bool is_held = false;
    };
    using Times = std::set<std::pair<WallTime, OwnersHost>>;
    Times& times_of(const Record& record) { return record.is_held ? held_ : on_trial_; }
    void hold(const OwnersHost& host, Record& record, WallTime until);

    std::map<OwnersHost, Record> records_;
    Times held_;
    Times on_trial_;
};

}  // namespace haul::model
