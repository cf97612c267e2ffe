#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"

namespace haul::model {

/// A row of bytes.
struct Span {
    Bytes begin = 0;
    Bytes end = 0;  ///< behind the last one

    Bytes size() const { return end > begin ? end - begin : 0; }
    friend bool operator==(const Span&, const Span&) = default;
};

inline constexpr std::size_t kMaxIslands = 4096;

/// Which bytes of a file there are: a prefix, and islands behind it that several connections or a broken
/// sequence leave. A file that is written from its start on has only a prefix, which takes no memory.
class Coverage {
public:
    Coverage() = default;
    explicit Coverage(Bytes prefix) : prefix_(prefix) {}

    /// These bytes are there too. An island that would be one more than kMaxIslands is forgotten: bytes may
    /// always be fetched twice. Costs O(islands) at most.
    void add(Span span);
    /// Forgets everything from `size` on.
    void cut(Bytes size);

    /// How many bytes there are in all.
    Bytes bytes() const;
    /// How many there are from the start on without a gap.
    Bytes prefix() const { return prefix_; }
    /// Behind the last one; 0 where there is none.
    Bytes end() const { return islands_.empty() ? prefix_ : islands_.back().end; }
    bool is_empty() const { return end() == 0; }
    bool is_prefix() const { return islands_.empty(); }
    /// Ascending; none is empty, and none touches another or the prefix.
    const std::vector<Span>& islands() const { return islands_; }

    /// What a file of this size lacks, ascending.
    std::vector<Span> gaps(Bytes total) const;
    bool is_whole(Bytes total) const { return prefix_ >= total; }

    friend bool operator==(const Coverage&, const Coverage&) = default;

private:
    Bytes prefix_ = 0;
    std::vector<Span> islands_;
};

/// The islands as bytes: begin and end of each as little-endian 64-bit numbers; "" where there are none. The
/// form is stable: a later daemon reads it.
std::string encode_islands(const Coverage& coverage);

/// A coverage of so many bytes with these islands: the prefix is what they leave of the sum. No value where
/// no coverage is encoded so: a torn pair, islands that are empty, touch, overlap or do not ascend, more than
/// kMaxIslands of them or more bytes in them than there are.
std::optional<Coverage> decode_coverage(Bytes bytes_in_all, std::string_view islands);

}  // namespace haul::model
