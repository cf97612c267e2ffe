#include "model/segments.hpp"

#include <algorithm>

namespace haul::model {
namespace {

constexpr Bytes kAlignment = 64 * 1024;
constexpr Bytes kWorthSplitting = 2 * 1024 * 1024;  // bytes that are halved whatever the speed
constexpr double kLongWait = 2.0;                   // seconds; a runner that needs longer is helped
constexpr double kPays = 1.25;                      // speed after a doubling, as a factor, that is worth it

/// Seconds to go; by its bytes alone while speeds are unknown.
double time_left(const Runner& runner, double usual_speed) {
    auto speed = runner.speed > 0 ? runner.speed : usual_speed;
    return static_cast<double>(runner.left.size()) / std::max(speed, 1.0);
}

double usual_speed(const std::vector<Runner>& runners) {
    double sum = 0;
    int count = 0;
    for (const auto& runner : runners)
        if (runner.speed > 0) {
            sum += runner.speed;
            ++count;
        }
    return count > 0 ? sum / count : 0;
}

}  // namespace

std::optional<Span> find_free(const Coverage& done, Bytes total, const std::vector<Runner>& runners) {
    auto taken = done;
    for (const auto& runner : runners) taken.add(runner.left);
    auto gaps = taken.gaps(total);
    return gaps.empty() ? std::nullopt : std::optional{gaps.front()};
}

std::optional<Split> find_split(const std::vector<Runner>& runners) {
    auto usual = usual_speed(runners);
    auto last = std::max_element(runners.begin(), runners.end(), [&](const auto& a, const auto& b) {
        return time_left(a, usual) < time_left(b, usual);
    });
    if (last == runners.end()) return std::nullopt;
    auto size = last->left.size();
    bool is_slow = last->speed > 0 && time_left(*last, usual) > kLongWait;
    if (size < kWorthSplitting && !(is_slow && size >= 2 * kAlignment)) return std::nullopt;
    auto at = last->left.begin + size / 2;
    at -= at % kAlignment;
    if (at <= last->left.begin || at >= last->left.end) return std::nullopt;
    return Split{static_cast<std::size_t>(last - runners.begin()), at};
}

void Ramp::measure(double bytes_per_second) {
    if (settled_) return;
    if (wanted_ > 1 && bytes_per_second < last_speed_ * kPays) {
        wanted_ /= 2;
        settled_ = true;
        return;
    }
    last_speed_ = bytes_per_second;
    if (wanted_ >= most_) settled_ = true;
    wanted_ = std::min(wanted_ * 2, most_);
}

}  // namespace haul::model
