#include "model/host_health.hpp"

#include <algorithm>
#include <variant>

namespace haul::model {
namespace {

/// A server that is overloaded may mean one URL or all of them: that is for the task's own delay.
bool is_overload(std::uint16_t status) {
    return status == 429 || status == 503;
}

/// Whether a connection was there, as far as is known.
bool was_connected(const std::vector<RequestMetrics>& requests) {
    if (requests.empty()) return true;
    const auto& last = requests.back();
    return last.connect || last.reused || last.sent > 0;
}

HostSign sign_of_end(const fact::Interrupted& fact, const std::vector<RequestMetrics>& requests) {
    bool is_local = fact.reason == Reason::Destination || fact.reason == Reason::Source;
    if (fact.ending == fact::Ending::Stopped || is_local) return HostSign::None;
    bool answered = std::any_of(requests.begin(), requests.end(), [](const auto& request) {
        return request.status != 0 && !is_overload(request.status);
    });
    auto status = requests.empty() ? fact.entity.status : requests.back().status;
    if (fact.progressed || answered || (status != 0 && !is_overload(status))) return HostSign::Answers;
    if (status != 0) return HostSign::None;
    bool is_silent = fact.reason == Reason::Timeout || !was_connected(requests);
    return is_silent || fact.ending == fact::Ending::Unreachable ? HostSign::Fails : HostSign::None;
}

}  // namespace

HostSign sign_of(const Fact& fact, const std::vector<RequestMetrics>& requests) {
    if (const auto* end = std::get_if<fact::Interrupted>(&fact)) return sign_of_end(*end, requests);
    bool answers =
        std::holds_alternative<fact::Began>(fact) || std::holds_alternative<fact::Restarted>(fact) ||
        std::holds_alternative<fact::Segmented>(fact) || std::holds_alternative<fact::Arrived>(fact) ||
        std::holds_alternative<fact::NotModified>(fact) || std::holds_alternative<fact::Answered>(fact);
    return answers ? HostSign::Answers : HostSign::None;
}

std::optional<WallTime> HostHealth::on_failure(const OwnersHost& host, const HostFailure& failure) {
    auto& record = records_[host];
    if (record.is_held) return record.until;
    ++record.failures;
    auto delay = retry_delay(failure.backoff, record.failures, failure.jitter);
    bool is_alone = failure.failures >= record.failures;
    if (is_alone && failure.delay) delay = std::min(delay, *failure.delay);
    hold(host, record, failure.now + delay);
    return record.until;
}

void HostHealth::hold(const OwnersHost& host, Record& record, WallTime until) {
    times_of(record).erase({record.until, host});
    record.until = until;
    record.is_held = true;
    held_.insert({until, host});
}

bool HostHealth::on_answer(const OwnersHost& host) {
    auto found = records_.find(host);
    if (found == records_.end()) return false;
    times_of(found->second).erase({found->second.until, host});
    records_.erase(found);
    return true;
}

std::optional<OwnersHost> HostHealth::take_due(WallTime now) {
    if (held_.empty() || held_.begin()->first > now) return std::nullopt;
    auto host = held_.begin()->second;
    on_trial_.insert(held_.extract(held_.begin()));
    records_.at(host).is_held = false;
    return host;
}

std::optional<WallTime> HostHealth::next() const {
    return held_.empty() ? std::nullopt : std::optional{held_.begin()->first};
}

std::optional<OwnersHost> HostHealth::make_room() {
    if (records_.size() < kMost) return std::nullopt;
    auto host = (on_trial_.empty() ? held_ : on_trial_).begin()->second;
    on_answer(host);
    return host;
}

std::vector<OwnersHost> HostHealth::forget() {
    std::vector<OwnersHost> hosts;
    for (const auto& [host, record] : records_) hosts.push_back(host);
    records_.clear();
    held_.clear();
    on_trial_.clear();
    return hosts;
}

std::optional<WallTime> HostHealth::held_until(const OwnersHost& host) const {
    auto found = records_.find(host);
    bool is_held = found != records_.end() && found->second.is_held;
    return is_held ? std::optional{found->second.until} : std::nullopt;
}

}  // namespace haul::model
