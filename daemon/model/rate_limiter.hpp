#pragma once

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "base/units.hpp"
#include "model/rate_pool.hpp"
#include "model/rates.hpp"
#include "model/yielding.hpp"

namespace haul::model {

class RateLimiter;

/// What counts for a transfer's speed.
struct RateTerms {
    SessionId session{};
    std::optional<Bytes> own{};  ///< bytes a second of the transfer itself
    bool is_background = false;  ///< whether it makes way for those that are not
};

/// One transfer's part of the limits, over all of its connections. Bytes move while its allowance lasts; the
/// last of them may leave a debt.
class RateShare {
public:
    /// The limiter outlives it.
    RateShare(RateLimiter& limiter, const RateTerms& terms);
    ~RateShare();
    RateShare(const RateShare&) = delete;
    RateShare& operator=(const RateShare&) = delete;

    bool is_limited() const { return is_limited_; }
    /// Whether bytes may move now. Where not, the share counts as waiting for that.
    bool may_move();
    /// So many may before there is a debt. Of a limited one.
    Bytes allowance() const { return allowance_ > 0 ? static_cast<Bytes>(allowance_) : 0; }
    /// They have moved.
    void take(Bytes bytes);
    /// Bytes a second that it gets if everybody wants all that he can get; no value where it is not limited.
    std::optional<Bytes> fair_rate() const;

    // For its limiter and pools.
    double due() const { return due_; }
    void set_due(double bytes) { due_ = bytes; }

private:
    friend RateLimiter;

    std::array<RatePool*, 4> pools();
    void find_limits();
    void forget_savings();
    double want() const;
    void receive();
    double seconds_to_wait() const;

    RateLimiter& limiter_;
    RateTerms terms_;
    std::unique_ptr<RatePool> own_;  ///< where it has a limit of its own
    RatePool* session_;
    bool is_limited_ = false;
    bool is_waiting_ = false;
    double allowance_ = 0;
    double due_ = 0;  ///< in the round under way
    // Of the tightest of its limits:
    double fair_rate_ = 0;  ///< what it gets if all want it
    double rate_ = 0;       ///< what it gets if nobody else wants it
};

/// Divides what the limits allow: machine over session over task. Within each limit every transfer gets the
/// same, and what one can't use goes to the others. Background transfers have one more limit while
/// foreground ones are at work (Yielding).
///
/// It works in rounds, some 50 a second while something limited moves, and none otherwise.
class RateLimiter {
public:
    using Instant = std::chrono::steady_clock::time_point;

    /// At least so long is a round.
    static constexpr std::chrono::milliseconds kRound{20};

    void set_rates(const Rates& rates);
    /// Where a round is due, its bytes are handed out: true, and who waited may look whether he may go on.
    /// To be called whenever something may have moved.
    bool turn(Instant now);
    /// What background transfers may move together while foreground ones are at work.
    std::optional<Bytes> background_rate() const { return background_rate_; }
    /// Whether there are rounds at all.
    bool is_at_work() const { return is_at_work_; }
    /// When the next one is due.
    Instant next_round() const { return next_round_; }

private:
    friend RateShare;

    void join(RateShare& share);
    void leave(RateShare& share);
    void on_moved(const RateShare& share, Bytes bytes);
    void wake();
    void begin_round();
    void set_background_rate();
    void find_limits();
    std::vector<RatePool*> limited_pools();
    void hand_out(double seconds);
    void plan_next(Instant now);
    RatePool& pool_of(SessionId session) { return sessions_[session]; }

    RatePool machine_;
    RatePool background_;
    std::map<SessionId, RatePool> sessions_;  ///< with a limit or with members
    std::vector<RateShare*> shares_;
    Yielding yielding_;
    std::optional<Bytes> background_rate_;
    Instant last_round_;
    Instant next_round_;
    int quiet_rounds_ = 0;  ///< in which nothing limited moved
    bool has_moved_ = false;
    bool is_at_work_ = false;
    bool has_rested_ = true;  ///< since the last round
};

}  // namespace haul::model
