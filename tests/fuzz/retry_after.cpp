// Retry-After, Date and Last-Modified: three lines.

#include "engine/curl_outcome.hpp"
#include "fuzz/target.hpp"
#include "model/retry.hpp"

namespace haul::fuzz {

void try_input(std::string_view input) {
    Choices choices{input};
    std::string value{choices.line()}, date{choices.line()}, modified{choices.line()};

    if (auto delay = engine::retry_after(value, date)) {
        auto granted = model::asked_delay(*delay);
        require(granted >= model::kShortestAskedDelay && granted <= model::kLongestAskedDelay,
                "a delay that is granted has its bounds");
    } else {
        require(value.empty() || value.find_first_not_of("0123456789") != value.npos, "a number is a delay");
    }
    if (!value.empty() && value.find_first_not_of("0123456789") == value.npos)
        require(engine::retry_after(value, date) >= Duration{0}, "a number of seconds is no time before now");

    auto before = engine::modified_before_date(modified, date);
    auto behind = engine::modified_before_date(date, modified);
    require(before.has_value() == behind.has_value(), "both dates can be read, or not");
    if (!before) return;
    require(*before == -*behind, "a date is as much before another as that is behind it");
    require(engine::modified_before_date(date, date) == std::chrono::seconds{0},
            "a date is not before itself");
    require(engine::retry_after(modified, date).has_value(), "what is a date is one in Retry-After too");
}

}  // namespace haul::fuzz
