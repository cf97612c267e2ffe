#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "exit_code.hpp"
#include "haul/details.hpp"
#include "haul/task.hpp"
#include "interrupt.hpp"
#include "patience.hpp"
#include "progress.hpp"
#include "rate_meter.hpp"

namespace haul::cli {

/// Follows tasks to their end. It asks twice a second instead of attaching to their session, which only one
/// client can be at a time: any number of programs can watch.
class Watch {
public:
    Watch(const Console& console, ProgressView& view, const Interrupt& interrupt);

    /// Returns when all have ended, or at an interrupt. TaskFailed where one failed or was cancelled.
    ExitCode run(const std::vector<Task>& tasks);

    /// How each task ended, in the order of their ends.
    const std::vector<TaskDetails>& ended() const { return ended_; }

private:
    struct Entry {
        Task task;
        RateMeter meter = {};
        std::optional<Progress> progress = {};
    };

    void wait_a_moment(const Task& task);
    void refresh();
    bool refresh(Entry& entry, Moment now);
    void show(Moment now);

    const Console& console_;
    ProgressView& view_;
    const Interrupt& interrupt_;
    Patience patience_;
    std::vector<Entry> pending_;
    std::vector<TaskDetails> ended_;
    ExitCode code_ = ExitCode::Done;
};

}  // namespace haul::cli
