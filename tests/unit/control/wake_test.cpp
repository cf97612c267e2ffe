// Clients that are not there: when they are launched, how often, and what ends it.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

const Fields kTarget{{"bus-name", std::string{"org.example.App"}}};

class WakeTest : public ControlTest {
protected:
    WakeTest() {
        settings_.relaunch = {.first = 10s, .most = 60s};
        crash();
        boot();
        transfers_->entities[kUrl] = {.size = 1000};
        session_ = open_session("s", kMe, kTarget);
    }

    Fields details() { return *control_->session_details(kMe, session_); }
    std::uint64_t number(const char* key) { return std::get<std::uint64_t>(*find(details(), key)); }
    void finish_one() {
        ASSERT_TRUE(create(session_, {{"start", true}}));
        settle();
    }
    /// The client has answered, or not.
    void answer(const std::string& error_text = "") {
        const auto& last = launcher_.launched.back();
        control_->on_launched({.session = last.session, .wake = last.wake, .error_text = error_text});
        settle();
    }
    Result<> complete(std::uint64_t wake) {
        auto completed = control_->complete(kMe, session_, {wake});
        settle();
        return completed;
    }
    void acknowledge_all() {
        ASSERT_TRUE(control_->acknowledge(kMe, session_, {number("last-event")}));
        settle();
    }
    void attach() {
        ASSERT_TRUE(control_->attach(kMe, session_));
        settle();
    }
    void leave() {
        control_->on_client_gone(kMe.client);
        settle();
    }

    SessionId session_;
};

TEST_F(WakeTest, ComesOnceWhenAllIsDone) {
    auto& slow = transfers_->entities["http://example.org/slow"];
    slow = {.size = 1000, .stalls_after = 1};
    auto running = create(session_, {{"start", true}}, "http://example.org/slow");
    finish_one();
    EXPECT_TRUE(launcher_.launched.empty()) << "another task runs";
    ASSERT_TRUE(create(session_));  // suspended: nobody but the client will resume it
    ASSERT_TRUE(control_->command(kMe, running->front(), model::fact::Cancel{}));
    settle();
    ASSERT_EQ(launcher_.launched.size(), 1U);
    EXPECT_EQ(launcher_.launched[0].identifier, "s");
    EXPECT_EQ(launcher_.launched[0].wake, WakeNumber{1});
    EXPECT_EQ(number("wake-number"), 1U);
    answer();
    attach();
    acknowledge_all();
    EXPECT_EQ(clients_.told.back(), ":1.1 all-delivered session=1 3 wake=1");
    EXPECT_TRUE(complete(1));
    EXPECT_EQ(number("wake-number"), 0U);
    leave();
    pass(24h);
    EXPECT_EQ(launcher_.launched.size(), 1U);
    EXPECT_TRUE(control_->is_idle());
}

TEST_F(WakeTest, IsNotForThoseWhoAreThere) {
    attach();
    finish_one();
    EXPECT_TRUE(launcher_.launched.empty());
    leave();
    EXPECT_EQ(launcher_.launched.size(), 1U) << "events wait, and nobody is there any more";
}

TEST_F(WakeTest, IsRepeatedWithDoublingDelayUntilItIsCompleted) {
    finish_one();
    std::vector<Duration> delays;
    auto last = clock_.time;
    for (std::size_t launches = 1; launches < 6; ++launches) {
        ASSERT_EQ(launcher_.launched.size(), launches);
        answer("org.freedesktop.DBus.Error.ServiceUnknown");
        EXPECT_NE(find(details(), "wake-error"), nullptr);
        while (launcher_.launched.size() == launches) pass(1s);
        delays.push_back(clock_.time - last);
        last = clock_.time;
    }
    EXPECT_EQ(delays, (std::vector<Duration>{10s, 20s, 40s, 60s, 60s}));
    for (const auto& launch : launcher_.launched) EXPECT_EQ(launch.wake, WakeNumber{1});
    acknowledge_all();
    pass(60s);
    EXPECT_EQ(launcher_.launched.size(), 6U) << "its launch has no report yet";
    EXPECT_TRUE(complete(1));
    pass(24h);
    EXPECT_EQ(launcher_.launched.size(), 6U);
}

TEST_F(WakeTest, SurvivesACrashWithItsNumberAndItsDelay) {
    finish_one();
    answer();
    crash();
    boot();
    settle();
    EXPECT_TRUE(launcher_.launched.empty()) << "its client is at it";
    EXPECT_EQ(*find(details(), "wake-attempts"), Value{std::uint32_t{1}});
    pass(10s);
    ASSERT_EQ(launcher_.launched.size(), 1U);
    EXPECT_EQ(launcher_.launched[0].wake, WakeNumber{1});
    EXPECT_TRUE(complete(1));
    EXPECT_EQ(code_of(complete(1)), ErrorCode::InvalidState);
}

TEST_F(WakeTest, IsCompletedOnceAndByItsNumber) {
    EXPECT_EQ(code_of(complete(0)), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of(complete(1)), ErrorCode::InvalidArgument) << "there was none";
    finish_one();
    answer();
    EXPECT_EQ(code_of(complete(2)), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of(control_->complete(kStranger, session_, {1})), ErrorCode::NoSuchSession);
    EXPECT_TRUE(complete(1));
    EXPECT_EQ(code_of(complete(1)), ErrorCode::InvalidState);
}

TEST_F(WakeTest, WhoeverAttachesToADrainedQueueHearsThatItsWakeIsNotCompleted) {
    finish_one();
    answer();
    attach();
    acknowledge_all();
    leave();  // between AllEventsDelivered and Complete
    clients_.told.clear();
    pass(10s);
    ASSERT_EQ(launcher_.launched.size(), 2U);
    attach();
    EXPECT_EQ(clients_.told, (Words{":1.1 all-delivered session=1 2 wake=1"}));
    EXPECT_TRUE(complete(1));
}

TEST_F(WakeTest, ClientThatMakesWorkInEachIsSlowedAndAForegroundOneIsNot) {
    finish_one();
    for (std::uint64_t wake = 1; wake <= 3; ++wake) {
        ASSERT_EQ(launcher_.launched.size(), wake);
        answer();
        attach();
        acknowledge_all();
        finish_one();
        acknowledge_all();
        ASSERT_TRUE(complete(wake));
        finish_one();  // after the completion, while the launched client is still there
        leave();
        EXPECT_EQ(launcher_.launched.size(), wake) << "not at once";
        auto delay = 10s * (1 << (wake - 1));
        pass(delay - 1s);
        EXPECT_EQ(launcher_.launched.size(), wake);
        EXPECT_NE(find(details(), "next-wake"), nullptr);
        pass(1s);
    }
    EXPECT_EQ(*find(details(), "relaunches"), Value{std::uint32_t{3}});
    answer();
    attach();
    acknowledge_all();
    ASSERT_TRUE(complete(4));
    leave();
    attach();  // by itself
    EXPECT_EQ(*find(details(), "relaunches"), Value{std::uint32_t{0}});
    finish_one();
    leave();
    EXPECT_EQ(launcher_.launched.size(), 5U) << "at once";
}

TEST_F(WakeTest, EventsThatItLeavesBringAnotherAfterADelay) {
    finish_one();
    answer();
    ASSERT_TRUE(complete(1));
    EXPECT_EQ(launcher_.launched.size(), 1U);
    pass(10s);
    ASSERT_EQ(launcher_.launched.size(), 2U);
    EXPECT_EQ(launcher_.launched[1].wake, WakeNumber{2});
}

TEST_F(WakeTest, QuestionBeforeTheStartIsAskedAndAnswered) {
    auto asked = create(session_, {{"start", true}, {"ask-before-start", true}});
    settle();
    auto id = asked->front();
    EXPECT_EQ(events(session_), (Words{"about-to-start"}));
    EXPECT_EQ(task(id).blocked, model::Block::Client);
    EXPECT_EQ(launcher_.launched.size(), 1U) << "it needs its client";
    crash();
    boot();
    transfers_->entities["http://example.org/other"] = {.size = 10};
    settle();
    EXPECT_EQ(state(id), "waiting");
    ASSERT_TRUE(control_->replace_url(kMe, id, "http://example.org/other"));
    settle();
    EXPECT_EQ(state(id), "waiting") << "until it says that it may start";
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    EXPECT_EQ(state(id), "finished");
    EXPECT_EQ(transfers_->started.back().url, "http://example.org/other");
    EXPECT_EQ(events(session_), (Words{"about-to-start", "finished-downloading", "completed"}));
}

TEST_F(WakeTest, FailedTurnLaunchesNobodyTwice) {
    ASSERT_TRUE(create(session_, {{"start", true}}));
    break_commits(true);
    settle();
    EXPECT_TRUE(launcher_.launched.empty());
    break_commits(false);
    pass(2s);
    settle();
    EXPECT_EQ(launcher_.launched.size(), number("wake-number"));
}

TEST_F(WakeTest, NewWayToLaunchIsCheckedBeforeItIsKept) {
    std::optional<Result<SessionId>> told;
    auto open = [&](const Fields& fields) {
        told.reset();
        control_->open_session(kMe, "s", fields,
                               [&](Result<SessionId> session) { told = std::move(session); });
        settle();
    };
    open(kTarget);
    EXPECT_TRUE(told && *told) << "the one that it has is known to work";
    open({{"bus-name", std::string{"org.example.Other"}}});
    EXPECT_FALSE(told);
    ASSERT_EQ(launcher_.checks.size(), 1U);
    launcher_.checks[0].second(fail(ErrorCode::InvalidArgument, "no"));
    settle();
    ASSERT_TRUE(told);
    EXPECT_FALSE(*told);
    EXPECT_EQ(*find(details(), "bus-name"), Value{std::string{"org.example.App"}});
}

TEST_F(WakeTest, WaysToLaunchAreCheckedALimitedNumberAtOnce) {
    std::vector<Result<SessionId>> told;
    auto open = [&](const Caller& caller, std::size_t number) {
        control_->open_session(caller, "new" + std::to_string(number), kTarget,
                               [&](Result<SessionId> session) { told.push_back(std::move(session)); });
        settle();
    };
    for (std::size_t number = 0; number < model::kMaxChecks; ++number) open(kMe, number);
    EXPECT_TRUE(told.empty());
    open(kMe, 99);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(code_of(told.back()), ErrorCode::LimitExceeded);
    open(kStranger, 1);
    ASSERT_EQ(launcher_.checks.size(), model::kMaxChecks + 1) << "another owner has a limit of its own";
    launcher_.checks.front().second({});
    settle();
    ASSERT_EQ(told.size(), 2U);
    EXPECT_TRUE(told.back());
    open(kMe, 99);
    EXPECT_EQ(told.size(), 2U) << "one is answered, so there is room for another";
}

TEST_F(WakeTest, TakingOverIsToldToTheFirst) {
    attach();
    EXPECT_EQ(code_of(control_->attach({kMe.owner, ":1.9"}, session_)), ErrorCode::InvalidState);
    ASSERT_TRUE(control_->attach({kMe.owner, ":1.9"}, session_, Control::Rival::Replace));
    settle();
    EXPECT_EQ(clients_.told.back(), ":1.1 detached session=1 taken-over");
    EXPECT_FALSE(clients_.watched.contains(":1.1"));
    ASSERT_TRUE(control_->detach(kMe, session_));  // it is not the live one: nothing happens
    EXPECT_EQ(*find(details(), "attached"), Value{true});
}

class Invalidation : public WakeTest {
protected:
    Invalidation() { transfers_->entities["http://example.org/slow"] = {.size = 1000, .stalls_after = 1}; }

    void invalidate(Control::Unfinished tasks) {
        ASSERT_TRUE(control_->invalidate(kMe, session_, tasks));
        settle();
    }
};

TEST_F(Invalidation, LetsTasksFinishAndThenFreesTheIdentifier) {
    auto running = create(session_, {{"start", true}}, "http://example.org/slow");
    auto suspended = create(session_);
    settle();
    invalidate(Control::Unfinished::Finish);
    EXPECT_EQ(state(running->front()), "running");
    EXPECT_EQ(state(suspended->front()), "cancelled");
    EXPECT_EQ(code_of(control_->open_session(kMe, "s", {})), ErrorCode::InvalidState);
    EXPECT_EQ(code_of(create(session_)), ErrorCode::InvalidState);
    crash();
    boot();
    settle();
    ASSERT_TRUE(control_->command(kMe, running->front(), model::fact::Cancel{}));
    settle();
    EXPECT_TRUE(control_->owns_session(kMe, session_)) << "its events are not acknowledged";
    attach();
    acknowledge_all();
    EXPECT_FALSE(control_->owns_session(kMe, session_));
    EXPECT_EQ(clients_.told.back(), ":1.1 detached session=1 invalidated");
    EXPECT_NE(open_session("s"), session_) << "the id is never used again";
}

TEST_F(Invalidation, CancelsEverythingWhereAsked) {
    auto running = create(session_, {{"start", true}}, "http://example.org/slow");
    settle();
    invalidate(Control::Unfinished::Finish);
    invalidate(Control::Unfinished::Cancel);
    EXPECT_EQ(task(running->front()).reason, model::Reason::Session);
    acknowledge_all();
    EXPECT_FALSE(control_->owns_session(kMe, session_));
    EXPECT_FALSE(*journal_->tasks.find(running->front()));
    answer();  // of the launch for the cancelled one's event
    EXPECT_TRUE(control_->is_idle());
}

TEST_F(Invalidation, OfThousandsOfTasksTakesSeveralTurns) {
    std::vector<CreateRequest> many(2'500, {.url = kUrl});
    ASSERT_TRUE(control_->create(kMe, session_, many));
    settle();
    invalidate(Control::Unfinished::Finish);
    pass(1s);
    EXPECT_EQ(number("events"), 2'500U);
    acknowledge_all();
    pass(1s);
    EXPECT_FALSE(control_->owns_session(kMe, session_));
}

TEST_F(WakeTest, EndsThatNobodyAsksForAreForgottenAfterNinetyDays) {
    finish_one();
    answer();
    auto id = TaskId{1};
    clock_.time += 89 * 24h;
    crash();
    boot();
    EXPECT_EQ(events(session_).size(), 2U);
    clock_.time += 48h;
    crash();
    boot();
    settle();
    EXPECT_TRUE(events(session_).empty());
    clock_.time += 48h;
    crash();
    boot();
    settle();
    EXPECT_FALSE(*journal_->tasks.find(id));
}

}  // namespace
}  // namespace haul::control
