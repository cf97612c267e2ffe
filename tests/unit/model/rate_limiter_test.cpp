// Who may move how much: within each limit everybody gets the same, and what one can't use others get.

#include "model/rate_limiter.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <list>
#include <numeric>

#include "model/fair_share.hpp"

namespace haul::model {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Bytes kMega = 1'000'000;
constexpr double kUnbounded = 1e18;

// --- share_out ---

TEST(FairShare, WhatOneDoesNotWantOthersGet) {
    EXPECT_EQ(share_out(10, {1, 100, 100}), (std::vector<double>{1, 4.5, 4.5}));
    EXPECT_EQ(share_out(10, {5, 1}), (std::vector<double>{5, 1}));
    EXPECT_EQ(share_out(0, {5, 1}), (std::vector<double>{0, 0}));
    EXPECT_EQ(share_out(7, {}), std::vector<double>{});
}

RC_GTEST_PROP(FairShare, NobodyCanGetMoreWithoutSomebodyPoorerGettingLess, ()) {
    auto wants = *rc::gen::container<std::vector<double>>(
        rc::gen::map(rc::gen::inRange(0, 1000), [](int want) { return static_cast<double>(want); }));
    auto amount = static_cast<double>(*rc::gen::inRange(0, 3000));
    auto shares = share_out(amount, wants);
    RC_ASSERT(shares.size() == wants.size());
    auto given = std::accumulate(shares.begin(), shares.end(), 0.0);
    auto wanted = std::accumulate(wants.begin(), wants.end(), 0.0);
    RC_ASSERT(std::abs(given - std::min(amount, wanted)) < 1e-6);
    auto most = shares.empty() ? 0 : *std::max_element(shares.begin(), shares.end());
    for (std::size_t i = 0; i < wants.size(); ++i) {
        RC_ASSERT(shares[i] >= -1e-9 && shares[i] <= wants[i] + 1e-9);
        bool is_content = shares[i] > wants[i] - 1e-6;
        RC_ASSERT(is_content || shares[i] > most - 1e-6);
    }
}

// --- RateLimiter, in a world where time is a number ---

/// A transfer whose server brings bytes at a speed of its own, in pieces of a size of its own.
struct Peer {
    Peer(RateLimiter& limiter, const RateTerms& terms, double speed, Bytes piece)
        : share(limiter, terms), speed(speed), piece(piece) {}

    RateShare share;
    double speed;
    Bytes piece;
    double arrived = 0;  ///< and not taken yet
    Bytes moved = 0;

    void take_all() {
        while (arrived >= static_cast<double>(piece) && share.may_move()) {
            arrived -= static_cast<double>(piece);
            moved += piece;
            share.take(piece);
        }
    }
};

class World {
public:
    RateLimiter limiter;
    std::list<Peer> peers;
    int rounds = 0;

    Peer& add(const RateTerms& terms, double speed = kUnbounded, Bytes piece = 8192) {
        return peers.emplace_back(limiter, terms, speed, piece);
    }
    void run(milliseconds time) {
        for (auto end = now_ + time; now_ < end; now_ += kStep) {
            for (auto& peer : peers) {
                // What does not fit into its socket's buffer waits at the server.
                auto came = peer.speed * std::chrono::duration<double>{kStep}.count();
                peer.arrived = std::min(peer.arrived + came, std::max(came, 4e6));
            }
            rounds += limiter.turn(now_) ? 1 : 0;
            for (auto& peer : peers) peer.take_all();
        }
    }
    void forget_counts() {
        rounds = 0;
        for (auto& peer : peers) peer.moved = 0;
    }
    double seconds_passed() const {
        return std::chrono::duration<double>{now_.time_since_epoch() - std::chrono::hours{1}}.count();
    }
    Bytes moved() const {
        return std::accumulate(peers.begin(), peers.end(), Bytes{0},
                               [](Bytes sum, const Peer& peer) { return sum + peer.moved; });
    }

private:
    static constexpr milliseconds kStep{5};

    RateLimiter::Instant now_{std::chrono::hours{1}};
};

void expect_near(Bytes found, double wanted, double tolerance) {
    EXPECT_NEAR(static_cast<double>(found), wanted, wanted * tolerance);
}

TEST(RateLimiter, WithoutLimitsNobodyWaitsAndThereAreNoRounds) {
    World world;
    auto& peer = world.add({}, 100 * kMega);
    world.run(seconds{1});
    expect_near(peer.moved, 100e6, 0.01);
    EXPECT_EQ(world.rounds, 0);
    EXPECT_FALSE(world.limiter.is_at_work());
    EXPECT_EQ(peer.share.fair_rate(), std::nullopt);
}

TEST(RateLimiter, TwentyTransfersGetTheSame) {
    World world;
    world.limiter.set_rates({.machine = 5 * kMega});
    for (int i = 0; i < 20; ++i) world.add({}, i % 2 == 0 ? kUnbounded : 1e6, i % 3 == 0 ? 1400 : 16384);
    world.run(seconds{10});
    expect_near(world.moved(), 50e6, 0.01);
    for (const auto& peer : world.peers) expect_near(peer.moved, 2.5e6, 0.02);
    EXPECT_LE(world.rounds, 10 * 55);
}

TEST(RateLimiter, WhatASlowServerLeavesOthersUse) {
    World world;
    world.limiter.set_rates({.machine = 5 * kMega});
    auto& slow = world.add({}, 20'000);
    for (int i = 0; i < 19; ++i) world.add({});
    world.run(seconds{10});
    expect_near(slow.moved, 200e3, 0.05);
    expect_near(world.moved(), 50e6, 0.01);
}

TEST(RateLimiter, ASessionAndATaskNarrowWhatTheMachineAllows) {
    World world;
    world.limiter.set_rates({.machine = 4 * kMega, .sessions = {{SessionId{1}, kMega}}});
    auto& narrow = world.add({.session = SessionId{1}, .own = 200'000});
    auto& one = world.add({.session = SessionId{1}});
    auto& other = world.add({.session = SessionId{1}});
    auto& free = world.add({.session = SessionId{2}});
    world.run(seconds{10});
    expect_near(narrow.moved, 2e6, 0.02);
    expect_near(one.moved, 4e6, 0.02);
    expect_near(other.moved, 4e6, 0.02);
    expect_near(free.moved, 30e6, 0.02);
}

TEST(RateLimiter, AChangedLimitHoldsAtOnce) {
    World world;
    auto& peer = world.add({}, 100 * kMega);
    world.run(seconds{1});
    world.limiter.set_rates({.machine = kMega});
    world.forget_counts();
    world.run(seconds{4});
    expect_near(peer.moved, 4e6, 0.02);
    world.limiter.set_rates({.machine = 10 * kMega});
    world.forget_counts();
    world.run(seconds{1});
    expect_near(peer.moved, 10e6, 0.02);
    world.limiter.set_rates({});
    world.run(milliseconds{200});
    world.forget_counts();
    world.run(seconds{1});
    expect_near(peer.moved, 100e6, 0.02);
    EXPECT_EQ(world.rounds, 0);
}

TEST(RateLimiter, WhatEndsLeavesItsPartAndItsDebtToOthers) {
    World world;
    world.limiter.set_rates({.machine = kMega});
    Bytes ended = 0;
    world.add({});
    for (int i = 0; i < 200; ++i) {  // each is one piece that is larger than its share
        world.add({}, kUnbounded, 16384);
        world.run(milliseconds{50});
        ended += world.peers.back().moved;
        world.peers.pop_back();
    }
    EXPECT_GT(ended, 0U);
    expect_near(world.moved() + ended, 10e6, 0.02);
}

TEST(RateLimiter, ALimitSmallerThanAPieceIsKeptInTheLongRun) {
    World world;
    world.limiter.set_rates({.machine = 2000});
    auto& peer = world.add({}, kUnbounded, 8192);
    world.run(seconds{120});
    expect_near(peer.moved, 240e3, 0.05);
    EXPECT_LE(world.rounds, 120 * 3) << "it does not look up often while a debt is paid back";
    peer.speed = 1e6;
    peer.arrived = 1e6;
    world.limiter.set_rates({});
    world.forget_counts();
    world.run(milliseconds{10});
    EXPECT_GT(peer.moved, 0U) << "and yet a new limit holds at once";
}

TEST(RateLimiter, WhatRestsIsNotLookedAt) {
    World world;
    world.limiter.set_rates({.machine = kMega});
    auto& peer = world.add({}, 0);
    world.run(seconds{2});
    world.forget_counts();
    world.run(seconds{2});
    EXPECT_EQ(world.rounds, 0);
    peer.speed = kUnbounded;
    world.run(seconds{1});
    EXPECT_LE(peer.moved, 1'120'000U) << "a tenth of a second may have been saved up";
    EXPECT_GE(peer.moved, 990'000U);
}

RC_GTEST_PROP(RateLimiter, NoLimitIsPassedWhateverComesAndGoes, ()) {
    World world;
    auto machine = *rc::gen::inRange<Bytes>(10'000, 20 * kMega);
    auto session = *rc::gen::inRange<Bytes>(10'000, 20 * kMega);
    world.limiter.set_rates({.machine = machine, .sessions = {{SessionId{1}, session}}});
    Bytes all = 0;
    Bytes limited = 0;
    auto end_first = [&] {
        all += world.peers.front().moved;
        if (world.peers.front().piece % 2 == 1) limited += world.peers.front().moved;
        world.peers.pop_front();
    };
    constexpr Bytes kLargest = 16384;
    std::size_t most = 1;
    for (int i = 0; i < 20; ++i) {
        bool is_in_session = *rc::gen::arbitrary<bool>();
        auto piece = *rc::gen::inRange<Bytes>(1, kLargest / 2) * 2 - (is_in_session ? 1 : 0);
        world.add({.session = SessionId{is_in_session ? 1U : 2U}},
                  static_cast<double>(*rc::gen::inRange<Bytes>(0, 30 * kMega)), piece);
        most = std::max(most, world.peers.size());
        if (*rc::gen::inRange(0, 3) == 0) end_first();
        world.run(milliseconds{*rc::gen::inRange(1, 400)});
    }
    world.run(seconds{1});
    while (!world.peers.empty()) end_first();
    auto time = world.seconds_passed();
    // What was saved up at first, and a piece of debt for each.
    auto bound = [&](Bytes rate) {
        return static_cast<double>(rate) * (time + 0.15) + static_cast<double>(most * kLargest);
    };
    RC_ASSERT(static_cast<double>(all) <= bound(machine));
    RC_ASSERT(static_cast<double>(limited) <= bound(session));
}

}  // namespace
}  // namespace haul::model
