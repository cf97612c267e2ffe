#pragma once

#include <algorithm>
#include <map>

#include "base/ids.hpp"
#include "base/units.hpp"

namespace haul::control {

/// How many bytes each owner's uploads have in the spool, those that are still being copied included.
class SpoolLedger {
public:
    explicit SpoolLedger(Bytes most) : most_(most) {}

    void take(OwnerId owner, Bytes bytes) { taken_[owner] += bytes; }
    void give_back(OwnerId owner, Bytes bytes) {
        auto found = taken_.find(owner);
        if (found != taken_.end() && (found->second -= std::min(bytes, found->second)) == 0)
            taken_.erase(found);
    }
    /// What an owner may have besides.
    Bytes left(OwnerId owner) const {
        auto found = taken_.find(owner);
        return found == taken_.end() ? most_ : most_ - std::min(most_, found->second);
    }
    Bytes most() const { return most_; }

private:
    Bytes most_;
    std::map<OwnerId, Bytes> taken_;
};

}  // namespace haul::control
