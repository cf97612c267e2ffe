// When absent clients are launched, and how often.

#include "model/wake.hpp"

#include <gtest/gtest.h>

namespace haul::model {
namespace {

using namespace std::chrono_literals;
using enum WakePolicy;

constexpr Backoff kBackoff{.first = 10s, .most = 60s};

TEST(Wake, PolicyDecides) {
    const QueueState empty{}, busy{.has_events = true, .has_work = true}, done{.has_events = true},
        needed{.has_events = true, .needs_client = true, .has_work = true};
    struct Row {
        WakePolicy policy;
        bool empty, busy, done, needed;
    };
    for (const auto& row :
         {Row{WhenAllDone, false, false, true, true}, Row{WhenNeeded, false, false, false, true},
          Row{EachEvent, false, true, true, true}, Row{Never, false, false, false, false}}) {
        EXPECT_EQ(deserves_wake(row.policy, empty), row.empty) << to_word(row.policy);
        EXPECT_EQ(deserves_wake(row.policy, busy), row.busy) << to_word(row.policy);
        EXPECT_EQ(deserves_wake(row.policy, done), row.done) << to_word(row.policy);
        EXPECT_EQ(deserves_wake(row.policy, needed), row.needed) << to_word(row.policy);
    }
}

TEST(Wake, RowsOfWakesThatMakeWorkAreSlowedAndEndWithACleanOne) {
    WakeRow row{.is_going_on = true, .completed = WallTime{100s}};
    EXPECT_EQ(*earliest_wake(row, kBackoff), WallTime{110s});
    row = with_another(row);
    EXPECT_EQ(row.length, 1U);
    EXPECT_EQ(earliest_wake(row, kBackoff), std::nullopt) << "nothing was made so far";
    row.is_going_on = true;
    EXPECT_EQ(*earliest_wake(row, kBackoff), WallTime{120s});
    row.length = 40;
    EXPECT_EQ(*earliest_wake(row, kBackoff), WallTime{160s}) << "but not for ever";
    row.is_going_on = false;
    EXPECT_TRUE(with_another(row).is_empty());
}

TEST(Wake, NamesOfApplicationsAreChecked) {
    for (const char* name : {"org.example.App", "a.b", "org.example.my-app_2"})
        EXPECT_TRUE(check_bus_name(name)) << name;
    for (const std::string& name :
         {std::string{}, std::string{"app"}, std::string{":1.5"}, std::string{"org.hauld1"},
          std::string{"org.freedesktop.DBus"}, std::string{"org..app"}, std::string{".org.app"},
          std::string{"org.app."}, std::string{"org.1app"}, std::string{"org.a b"}, std::string{"org.a\n"},
          "org." + std::string(252, 'a')})
        EXPECT_FALSE(check_bus_name(name)) << name;
}

TEST(Wake, NamesOfUnitsAreChecked) {
    for (const char* name : {"app.service", "app@1.service", "app-org.example\\x2dapp.service"})
        EXPECT_TRUE(check_unit_name(name)) << name;
    for (const std::string& name :
         {std::string{}, std::string{".service"}, std::string{"app.timer"}, std::string{"../app.service"},
          std::string{"a b.service"}, std::string(256, 'a') + ".service"})
        EXPECT_FALSE(check_unit_name(name)) << name;
}

}  // namespace
}  // namespace haul::model
