#pragma once

#include "progress_lines.hpp"

namespace haul::cli {

/// Shows nothing but the end of what did not go well.
class QuietProgress final : public ProgressView {
public:
    void show(const std::vector<Progress>&, std::size_t, Moment) override {}
    void show_end(const Progress& task) override {
        if (task.details.state != TaskState::Finished) lines_.show_end(task);
    }
    void show_challenge(const TaskDetails& task, const std::optional<Challenge>& challenge) override {
        lines_.show_challenge(task, challenge);
    }
    void note(std::string_view) override {}
    void close() override {}

private:
    LineProgress lines_;
};

}  // namespace haul::cli
