#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "progress.hpp"

namespace haul::cli {

/// Lines for a log: one at the start, one every few seconds, one at the end of each task. That something else
/// holds the tasks back than before is told a little sooner.
class LineProgress final : public ProgressView {
public:
    void show(const std::vector<Progress>& pending, std::size_t ended, Moment now) override;
    void show_end(const Progress& task) override;
    void show_challenge(const TaskDetails& task, const std::optional<Challenge>& challenge) override;
    void note(std::string_view text) override;
    void close() override {}

private:
    std::optional<std::chrono::steady_clock::time_point> last_time_;
    std::vector<std::string> last_blocked_by_;
};

}  // namespace haul::cli
