#pragma once

#include <array>
#include <optional>

#include "conditions/steady.hpp"
#include "model/conditions.hpp"

namespace haul::conditions {

/// Decides what is told of conditions that change, and when: changes gather for a moment, some two reports a
/// second leave at most, and what flaps stays at its worst. What gets worse is told within half a second.
/// Times are since any moment that stays the same.
class Pace {
public:
    static constexpr Duration kGather = std::chrono::milliseconds{100};
    static constexpr Duration kInterval = std::chrono::milliseconds{450};

    Pace();

    void note(const model::Conditions& conditions, Duration now);
    /// When to `take` next; nothing while nothing is to be told.
    std::optional<Duration> due() const;
    /// What is to be told now; nothing where it is not yet time, or nothing has changed.
    std::optional<model::Conditions> take(Duration now);
    /// Likewise, whether it is time or not.
    std::optional<model::Conditions> take_now(Duration now);

private:
    struct SteadyAnswer {
        model::Answer model::Conditions::*field;
        model::Answer worst;
        Steady<model::Answer> answer{};
    };

    void settle(Duration now);
    model::Conditions shown() const;
    model::Conditions tell(Duration now);

    model::Conditions latest_;
    Steady<model::Connectivity> connectivity_;
    std::array<SteadyAnswer, 6> answers_;
    model::Conditions told_;
    std::optional<Duration> changed_;  ///< since when what shows differs from what was told
    std::optional<Duration> told_at_;
};

}  // namespace haul::conditions
