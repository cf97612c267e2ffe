#include "model/rate_pool.hpp"

#include <algorithm>

#include "model/fair_share.hpp"
#include "model/rate_limiter.hpp"

namespace haul::model {

void RatePool::set_rate(std::optional<Bytes> per_second) {
    if (!per_second) {
        rate_.reset();
        bytes_ = 0;
        return;
    }
    is_new_ = is_new_ || !rate_;
    rate_ = static_cast<double>(std::max<Bytes>(*per_second, 1));
    forget_savings();
}

void RatePool::divide() {
    std::vector<double> wants;
    wants.reserve(members_.size());
    for (const auto* share : members_) wants.push_back(share->due());
    auto shares = share_out(std::max(bytes_, 0.0), wants);
    for (std::size_t i = 0; i < members_.size(); ++i) members_[i]->set_due(shares[i]);
}

void RatePool::settle() {
    for (const auto* share : members_) bytes_ -= share->due();
    forget_savings();
}

}  // namespace haul::model
