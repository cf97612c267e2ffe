#include "model/coverage.hpp"

#include <algorithm>

namespace haul::model {
namespace {

constexpr std::size_t kNumber = sizeof(Bytes);

void append_number(std::string& bytes, Bytes number) {
    for (std::size_t i = 0; i < kNumber; ++i) bytes += static_cast<char>(number >> (8 * i));
}

Bytes number_at(std::string_view bytes, std::size_t at) {
    Bytes number = 0;
    for (std::size_t i = 0; i < kNumber; ++i)
        number |= Bytes{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
    return number;
}

}  // namespace

void Coverage::add(Span span) {
    if (span.size() == 0) return;
    if (span.begin <= prefix_) {
        prefix_ = std::max(prefix_, span.end);
        auto island = islands_.begin();
        for (; island != islands_.end() && island->begin <= prefix_; ++island)
            prefix_ = std::max(prefix_, island->end);
        islands_.erase(islands_.begin(), island);
        return;
    }
    auto first = std::lower_bound(islands_.begin(), islands_.end(), span.begin,
                                  [](const Span& island, Bytes begin) { return island.end < begin; });
    auto last = first;
    for (; last != islands_.end() && last->begin <= span.end; ++last) {
        span.begin = std::min(span.begin, last->begin);
        span.end = std::max(span.end, last->end);
    }
    if (first != last) {
        *first = span;
        islands_.erase(first + 1, last);
    } else if (islands_.size() < kMaxIslands) {
        islands_.insert(first, span);
    }
}

void Coverage::cut(Bytes size) {
    prefix_ = std::min(prefix_, size);
    while (!islands_.empty() && islands_.back().begin >= size) islands_.pop_back();
    if (!islands_.empty()) islands_.back().end = std::min(islands_.back().end, size);
}

Bytes Coverage::bytes() const {
    Bytes sum = prefix_;
    for (const auto& island : islands_) sum += island.size();
    return sum;
}

std::vector<Span> Coverage::gaps(Bytes total) const {
    std::vector<Span> gaps;
    auto here = prefix_;
    for (const auto& island : islands_) {
        if (island.begin >= total) break;
        gaps.push_back({here, island.begin});
        here = island.end;
    }
    if (here < total) gaps.push_back({here, total});
    return gaps;
}

std::string encode_islands(const Coverage& coverage) {
    std::string bytes;
    bytes.reserve(coverage.islands().size() * 2 * kNumber);
    for (const auto& island : coverage.islands()) {
        append_number(bytes, island.begin);
        append_number(bytes, island.end);
    }
    return bytes;
}

std::optional<Coverage> decode_coverage(Bytes bytes_in_all, std::string_view islands) {
    if (islands.size() % (2 * kNumber) != 0 || islands.size() / (2 * kNumber) > kMaxIslands)
        return std::nullopt;
    std::vector<Span> spans;
    Bytes in_islands = 0;  // of disjoint spans: no more than the end of the last one
    for (std::size_t at = 0; at < islands.size(); at += 2 * kNumber) {
        Span span{number_at(islands, at), number_at(islands, at + kNumber)};
        if (span.size() == 0 || (!spans.empty() && span.begin <= spans.back().end)) return std::nullopt;
        in_islands += span.size();
        spans.push_back(span);
    }
    if (in_islands > bytes_in_all) return std::nullopt;
    Coverage coverage{bytes_in_all - in_islands};
    if (!spans.empty() && spans.front().begin <= coverage.prefix()) return std::nullopt;
    for (const auto& span : spans) coverage.add(span);
    return coverage;
}

}  // namespace haul::model
