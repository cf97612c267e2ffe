#include "control/gatekeeper.hpp"

namespace haul::control {
namespace {

constexpr std::size_t kMostWindows = 1'000;  // remembered

}  // namespace

model::Admission Gatekeeper::find(const journal::PendingTask& task, WallTime now) {
    return model::find_admission({.blocked = task.blocked,
                                  .next_attempt = task.next_attempt,
                                  .gate = task.gate,
                                  .predecessors = task.predecessors,
                                  .opening = opening(task.gate, task.window, now)},
                                 conditions_, leisure_, now);
}

model::Admission Gatekeeper::find(const model::Task& task, WallTime now) {
    return find(journal::to_pending(task), now);
}

model::Block Gatekeeper::find_blocks(const model::Task& task, WallTime now) {
    if (task.state != model::TaskState::Waiting) return model::Block::None;
    auto admission = find(task, now);
    return admission.is_given() ? model::Block::Queue : admission.blocks;
}

model::Block Gatekeeper::find_halt(model::Gate gate, const std::string& window, WallTime now) {
    return model::find_halt(gate, opening(gate, window, now), conditions_, leisure_);
}

/// Of both windows, where a discretionary task has one of its own.
model::Opening Gatekeeper::opening(model::Gate gate, const std::string& window, WallTime now) {
    auto own = opening(window, now);
    if (!has(gate, model::Gate::Leisure) || leisure_.window.empty()) return own;
    auto general = opening(leisure_.window, now);
    if (own.is_open == general.is_open)
        return {own.is_open,
                own.is_open ? std::min(own.until, general.until) : std::max(own.until, general.until)};
    return own.is_open ? general : own;
}

/// A window is looked at anew when it changes, or the clock was turned back.
model::Opening Gatekeeper::opening(const std::string& window, WallTime now) {
    if (window.empty()) return {};
    auto found = windows_.find(window);
    if (found == windows_.end()) {
        auto parsed = model::Windows::parse(window);
        if (!parsed) return {};  // it was checked when it came in
        if (windows_.size() >= kMostWindows) windows_.clear();
        found = windows_.insert({window, Known{std::move(*parsed), {}, WallTime::max()}}).first;
    }
    auto& known = found->second;
    if (now < known.since || now >= known.opening.until) known = {known.windows, known.windows.at(now), now};
    return known.opening;
}

}  // namespace haul::control
