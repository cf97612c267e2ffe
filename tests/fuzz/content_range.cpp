// Content-Range.

#include "fuzz/target.hpp"
#include "model/response.hpp"

namespace haul::fuzz {

void try_input(std::string_view input) {
    auto range = model::parse_content_range(input);
    if (!range) return;
    require(range->first <= range->last, "a range has bytes");
    require(range->last <= INT64_MAX, "offsets fit a file");
    require(!range->total || *range->total > range->last, "a range lies within its entity");
    auto text = "bytes " + std::to_string(range->first) + "-" + std::to_string(range->last) + "/" +
                (range->total ? std::to_string(*range->total) : "*");
    auto again = model::parse_content_range(text);
    require(
        again && again->first == range->first && again->last == range->last && again->total == range->total,
        "a range that is written again is the same");
    require(!model::parse_content_range(std::string{input} + "x"), "nothing stands behind a range");
}

}  // namespace haul::fuzz
