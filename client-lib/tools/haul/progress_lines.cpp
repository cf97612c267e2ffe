#include "progress_lines.hpp"

#include <iostream>

#include "progress_meter.hpp"
#include "sentences.hpp"
#include "terminal_text.hpp"

namespace haul::cli {

namespace {

constexpr std::chrono::seconds kBetweenLines{5};
constexpr std::chrono::seconds kBetweenNews{2};

void say(std::string_view text) {
    std::cerr << "haul: " + printable(text) + "\n" << std::flush;
}

}  // namespace

void LineProgress::show(const std::vector<Progress>& pending, std::size_t ended, Moment now) {
    const auto& blocked_by = pending.front().details.blocked_by;
    const auto pause = blocked_by == last_blocked_by_ ? kBetweenLines : kBetweenNews;
    if (last_time_ && now.steady - *last_time_ < pause) return;
    last_time_ = now.steady;
    last_blocked_by_ = blocked_by;
    say(plain_line(meter_of(pending, ended, now.wall)));
}

void LineProgress::show_end(const Progress& task) {
    say(ending(task.details));
}

void LineProgress::show_challenge(const TaskDetails& task, const std::optional<Challenge>& challenge) {
    say(question(task, challenge));
}

void LineProgress::note(std::string_view text) {
    say(text);
}

}  // namespace haul::cli
