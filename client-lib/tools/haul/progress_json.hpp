#pragma once

#include <map>
#include <string>
#include <vector>

#include "progress.hpp"

namespace haul::cli {

/// Lines on standard output, one for each change: objects whose "type" is "progress", "ended" (with all
/// details), "credentials-needed" or "note".
class JsonProgress final : public ProgressView {
public:
    void show(const std::vector<Progress>& pending, std::size_t ended, Moment now) override;
    void show_end(const Progress& task) override;
    void show_challenge(const TaskDetails& task, const std::optional<Challenge>& challenge) override;
    void note(std::string_view text) override;
    void close() override {}

private:
    std::map<TaskId, std::string> last_lines_;
};

}  // namespace haul::cli
