#include "conditions/pace.hpp"

#include <algorithm>

namespace haul::conditions {

using model::Answer;
using model::Conditions;
using model::Connectivity;

namespace {

int badness_of(Connectivity connectivity) {
    switch (connectivity) {
        case Connectivity::Unknown:
        case Connectivity::Limited:
        case Connectivity::Full:
            return 0;
        case Connectivity::LocalOnly:
            return 1;
        case Connectivity::Portal:
        case Connectivity::None:
            return 2;
    }
    return 0;
}

}  // namespace

Pace::Pace()
    : answers_{{{&Conditions::metered, Answer::Yes},
                {&Conditions::cellular, Answer::Yes},
                {&Conditions::roaming, Answer::Yes},
                {&Conditions::on_battery, Answer::Yes},
                {&Conditions::power_saver, Answer::Yes},
                {&Conditions::idle, Answer::No}}} {}

void Pace::note(const Conditions& conditions, Duration now) {
    latest_ = conditions;
    connectivity_.note(conditions.connectivity, badness_of(conditions.connectivity), now);
    for (auto& [field, worst, answer] : answers_)
        answer.note(conditions.*field, conditions.*field == worst ? 1 : 0, now);
    settle(now);
}

std::optional<Duration> Pace::due() const {
    std::optional<Duration> next;
    auto consider = [&](std::optional<Duration> time) {
        if (time && (!next || *time < *next)) next = time;
    };
    if (changed_)
        consider(told_at_ ? std::max(*changed_ + kGather, *told_at_ + kInterval) : *changed_ + kGather);
    consider(connectivity_.due());
    for (const auto& steady : answers_) consider(steady.answer.due());
    return next;
}

std::optional<Conditions> Pace::take(Duration now) {
    settle(now);
    bool is_time = changed_ && now >= *changed_ + kGather && (!told_at_ || now >= *told_at_ + kInterval);
    return is_time ? std::optional{tell(now)} : std::nullopt;
}

std::optional<Conditions> Pace::take_now(Duration now) {
    settle(now);
    return changed_ ? std::optional{tell(now)} : std::nullopt;
}

void Pace::settle(Duration now) {
    connectivity_.settle(now);
    for (auto& steady : answers_) steady.answer.settle(now);
    if (shown() == told_)
        changed_.reset();
    else if (!changed_)
        changed_ = now;
}

Conditions Pace::shown() const {
    auto shown = latest_;
    shown.connectivity = connectivity_.shown();
    for (const auto& steady : answers_) shown.*steady.field = steady.answer.shown();
    return shown;
}

Conditions Pace::tell(Duration now) {
    told_ = shown();
    told_at_ = now;
    changed_.reset();
    return told_;
}

}  // namespace haul::conditions
