#include "watch.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "sentences.hpp"

namespace haul::cli {

namespace {

constexpr std::chrono::milliseconds kBetweenReports{500};
/// With more tasks than this, states come from the session's list and details only where they are needed.
constexpr std::size_t kFew = 16;
/// So many tasks that wait are asked each time what for.
constexpr std::size_t kQuestions = 16;

Moment now() {
    return {
        .steady = std::chrono::steady_clock::now(),
        .wall = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()),
    };
}

}  // namespace

Watch::Watch(const Console& console, ProgressView& view, const Interrupt& interrupt, WatchHelp help)
    : console_(console),
      view_(view),
      interrupt_(interrupt),
      help_(std::move(help)),
      patience_(interrupt, [&view](std::string_view text) { view.note(text); }) {}

ExitCode Watch::run(const std::vector<TaskHandle>& tasks) {
    for (const auto& task : tasks) pending_.push_back({.task = task});
    std::sort(pending_.begin(), pending_.end(),
              [](const Entry& one, const Entry& other) { return one.task.id() < other.task.id(); });
    refresh();
    while (!pending_.empty() && !interrupt_.is_requested()) {
        show(now());
        wait_a_moment(pending_.front().task);
        refresh();
    }
    view_.close();
    return pending_.empty() ? code_ : ExitCode::Interrupted;
}

std::vector<TaskId> Watch::pending() const {
    std::vector<TaskId> ids;
    for (const auto& entry : pending_) ids.push_back(entry.task.id());
    return ids;
}

/// Until the task's end, or for half a second. Where the daemon does not wait for us (it has a limit of those
/// who do), this program waits by itself.
void Watch::wait_a_moment(const TaskHandle& task) {
    const auto status = patience_.ask([&] { return task.wait(kBetweenReports); });
    if (!status) interrupt_.wait(kBetweenReports);
}

void Watch::refresh() {
    const auto moment = now();
    const auto listed = pending_.size() > kFew ? survey() : std::nullopt;
    questions_left_ = kQuestions;
    std::erase_if(pending_, [&](Entry& entry) {
        if (interrupt_.is_requested()) return false;
        if (listed && take(entry, *listed, moment)) return false;
        return refresh(entry, moment);
    });
    if (questions_left_ > 0)
        asked_ = {};  // all of those that wait had their turn: begin with the first again
}

/// What the session's list says of the tasks; nothing where there is no list to be had.
std::optional<Watch::Survey> Watch::survey() const {
    if (!help_.session) return std::nullopt;
    Survey found;
    const auto last = pending_.back().task.id();
    TaskQuery query{.after = {pending_.front().task.id().number - 1}};
    while (query.after < last) {
        const auto page = help_.session->tasks(query);
        if (!page) return std::nullopt;
        if (page->empty()) break;
        for (const auto& summary : *page) found.emplace(summary.id, summary);
        query.after = page->back().id;
    }
    return found;
}

/// Whether the list says enough about a task: that it goes on in the state that it had. What a waiting task
/// waits for is not in the list, so some of them are asked in turn.
bool Watch::take(Entry& entry, const Survey& survey, Moment now) {
    const auto place = survey.find(entry.task.id());
    if (place == survey.end() || !entry.progress) return false;
    const auto& summary = place->second;
    if (summary.state != entry.progress->details.state) return false;
    if (summary.state == TaskState::Waiting && questions_left_ > 0 && asked_ < entry.task.id()) {
        --questions_left_;
        asked_ = entry.task.id();
        return false;
    }
    auto details = entry.progress->details;
    details.bytes_done = summary.bytes_done;
    details.bytes_total = summary.bytes_total;
    measure(entry, std::move(details), now);
    return true;
}

/// Whether the task is over, for us.
bool Watch::refresh(Entry& entry, Moment now) {
    auto details = patience_.ask([&] { return entry.task.details(); });
    if (!details) {
        if (interrupt_.is_requested()) return false;
        view_.close();
        code_ = worst_of(code_, console_.fail(entry.task.id(), details.error()));
        return true;
    }
    measure(entry, std::move(*details), now);
    return is_over(entry);
}

void Watch::measure(Entry& entry, TaskDetails details, Moment now) {
    entry.meter.add(details.bytes_done, now.steady);
    entry.progress = Progress{
        .details = std::move(details),
        .bytes_per_second = entry.meter.bytes_per_second(),
        .time_left = {},
    };
    const auto& fresh = entry.progress->details;
    entry.progress->time_left = entry.meter.time_left(fresh.bytes_done, fresh.bytes_total);
}

bool Watch::is_over(Entry& entry) {
    const auto& details = entry.progress->details;
    if (!has_ended(details.state)) return on_blocked(entry);
    ++ended_;
    view_.show_end(*entry.progress);
    if (details.state != TaskState::Finished) code_ = worst_of(code_, ExitCode::TaskFailed);
    if (help_.on_end) help_.on_end(entry.task, details);
    return true;
}

/// Whether a task that may wait for credentials is left to it.
bool Watch::on_blocked(Entry& entry) {
    if (!is_blocked_by_credentials(entry.progress->details)) {
        entry.is_told = false;
        return false;
    }
    if (entry.is_told || !help_.on_challenge) return false;
    entry.is_told = true;
    switch (help_.on_challenge(entry.task, entry.progress->details)) {
        case ChallengeOutcome::Answered:
            entry.is_told = false;
            return false;
        case ChallengeOutcome::Unanswered:
            if (!interrupt_.is_requested()) code_ = worst_of(code_, ExitCode::CredentialsNeeded);
            return !interrupt_.is_requested();
    }
    return false;
}

void Watch::show(Moment now) {
    std::vector<Progress> progress;
    progress.reserve(pending_.size());
    for (const auto& entry : pending_) {
        if (entry.progress) progress.push_back(*entry.progress);
    }
    if (!progress.empty()) view_.show(progress, ended_, now);
}

}  // namespace haul::cli
