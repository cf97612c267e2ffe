// What tasks that wait wait for, as a list of them says it.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

using namespace std::chrono_literals;

/// What the list says of a task: its words, and when it is looked at again.
using WaitingFor = std::pair<std::vector<std::string>, std::optional<WallTime>>;

class WaitingTasks : public ControlTest {
protected:
    std::map<TaskId, WaitingFor> listed() {
        std::map<TaskId, WaitingFor> found;
        auto lines = control_->list_waiting(kMe, open_session(), {0}, 0);
        EXPECT_TRUE(lines);
        if (lines)
            for (const auto& [id, wait] : *lines) found[id] = {model::to_words(wait.blocks), wait.next};
        return found;
    }
    /// The same from its details, which anybody would believe.
    WaitingFor detailed(TaskId id) {
        auto details = control_->task_details(kMe, id);
        EXPECT_TRUE(details);
        if (!details) return {};
        WaitingFor found;
        found.first = std::get<std::vector<std::string>>(*find(*details, "blocked-by"));
        if (const auto* next = find(*details, "next-attempt"))
            found.second = WallTime{Duration{std::get<std::uint64_t>(*next)}};
        return found;
    }
    std::uint64_t usec(Duration from_now) {
        return static_cast<std::uint64_t>(to_usec(clock_.time + from_now));
    }
};

TEST_F(WaitingTasks, ReasonsAreThoseOfTheDetails) {
    auto down = "http://down.example.org/";
    transfers_->entities[down] = {.size = 1000, .stalls_after = 0};
    auto failing = must_start({}, down);
    control_->on_transfer({.task = failing,
                           .attempt = task(failing).attempts,
                           .fact = model::fact::Interrupted{.ending = model::fact::Ending::Unreachable},
                           .last = true});
    settle();
    ASSERT_EQ(state(failing), "waiting");
    auto held = must_start({}, "http://down.example.org/other");
    auto later = must_start({{"not-before", usec(1h)}});
    transfers_->entities[kUrl] = {.size = 1000, .stalls_after = 100};
    auto first = must_start();
    auto behind = must_start({{"after", std::vector<std::uint64_t>{first.value}}});
    auto asleep = must_create();
    auto found = listed();
    EXPECT_FALSE(found.contains(first)) << "it runs";
    EXPECT_FALSE(found.contains(asleep)) << "it is suspended";
    ASSERT_EQ(found.size(), 4U);
    for (const auto& [id, what] : found) EXPECT_EQ(what, detailed(id)) << id.value;
    using Words = std::vector<std::string>;
    EXPECT_EQ(found[failing].first, (Words{"retry-delay", "network"}));
    EXPECT_EQ(found[held].first, (Words{"retry-delay"})) << "its host is held";
    EXPECT_EQ(found[later].first, (Words{"not-before"}));
    EXPECT_EQ(found[later].second, clock_.time + 1h);
    EXPECT_EQ(found[behind], (WaitingFor{{"queue"}, std::nullopt}));
}

TEST_F(WaitingTasks, ConditionsAndWindowsAreAsTheyAreNow) {
    control_->on_conditions({.connectivity = model::Connectivity::None});
    settle();
    auto one = must_start({{"window", std::string{"00:00-23:59"}}});
    auto two = must_start({{"not-before", usec(1h)}});
    auto before = listed();
    EXPECT_EQ(before[two].first, (std::vector<std::string>{"not-before", "network"}));
    for (auto id : {one, two}) EXPECT_EQ(before[id], detailed(id));
    control_->on_conditions({.connectivity = model::Connectivity::Full});
    settle();
    auto after = listed();
    EXPECT_EQ(after[two].first, (std::vector<std::string>{"not-before"}));
    EXPECT_EQ(after[two], detailed(two));
}

TEST_F(WaitingTasks, WhatWaitsForItsTurnIsInTheQueue) {
    settings_.limits.active_transfers = 1;
    crash();
    boot();
    transfers_->entities[kUrl] = {.size = 1000, .stalls_after = 100};
    must_start();
    auto second = must_start();
    EXPECT_EQ(listed(), (std::map<TaskId, WaitingFor>{{second, {{"queue"}, std::nullopt}}}));
}

TEST_F(WaitingTasks, AreListedInPages) {
    std::vector<CreateRequest> requests(
        model::kMaxPage + 5, {.url = kUrl, .options = {{"start", true}, {"not-before", usec(1h)}}});
    auto session = open_session();
    auto ids = control_->create(kMe, session, requests);
    ASSERT_TRUE(ids);
    settle();
    auto page = control_->list_waiting(kMe, session, {0}, 3);
    ASSERT_EQ(page->size(), 3U);
    EXPECT_EQ(page->at(0).id, ids->at(0));
    EXPECT_EQ(control_->list_waiting(kMe, session, page->at(2).id, 3)->at(0).id, ids->at(3));
    auto full = control_->list_waiting(kMe, session, {0}, UINT32_MAX);
    EXPECT_EQ(full->size(), model::kMaxPage);
    EXPECT_EQ(control_->list_waiting(kMe, session, full->back().id, 0)->size(), 5U);
    EXPECT_TRUE(control_->list_waiting(kMe, session, {UINT64_MAX}, 0)->empty());
}

TEST_F(WaitingTasks, OfOthersDoNotExist) {
    auto session = open_session();
    EXPECT_EQ(code_of(control_->list_waiting(kStranger, session, {0}, 0)), ErrorCode::NoSuchSession);
}

}  // namespace
}  // namespace haul::control
