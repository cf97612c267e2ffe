// Coverage as the journal holds it.

#include "model/coverage.hpp"

#include "fuzz/target.hpp"

namespace haul::fuzz {
namespace {

void require_sound(const model::Coverage& coverage) {
    auto behind = coverage.prefix();
    auto bytes = coverage.prefix();
    for (auto island : coverage.islands()) {
        require(island.begin > behind && island.end > island.begin, "islands ascend and touch nothing");
        bytes += island.end - island.begin;
        behind = island.end;
    }
    require(coverage.bytes() == bytes, "the bytes are those of prefix and islands");
    require(coverage.end() == behind, "the end is behind the last byte");
    require(coverage.islands().size() <= model::kMaxIslands, "islands have their bound");
    require(model::decode_coverage(bytes, model::encode_islands(coverage)) == coverage,
            "a coverage that is written is read again");
}

/// Filling the gaps makes a file whole.
void require_gaps_fit(model::Coverage coverage, Bytes total) {
    auto gaps = coverage.gaps(total);
    require(coverage.is_whole(total) == gaps.empty(), "what is whole has no gaps");
    coverage.cut(total);
    require_sound(coverage);
    auto missing = total - coverage.bytes();
    for (auto gap : gaps) {
        require(gap.begin < gap.end && gap.end <= total, "a gap has bytes, all of them of the file");
        missing -= gap.size();
        coverage.add(gap);
    }
    require(missing == 0, "gaps and bytes make the file");
    require(coverage == model::Coverage{total}, "a file whose gaps are filled is whole");
}

}  // namespace

void try_input(std::string_view input) {
    Choices choices{input};
    auto bytes = choices.number();
    auto total = choices.number();
    if (auto coverage = model::decode_coverage(bytes, choices.rest())) {
        require(coverage->bytes() == bytes, "a coverage has the bytes that it was read with");
        require(model::encode_islands(*coverage) == choices.rest(), "there is one form of each coverage");
        require_sound(*coverage);
        require_gaps_fit(*coverage, total);
    }
    model::Coverage grown;
    while (!choices.at_end()) {
        Bytes begin = choices.byte();
        grown.add({begin, begin + choices.byte() % 16});
    }
    require_sound(grown);
    require_gaps_fit(grown, total % 300);
}

}  // namespace haul::fuzz
