// Sessions, their events, and who listens to them.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

class Sessions : public ControlTest {
protected:
    Sessions() { transfers_->entities[kUrl] = {.size = 1000}; }
};

TEST_F(Sessions, OpeningAgainIsTheSameOne) {
    auto first = open_session("a");
    EXPECT_EQ(open_session("a"), first);
    EXPECT_NE(open_session("b"), first);
    EXPECT_EQ(control_->list_sessions(kMe).size(), 2U);
    crash();
    boot();
    EXPECT_EQ(open_session("a"), first);
}

TEST_F(Sessions, OpeningAgainWithOptionsChangesThem) {
    auto session = open_session("a", kMe, {{"description", std::string{"one"}}});
    open_session("a");
    EXPECT_EQ(*find(*control_->session_details(kMe, session), "description"), Value{std::string{"one"}})
        << "none given";
    open_session("a", kMe, {{"description", std::string{"two"}}});
    EXPECT_EQ(*find(*control_->session_details(kMe, session), "description"), Value{std::string{"two"}});
}

TEST_F(Sessions, IdentifiersAreChecked) {
    for (const std::string& identifier :
         {std::string{}, std::string(model::kMaxIdentifier + 1, 'x'), std::string{"a\nb"}})
        EXPECT_EQ(code_of(control_->open_session(kMe, identifier, {})), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of(control_->open_session(kMe, "a", {{"destination", std::string{"/d"}}})),
              ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of(control_->open_session(kMe, "a", {{"wake", std::string{"x"}}})),
              ErrorCode::InvalidArgument);
    EXPECT_TRUE(control_->list_sessions(kMe).empty());
}

TEST_F(Sessions, AreALimit) {
    settings_.limits.sessions_per_owner = 2;
    crash();
    boot();
    open_session("a");
    open_session("b");
    EXPECT_EQ(code_of(control_->open_session(kMe, "c", {})), ErrorCode::LimitExceeded);
    open_session("a", kStranger);  // another owner's own limit
    EXPECT_TRUE(control_->open_session(kMe, "a", {}));
}

TEST_F(Sessions, DefaultsGoToTheirTasks) {
    auto session = open_session("a", kMe,
                                {{"headers", std::map<std::string, std::string>{{"X-Secret", "sEcReT"}}},
                                 {"priority", 0.9},
                                 {"retries", std::uint32_t{4}}});
    transfers_->entities[kUrl].stalls_after = 1;
    auto ids = create(session, {{"start", true}, {"retries", std::uint32_t{5}}});
    settle();
    auto stored = task(ids->front());
    EXPECT_EQ(stored.priority, 0.9);
    EXPECT_EQ(*find(*control_->task_details(kMe, stored.id), "retries"), Value{std::uint32_t{5}});
    EXPECT_EQ(transfers_->started.at(0).secrets.headers.at(0).value, "sEcReT");
    EXPECT_EQ(find(*control_->session_details(kMe, session), "headers"), nullptr);
}

TEST_F(Sessions, OfOthersDoNotExist) {
    auto session = open_session();
    EXPECT_FALSE(control_->owns_session(kStranger, session));
    EXPECT_TRUE(control_->list_sessions(kStranger).empty());
    EXPECT_EQ(code_of(control_->session_details(kStranger, session)), ErrorCode::NoSuchSession);
    EXPECT_EQ(code_of(control_->attach(kStranger, session)), ErrorCode::NoSuchSession);
    EXPECT_EQ(code_of(control_->detach(kStranger, session)), ErrorCode::NoSuchSession);
    EXPECT_EQ(code_of(control_->events(kStranger, session, {0}, 0)), ErrorCode::NoSuchSession);
    EXPECT_EQ(code_of(control_->acknowledge(kStranger, session, {0})), ErrorCode::NoSuchSession);
    EXPECT_EQ(code_of(control_->create(kStranger, session, {})), ErrorCode::NoSuchSession);
    EXPECT_EQ(code_of(control_->list_tasks(kStranger, session, "", {0}, 0)), ErrorCode::NoSuchSession);
    auto other = open_session("s", kStranger);
    EXPECT_NE(other, session) << "the same identifier is another session";
    // The error is the same as for an id of nothing.
    auto mine = control_->session_details(kStranger, session).error().message;
    auto nothing = control_->session_details(kStranger, {987}).error().message;
    EXPECT_EQ(mine.substr(0, mine.rfind(' ')), nothing.substr(0, nothing.rfind(' ')));
}

TEST_F(Sessions, AttachedClientHearsOfWaitingAndOfNewEvents) {
    auto id = must_start();
    auto session = task(id).session;
    auto s = std::to_string(session.value);
    EXPECT_TRUE(clients_.told.empty());
    ASSERT_TRUE(control_->attach(kMe, session));
    ASSERT_TRUE(control_->attach(kMe, session));  // idempotent
    control_->when_settled([](const Error*) {});
    settle();
    EXPECT_EQ(clients_.told, (Words{":1.1 events session=" + s + " 1-2"}));
    EXPECT_EQ(clients_.watched.at(":1.1"), 1);

    clients_.told.clear();
    must_start();
    EXPECT_EQ(clients_.told.back(), ":1.1 events session=" + s + " 1-4");
    ASSERT_TRUE(control_->detach(kMe, session));
    EXPECT_TRUE(clients_.watched.empty());
    clients_.told.clear();
    must_start();
    EXPECT_TRUE(clients_.told.empty());
}

TEST_F(Sessions, HaveOneLiveClient) {
    auto session = open_session();
    Caller second{kMe.owner, ":1.9"};
    ASSERT_TRUE(control_->attach(kMe, session));
    EXPECT_EQ(code_of(control_->attach(second, session)), ErrorCode::InvalidState);
    ASSERT_TRUE(control_->detach(second, session));  // none of its own: changes nothing
    EXPECT_EQ(*find(*control_->session_details(kMe, session), "attached"), Value{true});
    control_->on_client_gone(":1.1");
    EXPECT_EQ(*find(*control_->session_details(kMe, session), "attached"), Value{false});
    EXPECT_TRUE(control_->attach(second, session));
}

TEST_F(Sessions, EventsAreNumberedWithoutGaps) {
    must_start();
    must_start();
    auto session = open_session();
    std::uint64_t next = 0;
    auto events = *control_->events(kMe, session, {0}, 0);
    for (const auto& event : events) EXPECT_EQ(event.number.value, ++next);
    EXPECT_EQ(next, 4U);
    EXPECT_EQ(control_->events(kMe, session, {1}, 2)->front().number, EventNumber{2});
    EXPECT_EQ(control_->events(kMe, session, {1}, 2)->size(), 2U);
}

TEST_F(Sessions, NumbersGoOnAfterTheQueueWasEmpty) {
    must_start();
    auto session = open_session();
    ASSERT_TRUE(control_->acknowledge(kMe, session, {2}));
    settle();
    crash();
    boot();
    must_start();
    EXPECT_EQ(control_->events(kMe, session, {0}, 0)->front().number, EventNumber{3});
}

TEST_F(Sessions, AcknowledgingIsCumulativeAndIdempotent) {
    must_start();
    must_start();
    auto session = open_session();
    ASSERT_TRUE(control_->acknowledge(kMe, session, {3}));
    ASSERT_TRUE(control_->acknowledge(kMe, session, {1}));
    ASSERT_TRUE(control_->acknowledge(kMe, session, {3}));
    settle();
    EXPECT_EQ(events(session), Words{"completed"});
    auto details = *control_->session_details(kMe, session);
    EXPECT_EQ(*find(details, "events"), Value{std::uint64_t{1}});
    EXPECT_EQ(*find(details, "acknowledged"), Value{std::uint64_t{3}});
    EXPECT_EQ(*find(details, "last-event"), Value{std::uint64_t{4}});
    EXPECT_EQ(code_of(control_->acknowledge(kMe, session, {5})), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of(control_->acknowledge(kMe, open_session("empty"), {1})), ErrorCode::InvalidArgument);
}

TEST_F(Sessions, DrainedQueueIsToldOnce) {
    must_start();
    auto session = open_session();
    auto s = std::to_string(session.value);
    ASSERT_TRUE(control_->attach(kMe, session));
    ASSERT_TRUE(control_->acknowledge(kMe, session, {1}));
    settle();
    clients_.told.clear();
    ASSERT_TRUE(control_->acknowledge(kMe, session, {2}));
    ASSERT_TRUE(control_->acknowledge(kMe, session, {2}));
    settle();
    ASSERT_TRUE(control_->acknowledge(kMe, session, {2}));
    settle();
    EXPECT_EQ(clients_.told, (Words{":1.1 all-delivered session=" + s + " 2"}));
}

TEST_F(Sessions, AcknowledgedResultLeavesTheSpool) {
    auto spooled = must_start();
    auto placed = must_start({{"destination", std::string{"/d/file"}}});
    auto session = task(spooled).session;
    ASSERT_TRUE(control_->acknowledge(kMe, session, {4}));
    settle();
    EXPECT_FALSE(disk_.has("/spool/" + std::to_string(spooled.value)));
    EXPECT_TRUE(disk_.has("/d/file"));
    EXPECT_EQ(task(placed).path, "/d/file");
    EXPECT_EQ(code_of(control_->open_result(kMe, spooled)), ErrorCode::InvalidState);
    EXPECT_EQ(state(spooled), "finished") << "addressable for a day";
}

TEST_F(Sessions, AcknowledgedTasksAreForgottenAfterADay) {
    auto id = must_start();
    auto session = task(id).session;
    ASSERT_TRUE(control_->acknowledge(kMe, session, {2}));
    settle();
    must_start();
    clock_.time += 25h;
    ASSERT_TRUE(control_->acknowledge(kMe, session, {4}));
    settle();
    EXPECT_EQ(code_of(control_->task_details(kMe, id)), ErrorCode::NoSuchTask);
    EXPECT_EQ(*find(*control_->session_details(kMe, session), "tasks"), Value{std::uint64_t{1}});
}

}  // namespace
}  // namespace haul::control
