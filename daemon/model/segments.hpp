#pragma once

#include <optional>
#include <vector>

#include "model/coverage.hpp"

namespace haul::model {

/// One of several connections at work.
struct Runner {
    Span left;         ///< what it has still to bring
    double speed = 0;  ///< bytes a second; 0 = not known yet
};

/// What a new connection takes over from a runner: the span from `at` to the runner's end.
struct Split {
    std::size_t runner = 0;
    Bytes at = 0;
};

/// The first span of the file that nobody has or brings.
std::optional<Span> find_free(const Coverage& done, Bytes total, const std::vector<Runner>& runners);

/// Halves the work of the runner that would be ready last. No value where it is not worth a request: so
/// little is left that another connection would hardly begin before it is done.
std::optional<Split> find_split(const std::vector<Runner>& runners);

/// How many connections bring speed: twice as many are tried while the last doubling paid.
class Ramp {
public:
    explicit Ramp(std::uint32_t most) : most_(most) {}

    std::uint32_t wanted() const { return wanted_; }
    /// What all of them together brought lately. To be called once in a while, with all that were wanted at
    /// work.
    void measure(double bytes_per_second);

private:
    std::uint32_t most_;
    std::uint32_t wanted_ = 1;
    double last_speed_ = 0;
    bool settled_ = false;
};

}  // namespace haul::model
