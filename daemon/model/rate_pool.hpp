#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/units.hpp"

namespace haul::model {

class RateShare;

/// One limit: bytes come in steadily and are divided among its members. A little is saved up while nobody
/// wants it; a debt is paid back first.
class RatePool {
public:
    /// For so long, what nobody wanted is kept.
    static constexpr double kSavedSeconds = 0.05;

    void set_rate(std::optional<Bytes> per_second);
    bool is_limited() const { return rate_.has_value(); }
    double rate() const { return *rate_; }
    /// What each member gets if all want it.
    double fair_rate() const { return *rate_ / static_cast<double>(members_.size()); }

    void join(RateShare& share) { members_.push_back(&share); }
    void leave(RateShare& share) { std::erase(members_, &share); }
    bool is_empty() const { return members_.empty(); }
    const std::vector<RateShare*>& members() const { return members_; }

    // The steps of a round, for all pools each.
    void fill(double seconds) {
        if (!std::exchange(is_new_, false)) bytes_ += *rate_ * seconds;
    }
    /// Nobody has wanted anything for a while.
    void forget_savings() { bytes_ = std::min(bytes_, *rate_ * kSavedSeconds); }
    /// Lowers what is due to the members to what there is.
    void divide();
    /// What is due is given.
    void settle();
    /// A member leaves something over, or a debt.
    void give_back(double bytes) { bytes_ += bytes; }

private:
    std::optional<double> rate_;
    double bytes_ = 0;
    bool is_new_ = false;  ///< whether it was no limit before the next round
    std::vector<RateShare*> members_;
};

}  // namespace haul::model
