#pragma once

#include <string>
#include <unordered_map>

#include "journal/tasks.hpp"
#include "model/admission.hpp"
#include "model/task.hpp"

namespace haul::control {

/// Knows the machine's conditions and the windows of tasks, and says who may run.
class Gatekeeper {
public:
    explicit Gatekeeper(const model::Leisure& leisure) : leisure_(leisure) {}

    void set(const model::Conditions& conditions) { conditions_ = conditions; }
    const model::Conditions& conditions() const { return conditions_; }
    const model::Leisure& leisure() const { return leisure_; }

    /// Whether a waiting task may run.
    model::Admission find(const journal::PendingTask& task, WallTime now);
    model::Admission find(const model::Task& task, WallTime now);
    /// What a task waits for, as its client sees it; None where it does not wait.
    model::Block find_blocks(const model::Task& task, WallTime now);
    /// Whether a task that runs may go on.
    model::Block find_halt(model::Gate gate, const std::string& window, WallTime now);
    /// Of a task with this gate and window.
    model::Opening opening(model::Gate gate, const std::string& window, WallTime now);
    /// Of a window; "" is always open.
    model::Opening opening(const std::string& window, WallTime now);

private:
    struct Known {
        model::Windows windows;
        model::Opening opening;
        WallTime since;
    };

    const model::Leisure& leisure_;
    model::Conditions conditions_;
    std::unordered_map<std::string, Known> windows_;  ///< by their text, as far as they were asked for
};

}  // namespace haul::control
