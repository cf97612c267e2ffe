#include "control/open_attempts.hpp"

namespace haul::control {

void OpenAttempts::add(const model::Task& task, bool keeps_awake) {
    auto& open = open_[task.id];
    forget_bytes(open);
    open.attempt = task.attempts;
    open.kind = task.kind;
    open.gate = task.gate;
    open.window = task.window;
    open.keeps_awake = keeps_awake;
}

void OpenAttempts::on_bytes(OpenAttempt& open, const LiveBytes& bytes) {
    if (open.keeps_awake && !open.bytes) ++keeping_awake_;
    open.bytes = bytes;
}

void OpenAttempts::forget_bytes(OpenAttempt& open) {
    if (open.keeps_awake && open.bytes) --keeping_awake_;
    open.bytes.reset();
}

std::optional<OpenAttempt> OpenAttempts::take(TaskId task, Attempt attempt) {
    auto found = open_.find(task);
    if (found == open_.end() || found->second.attempt != attempt) return std::nullopt;
    forget_bytes(found->second);
    auto ended = std::move(found->second);
    open_.erase(found);
    return ended;
}

std::vector<std::pair<TaskId, model::Block>> OpenAttempts::find_halts(Gatekeeper& gatekeeper,
                                                                      WallTime now) const {
    std::vector<std::pair<TaskId, model::Block>> halts;
    for (const auto& [task, open] : open_)
        if (auto blocks = gatekeeper.find_halt(open.gate, open.window, now); blocks != model::Block::None)
            halts.emplace_back(task, blocks);
    return halts;
}

}  // namespace haul::control
