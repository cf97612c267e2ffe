#include "watch.hpp"

#include <chrono>
#include <utility>

namespace haul::cli {

namespace {

constexpr std::chrono::milliseconds kBetweenReports{500};

Moment now() {
    return {
        .steady = std::chrono::steady_clock::now(),
        .wall = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()),
    };
}

}  // namespace

Watch::Watch(const Console& console, ProgressView& view, const Interrupt& interrupt)
    : console_(console),
      view_(view),
      interrupt_(interrupt),
      patience_(interrupt, [&view](std::string_view text) { view.note(text); }) {}

ExitCode Watch::run(const std::vector<Task>& tasks) {
    for (const auto& task : tasks) pending_.push_back({.task = task});
    refresh();
    while (!pending_.empty() && !interrupt_.is_requested()) {
        show(now());
        wait_a_moment(pending_.front().task);
        refresh();
    }
    view_.close();
    return pending_.empty() ? code_ : ExitCode::Interrupted;
}

/// Until the task's end, or for half a second. Where the daemon does not wait for us (it has a limit of those
/// who do), this program waits by itself.
void Watch::wait_a_moment(const Task& task) {
    const auto status = patience_.ask([&] { return task.wait(kBetweenReports); });
    if (!status) interrupt_.wait(kBetweenReports);
}

void Watch::refresh() {
    const auto moment = now();
    std::erase_if(pending_,
                  [&](Entry& entry) { return !interrupt_.is_requested() && refresh(entry, moment); });
}

/// Whether the task is over, for us.
bool Watch::refresh(Entry& entry, Moment now) {
    auto details = patience_.ask([&] { return entry.task.details(); });
    if (!details) {
        if (interrupt_.is_requested()) return false;
        view_.close();
        code_ = first_trouble(code_, console_.fail(entry.task.id(), details.error()));
        return true;
    }
    entry.meter.add(details->bytes_done, now.steady);
    entry.progress = Progress{
        .details = std::move(*details),
        .bytes_per_second = entry.meter.bytes_per_second(),
        .time_left = {},
    };
    const auto& fresh = entry.progress->details;
    entry.progress->time_left = entry.meter.time_left(fresh.bytes_done, fresh.bytes_total);
    if (!has_ended(fresh.state)) return false;

    view_.show_end(*entry.progress);
    if (fresh.state != TaskState::Finished) code_ = first_trouble(code_, ExitCode::TaskFailed);
    ended_.push_back(fresh);
    return true;
}

void Watch::show(Moment now) {
    std::vector<Progress> progress;
    progress.reserve(pending_.size());
    for (const auto& entry : pending_) {
        if (entry.progress) progress.push_back(*entry.progress);
    }
    if (!progress.empty()) view_.show(progress, ended_.size(), now);
}

}  // namespace haul::cli
