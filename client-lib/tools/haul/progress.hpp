#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "console.hpp"
#include "haul/details.hpp"
#include "haul/event_details.hpp"

namespace haul::cli {

/// A task under way, and how fast it goes.
struct Progress {
    TaskDetails details;
    std::optional<double> bytes_per_second;
    std::optional<std::chrono::seconds> time_left;
};

/// The moment of a report, on both clocks.
struct Moment {
    std::chrono::steady_clock::time_point steady;
    Time wall;
};

/// Shows tasks on their way to the end.
class ProgressView {
public:
    virtual ~ProgressView() = default;

    /// Comes about twice a second, with the tasks that have not ended, at least one, and how many have.
    virtual void show(const std::vector<Progress>& pending, std::size_t ended, Moment now) = 0;
    /// Once for each task.
    virtual void show_end(const Progress& task) = 0;
    /// A task waits for credentials; `challenge` where it is known who asks for which.
    virtual void show_challenge(const TaskDetails& task, const std::optional<Challenge>& challenge) = 0;
    /// Something that the user should know meanwhile.
    virtual void note(std::string_view text) = 0;
    /// Nothing more will be shown: leaves the terminal as others expect it.
    virtual void close() = 0;
};

/// How much of it to show.
enum class Verbosity { Quiet, Usual };

/// The view that fits: JSON lines on standard output, a moving bar where standard error is a terminal, and
/// plain lines elsewhere.
std::unique_ptr<ProgressView> make_progress_view(const Console& console, Verbosity verbosity);

}  // namespace haul::cli
