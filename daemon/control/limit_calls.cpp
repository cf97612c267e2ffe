// The part of Control that clients call about the whole machine: limits, the data saver, conditions.

#include "control/control.hpp"

namespace haul::control {
namespace {

constexpr OwnerId kRoot{0};

}  // namespace

Result<> Control::set_limit(const Caller& caller, const std::string& name, std::uint64_t value) {
    if (caller.owner != settings_.self && caller.owner != kRoot)
        return fail(ErrorCode::NotPermitted,
                    "limits of the whole machine are for its administrator to set: call as root");
    TRY(turn_.note(limits_.set(name, value)));
    turn_.after_commit([this] { on_limits(); });
    return {};
}

void Control::on_limits() {
    tell_limits();
    on_conditions(gatekeeper_.conditions());
}

void Control::tell_limits() {
    scheduler_.set_limits(settings_.limits);
    doorways_.transfers.set_connections_per_host(settings_.limits.active_per_host);
    tell_rates();
}

/// The engine keeps the rates, which hold at once: the machine's, until one of its windows opens or closes,
/// and those of sessions.
void Control::tell_rates() {
    auto rate = limits_.rate(gatekeeper_, doorways_.clock.now());
    rate_until_ = rate.until;
    doorways_.transfers.set_rates({.machine = rate.most, .sessions = book_.rates()});
}

}  // namespace haul::control
