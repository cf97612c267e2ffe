#include "model/fair_share.hpp"

#include <algorithm>
#include <numeric>

namespace haul::model {

std::vector<double> share_out(double amount, const std::vector<double>& wants) {
    std::vector<std::size_t> by_want(wants.size());
    std::iota(by_want.begin(), by_want.end(), std::size_t{0});
    std::sort(by_want.begin(), by_want.end(),
              [&](std::size_t one, std::size_t other) { return wants[one] < wants[other]; });
    std::vector<double> shares(wants.size());
    auto left = static_cast<double>(wants.size());
    for (auto index : by_want) {
        shares[index] = std::min(wants[index], amount / left);
        amount -= shares[index];
        left -= 1;
    }
    return shares;
}

}  // namespace haul::model
