#include "relaunch/wakes.hpp"

#include <map>

namespace haul::relaunch {

Result<> Wakes::load() {
    wakes_.clear();
    for (auto& [session, wake] : TRY(journal_.wakes.all())) wakes_[session] = std::move(wake);
    return {};
}

model::Wake Wakes::latest(SessionId session) const {
    auto found = wakes_.find(session);
    return found == wakes_.end() ? model::Wake{} : found->second;
}

WakeNumber Wakes::outstanding(SessionId session) const {
    auto found = wakes_.find(session);
    return found != wakes_.end() && found->second.is_outstanding() ? found->second.number : WakeNumber{};
}

Result<model::WakeRow> Wakes::row_of(const Sleeper& sleeper) const {
    if (sleeper.target.is_empty()) return model::WakeRow{};
    return journal_.wakes.row_of(sleeper.owner, sleeper.target.program());
}

Result<> Wakes::change_row(const Sleeper& sleeper, const model::WakeRow& before,
                           const model::WakeRow& after) {
    if (after == before || sleeper.target.is_empty()) return {};
    return journal_.wakes.put_row(sleeper.owner, sleeper.target.program(), after);
}

Result<> Wakes::put(SessionId session, const model::Wake& wake) {
    if (latest(session) == wake) return {};
    TRY(journal_.wakes.put(session, wake));
    wakes_[session] = wake;
    return {};
}

/// When the next launch will be; not at all while there is no time for it.
Result<> Wakes::plan(SessionId session, std::optional<WallTime> launch) {
    agenda_.set(session, launch);
    auto wake = latest(session);
    wake.next_launch = launch;
    return put(session, wake);
}

Result<> Wakes::shift(Duration by) {
    for (const auto& [session, wake] : std::map{wakes_.begin(), wakes_.end()})
        if (wake.next_launch) TRY(plan(session, *wake.next_launch + by));
    return {};
}

Result<> Wakes::rest(SessionId session) {
    if (outstanding(session).value == 0) return plan(session, std::nullopt);
    agenda_.set(session, std::nullopt);
    return {};
}

Result<std::optional<ports::LaunchRequest>> Wakes::review(const Sleeper& sleeper,
                                                          const model::QueueState& queue, WallTime now) {
    auto session = sleeper.session;
    if (launching_.contains(session)) return std::nullopt;
    auto wake = latest(session);
    bool may_launch = !sleeper.target.is_empty() && sleeper.policy != model::WakePolicy::Never;
    bool is_wanted = may_launch && (wake.is_outstanding() || deserves_wake(sleeper.policy, queue));
    if (!is_wanted) {
        TRY(rest(session));
        return std::nullopt;
    }
    auto row = TRY(row_of(sleeper));
    auto earliest = wake.is_outstanding() ? wake.next_launch : earliest_wake(row, backoff_);
    if (earliest && *earliest > now) {
        TRY(plan(session, earliest));
        return std::nullopt;
    }
    if (!wake.is_outstanding()) {
        ++wake.number.value;
        TRY(change_row(sleeper, row, with_another(row)));
    }
    ++wake.launches;
    wake.next_launch = now + doubled_delay(backoff_, wake.launches);
    TRY(put(session, wake));
    agenda_.set(session, wake.next_launch);
    return ports::LaunchRequest{.session = session,
                                .owner = sleeper.owner,
                                .identifier = sleeper.identifier,
                                .wake = wake.number,
                                .target = sleeper.target};
}

Result<> Wakes::on_launched(const ports::LaunchReport& report, WallTime now) {
    launching_.erase(report.session);
    auto wake = latest(report.session);
    if (!wake.is_outstanding() || wake.number != report.wake) return {};
    wake.error_text = report.error_text;
    wake.next_launch = now + doubled_delay(backoff_, wake.launches);
    return put(report.session, wake);
}

Result<> Wakes::complete(const Sleeper& sleeper, WakeNumber number, bool has_events, WallTime now) {
    auto wake = latest(sleeper.session);
    auto name = "wake " + std::to_string(number.value);
    if (number.value == 0 || number > wake.number)
        return fail(ErrorCode::InvalidArgument,
                    name + " does not exist: complete the one that HandleEvents or AllEventsDelivered named");
    if (!wake.is_outstanding() || number != wake.number)
        return fail(ErrorCode::InvalidState, name + " was completed already: each is completed once");
    auto row = TRY(row_of(sleeper));
    TRY(put(sleeper.session, {.number = wake.number}));
    agenda_.set(sleeper.session, std::nullopt);
    auto after = row;
    after.completed = now;
    after.is_going_on = row.is_going_on || has_events;
    return change_row(sleeper, row, after);
}

/// Who comes by itself is in the foreground, and ends the row.
Result<> Wakes::on_attached(const Sleeper& sleeper, const ports::ClientName& client) {
    auto known = launched_.find(sleeper.session);
    bool is_launched =
        outstanding(sleeper.session).value != 0 || (known != launched_.end() && known->second == client);
    if (is_launched) {
        launched_[sleeper.session] = client;
        return {};
    }
    if (known != launched_.end()) launched_.erase(known);
    return change_row(sleeper, TRY(row_of(sleeper)), {});
}

Result<> Wakes::on_left(SessionId session, WallTime now) {
    launched_.erase(session);
    auto wake = latest(session);
    if (!wake.is_outstanding()) return {};
    wake.next_launch = now + doubled_delay(backoff_, wake.launches);
    return put(session, wake);
}

Result<> Wakes::on_new_work(const Sleeper& sleeper) {
    bool is_launched = outstanding(sleeper.session).value != 0 || launched_.contains(sleeper.session);
    if (!is_launched) return {};
    auto row = TRY(row_of(sleeper));
    auto after = row;
    after.is_going_on = true;
    return change_row(sleeper, row, after);
}

Result<> Wakes::forget(SessionId session) {
    agenda_.set(session, std::nullopt);
    launched_.erase(session);
    wakes_.erase(session);
    return journal_.wakes.remove(session);
}

}  // namespace haul::relaunch
