#include "model/rate_limiter.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace haul::model {
namespace {

constexpr auto kLongestRound = std::chrono::milliseconds{500};
constexpr int kQuietRounds = 5;  // and there are none any more until something moves

constexpr double kInfinite = std::numeric_limits<double>::infinity();

}  // namespace

RateShare::RateShare(RateLimiter& limiter, const RateTerms& terms)
    : limiter_(limiter),
      terms_(terms),
      own_(terms.own ? std::make_unique<RatePool>() : nullptr),
      session_(&limiter.pool_of(terms.session)) {
    if (own_) own_->set_rate(terms.own);
    limiter_.join(*this);
}

RateShare::~RateShare() {
    limiter_.leave(*this);
}

std::array<RatePool*, 4> RateShare::pools() {
    return {own_.get(), session_, terms_.is_background ? &limiter_.background_ : nullptr, &limiter_.machine_};
}

void RateShare::find_limits() {
    bool was_limited = is_limited_;
    fair_rate_ = rate_ = kInfinite;
    for (auto* pool : pools()) {
        if (!pool || !pool->is_limited()) continue;
        fair_rate_ = std::min(fair_rate_, pool->fair_rate());
        rate_ = std::min(rate_, pool->rate());
    }
    is_limited_ = rate_ < kInfinite;
    if (!is_limited_) is_waiting_ = false;
    if (is_limited_ != was_limited) allowance_ = 0;
}

/// A limit has become another one: what it allowed before does not count.
void RateShare::forget_savings() {
    find_limits();
    if (is_limited_) allowance_ = std::min(allowance_, fair_rate_ * RatePool::kSavedSeconds);
}

bool RateShare::may_move() {
    if (!is_limited_ || allowance_ > 0) return true;
    is_waiting_ = true;
    limiter_.wake();
    return false;
}

void RateShare::take(Bytes bytes) {
    if (is_limited_) allowance_ -= static_cast<double>(bytes);
    limiter_.on_moved(*this, bytes);
}

std::optional<Bytes> RateShare::fair_rate() const {
    return is_limited_ ? std::optional{static_cast<Bytes>(fair_rate_)} : std::nullopt;
}

/// Who waits has more to move than he may; anybody else keeps a little to begin with.
double RateShare::want() const {
    if (is_waiting_) return kInfinite;
    return std::max(fair_rate_ * RatePool::kSavedSeconds - allowance_, 0.0);
}

void RateShare::receive() {
    allowance_ += due_;
    if (allowance_ > 0) is_waiting_ = false;
}

/// At least so long its debt lasts.
double RateShare::seconds_to_wait() const {
    return is_waiting_ ? -allowance_ / rate_ : 0;
}

void RateLimiter::set_rates(const Rates& rates) {
    machine_.set_rate(rates.machine);
    for (auto& [session, pool] : sessions_) {
        auto found = rates.sessions.find(session);
        pool.set_rate(found == rates.sessions.end() ? std::nullopt : std::optional{found->second});
    }
    for (const auto& [session, rate] : rates.sessions)
        if (!sessions_.contains(session)) sessions_[session].set_rate(rate);
    std::erase_if(sessions_,
                  [](const auto& entry) { return entry.second.is_empty() && !entry.second.is_limited(); });
    for (auto* share : shares_) share->forget_savings();
    begin_round();
}

void RateLimiter::join(RateShare& share) {
    shares_.push_back(&share);
    for (auto* pool : share.pools())
        if (pool) pool->join(share);
    if (!share.terms_.is_background) yielding_.begin_anew();
    find_limits();
}

/// What it leaves over others may use, and its debt is theirs.
void RateLimiter::leave(RateShare& share) {
    std::erase(shares_, &share);
    for (auto* pool : share.pools()) {
        if (!pool) continue;
        pool->leave(share);
        if (pool->is_limited() && share.is_limited_) pool->give_back(share.allowance_);
    }
    if (share.session_->is_empty() && !share.session_->is_limited()) sessions_.erase(share.terms_.session);
    if (!share.terms_.is_background) yielding_.begin_anew();
    find_limits();
}

void RateLimiter::on_moved(const RateShare& share, Bytes bytes) {
    if (!share.terms_.is_background) yielding_.count(bytes);
    if (!share.is_limited_) return;
    has_moved_ = true;
    wake();
}

/// Something limited moves again: the next round is due at once.
void RateLimiter::wake() {
    if (is_at_work_) return;
    begin_round();
}

void RateLimiter::begin_round() {
    is_at_work_ = true;
    quiet_rounds_ = 0;
    next_round_ = {};
}

void RateLimiter::find_limits() {
    for (auto* share : shares_) share->find_limits();
}

bool RateLimiter::turn(Instant now) {
    yielding_.turn(now);
    set_background_rate();
    if (!is_at_work_ || now < next_round_) return false;
    std::chrono::duration<double> time = now - last_round_;
    hand_out(time.count());
    last_round_ = now;
    plan_next(now);
    return true;
}

void RateLimiter::set_background_rate() {
    auto rate = yielding_.rate();
    if (rate == background_rate_) return;
    background_rate_ = rate;
    background_.set_rate(rate);
    if (background_.is_empty()) return;
    for (auto* share : background_.members()) share->forget_savings();
    begin_round();
}

std::vector<RatePool*> RateLimiter::limited_pools() {
    std::vector<RatePool*> pools;
    auto add = [&](RatePool* pool) {
        if (pool && pool->is_limited()) pools.push_back(pool);
    };
    for (auto* share : shares_) add(share->own_.get());
    for (auto& [session, pool] : sessions_) add(&pool);
    add(&background_);
    add(&machine_);
    return pools;
}

/// From the narrowest limit to the widest: what one of them leaves of what a share wants, the next one may
/// lower. Each division is fair within its limit, and so is all of it.
void RateLimiter::hand_out(double seconds) {
    auto pools = limited_pools();
    for (auto* share : shares_) share->set_due(share->is_limited_ ? share->want() : 0);
    for (auto* pool : pools) {
        pool->fill(seconds);
        if (has_rested_) pool->forget_savings();
        pool->divide();
    }
    for (auto* pool : pools) pool->settle();
    for (auto* share : shares_) share->receive();
}

void RateLimiter::plan_next(Instant now) {
    bool is_limited = false;
    bool is_waited_for = false;
    std::chrono::duration<double> wait = kLongestRound;
    for (const auto* share : shares_) {
        if (!share->is_limited_) continue;
        is_limited = true;
        is_waited_for = is_waited_for || share->is_waiting_;
        wait = std::min(wait, std::chrono::duration<double>{share->seconds_to_wait()});
    }
    bool is_busy = std::exchange(has_moved_, false) || is_waited_for;
    quiet_rounds_ = is_busy ? 0 : quiet_rounds_ + 1;
    is_at_work_ = is_limited && quiet_rounds_ < kQuietRounds;
    has_rested_ = !is_at_work_;
    wait = std::max<std::chrono::duration<double>>(wait, kRound);
    next_round_ = now + std::chrono::ceil<std::chrono::nanoseconds>(wait);
}

}  // namespace haul::model
