#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// What a target and the programs that run it share. libFuzzer (entry.cpp) or the replay (replay.cpp) calls
/// try_input() with one input after the other; it returns where all properties hold.
namespace haul::fuzz {

/// Defined by each target.
void try_input(std::string_view input);

/// Ends the process where a property does not hold: that is a finding.
void require(bool holds, std::string_view property);

/// Takes choices from the start of an input, and leaves the text behind them. What the input lacks counts as
/// 0.
class Choices {
public:
    explicit Choices(std::string_view input) : rest_(input) {}

    std::uint8_t byte() {
        if (rest_.empty()) return 0;
        auto byte = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return byte;
    }
    /// A little-endian number of eight bytes.
    std::uint64_t number() {
        std::uint64_t number = 0;
        for (unsigned shift = 0; shift < 64; shift += 8) number |= std::uint64_t{byte()} << shift;
        return number;
    }
    template <class T, std::size_t N>
    const T& one_of(const std::array<T, N>& values) {
        return values[byte() % N];
    }
    /// Up to the next line feed, which is passed over.
    std::string_view line() {
        auto line = rest_.substr(0, rest_.find('\n'));
        rest_.remove_prefix(line.size() < rest_.size() ? line.size() + 1 : line.size());
        return line;
    }
    bool at_end() const { return rest_.empty(); }
    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

}  // namespace haul::fuzz
