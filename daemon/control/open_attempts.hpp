#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "control/gatekeeper.hpp"
#include "control/turn.hpp"
#include "model/task.hpp"
#include "ports/files.hpp"

namespace haul::control {

/// Bytes of a running attempt, newer than the journal has them.
struct LiveBytes {
    Bytes done = 0;
    std::optional<Bytes> total;
};

/// An attempt whose part file, or connection, is open.
struct OpenAttempt {
    Attempt attempt;
    model::TaskKind kind{};
    model::Gate gate{};
    std::string window;
    bool keeps_awake = false;
    std::optional<LiveBytes> bytes;               ///< no value: none has come
    std::vector<model::DiscardRequest> discards;  ///< to be done when it is closed
    std::vector<Turn::Effect> calls;              ///< likewise
};

/// The attempts that engine and ear have begun and not ended; the journal knows nothing of them.
class OpenAttempts {
public:
    /// What an earlier attempt of the task left to be done at its end is this one's to do.
    void add(const model::Task& task, bool keeps_awake);
    void on_bytes(OpenAttempt& open, const LiveBytes& bytes);
    OpenAttempt* find(TaskId task) {
        auto found = open_.find(task);
        return found == open_.end() ? nullptr : &found->second;
    }
    const OpenAttempt* find(TaskId task) const {
        auto found = open_.find(task);
        return found == open_.end() ? nullptr : &found->second;
    }
    /// Takes it out; no value where it is another one that is open.
    std::optional<OpenAttempt> take(TaskId task, Attempt attempt);

    bool is_empty() const { return open_.empty(); }
    auto begin() const { return open_.begin(); }
    auto end() const { return open_.end(); }

    /// Those that may not go on, and why.
    std::vector<std::pair<TaskId, model::Block>> find_halts(Gatekeeper& gatekeeper, WallTime now) const;
    /// Whether bytes flow for whose sake the machine has to stay awake.
    bool keeps_awake() const { return keeping_awake_ > 0; }

private:
    void forget_bytes(OpenAttempt& open);

    std::size_t keeping_awake_ = 0;
    std::unordered_map<TaskId, OpenAttempt> open_;
};

}  // namespace haul::control
