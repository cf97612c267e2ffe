#include "conditions/pace.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace haul::conditions {
namespace {

using model::Answer;
using model::Conditions;
using model::Connectivity;
using namespace std::chrono_literals;

/// A pace with a clock that goes when it is told to, and rings when the pace wants to be asked.
class PaceTest : public testing::Test {
protected:
    struct Report {
        Duration when;
        Conditions conditions;
    };

    void note(const Conditions& conditions) {
        pace_.note(conditions, now_);
        ring();
    }
    void pass(Duration time) {
        auto end = now_ + time;
        while (auto due = pace_.due()) {
            if (*due > end) break;
            now_ = std::max(now_, *due);
            ring();
        }
        now_ = end;
    }
    void ring() {
        ++rings_;
        if (auto conditions = pace_.take(now_)) reports_.push_back({now_, *conditions});
    }

    Pace pace_;
    Duration now_ = 100s;
    int rings_ = 0;
    std::vector<Report> reports_;
};

const Conditions kMetered{.metered = Answer::Yes};
const Conditions kFree{.metered = Answer::No};
const Conditions kNone{.connectivity = Connectivity::None};

TEST_F(PaceTest, NothingIsToldWhileNothingChanges) {
    EXPECT_EQ(pace_.due(), std::nullopt);
    note({});
    EXPECT_EQ(pace_.due(), std::nullopt);
    pass(10s);
    EXPECT_TRUE(reports_.empty());
}

TEST_F(PaceTest, ChangesOfAMomentAreOneReport) {
    note(kMetered);
    pass(50ms);
    note({.metered = Answer::Yes, .idle = Answer::Yes});
    pass(10s);
    ASSERT_EQ(reports_.size(), 1U);
    EXPECT_EQ(reports_[0].conditions, (Conditions{.metered = Answer::Yes, .idle = Answer::Yes}));
    EXPECT_EQ(pace_.due(), std::nullopt);
}

TEST_F(PaceTest, WhatIsTakenBackInAMomentStaysWorseForALittle) {
    note(kMetered);
    pass(50ms);
    note(kFree);
    pass(200ms);
    ASSERT_EQ(reports_.size(), 1U);
    EXPECT_EQ(reports_[0].conditions, kMetered);
    pass(2s);
    ASSERT_EQ(reports_.size(), 2U);
    EXPECT_EQ(reports_[1].conditions, kFree);
}

TEST_F(PaceTest, WhatWasBadForLongIsSoonBetter) {
    note(kNone);
    pass(1min);
    auto better = now_;
    note({.connectivity = Connectivity::Full});
    pass(10s);
    ASSERT_EQ(reports_.size(), 2U);
    EXPECT_EQ(reports_[1].when, better + Pace::kGather);
}

TEST_F(PaceTest, WhatFlapsIsTheWorstUntilItIsOver) {
    for (int i = 0; i < 100; ++i) {
        note(i % 2 == 0 ? kMetered : kFree);
        pass(100ms);
    }
    EXPECT_EQ(reports_.size(), 1U);
    pass(2s);
    ASSERT_EQ(reports_.size(), 2U);
    EXPECT_EQ(reports_[1].conditions, kFree);
}

TEST_F(PaceTest, OneThatFlapsHoldsBackNoOther) {
    note({.connectivity = Connectivity::None, .metered = Answer::Yes});
    pass(1min);
    for (int i = 0; i < 20; ++i) {
        note({.connectivity = Connectivity::Full, .metered = i % 2 == 0 ? Answer::No : Answer::Yes});
        pass(100ms);
    }
    ASSERT_FALSE(reports_.empty());
    EXPECT_EQ(reports_.back().conditions,
              (Conditions{.connectivity = Connectivity::Full, .metered = Answer::Yes}));
}

TEST_F(PaceTest, WhatIsUrgentIsToldAtOnce) {
    note(kMetered);
    pass(1s);
    pace_.note({.metered = Answer::Yes, .is_asleep = true}, now_);
    auto told = pace_.take_now(now_);
    ASSERT_TRUE(told);
    EXPECT_EQ(*told, (Conditions{.metered = Answer::Yes, .is_asleep = true}));
    EXPECT_EQ(pace_.take_now(now_), std::nullopt);
}

Connectivity any_connectivity() {
    return static_cast<Connectivity>(*rc::gen::inRange(0, 6));
}
Answer any_answer() {
    return static_cast<Answer>(*rc::gen::inRange(0, 3));
}

Conditions any_conditions() {
    Conditions conditions{.connectivity = any_connectivity(),
                          .metered = any_answer(),
                          .cellular = any_answer(),
                          .roaming = any_answer(),
                          .on_battery = any_answer(),
                          .power_saver = any_answer(),
                          .idle = any_answer()};
    if (*rc::gen::inRange(0, 2) == 1)
        conditions.battery = static_cast<std::uint8_t>(*rc::gen::inRange(0, 101));
    return conditions;
}

bool is_worst_told(const Conditions& noted, const Conditions& told) {
    return (noted.metered != Answer::Yes || told.metered == Answer::Yes) &&
           (noted.on_battery != Answer::Yes || told.on_battery == Answer::Yes) &&
           (noted.idle != Answer::No || told.idle == Answer::No) &&
           (noted.connectivity != Connectivity::None || told.connectivity == Connectivity::None ||
            told.connectivity == Connectivity::Portal);
}

using PaceProperty = PaceTest;

RC_GTEST_FIXTURE_PROP(PaceProperty, ReportsAreFewAndWhatIsBadIsToldSoon, ()) {
    auto begin = now_;
    for (int i = *rc::gen::inRange(1, 60); i > 0; --i) {
        auto noted = any_conditions();
        note(noted);
        auto at = now_;
        pass(std::chrono::milliseconds{*rc::gen::inRange(0, 1500)});
        // Told within half a second, if it stands that long.
        if (now_ - at >= 500ms) RC_ASSERT(!reports_.empty() || is_worst_told(noted, {}));
        if (now_ - at >= 500ms && !reports_.empty())
            RC_ASSERT(is_worst_told(noted, reports_.back().conditions));
    }
    for (std::size_t i = 1; i < reports_.size(); ++i)
        RC_ASSERT(reports_[i].when - reports_[i - 1].when >= Pace::kInterval);
    // Each time that it rings is for a report, a note, or a value that is better for good.
    RC_ASSERT(rings_ <= 60 * 10);
    auto last = any_conditions();
    note(last);
    pass(5s);
    RC_ASSERT(pace_.due() == std::nullopt);
    RC_ASSERT((reports_.empty() ? Conditions{} : reports_.back().conditions) == last);
    RC_ASSERT(now_ > begin);
}

}  // namespace
}  // namespace haul::conditions
