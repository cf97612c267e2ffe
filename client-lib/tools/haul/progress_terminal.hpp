#pragma once

#include <string>
#include <vector>

#include "progress.hpp"

namespace haul::cli {

/// Whether standard error can show a moving bar.
bool is_moving_terminal();

/// A line at the bottom of the terminal that is written again and again.
class TerminalProgress final : public ProgressView {
public:
    ~TerminalProgress() override { close(); }

    void show(const std::vector<Progress>& pending, std::size_t ended, Moment now) override;
    void show_end(const Progress& task) override;
    void show_challenge(const TaskDetails& task, const std::optional<Challenge>& challenge) override;
    void note(std::string_view text) override;
    void close() override;

private:
    std::string line_;  ///< what stands there now
};

}  // namespace haul::cli
