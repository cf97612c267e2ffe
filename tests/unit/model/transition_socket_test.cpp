// The life of a WebSocket: it opens, closes, opens again, and says goodbye.

#include "model/socket.hpp"
#include "unit/model/stepping.hpp"

namespace haul::model {
namespace {

using enum TaskState;
using Types = std::vector<EventType>;

/// A WebSocket in this state; one that runs is open.
Task socket_in(TaskState state) {
    Task task;
    task.id = {7};
    task.kind = TaskKind::WebSocket;
    task.state = state;
    task.url = "ws://example.org/";
    task.socket.is_open = state == Running;
    return task;
}

Surroundings without_reconnecting() {
    auto around = kNoon;
    around.may_reconnect = false;
    return around;
}

fact::Closed closed(std::uint16_t code, bool was_steady = false) {
    return {
        .code = code, .reason = "so it is", .is_clean = code != close_code::kLost, .was_steady = was_steady};
}

TEST(SocketLife, OpeningIsToldAndForgetsTroubles) {
    auto task = socket_in(Running);
    task.socket.is_open = false;
    task.error_text = "refused";
    auto next = must_step(task, fact::Opened{.status = 101, .subprotocol = "chat"});
    EXPECT_TRUE(next.task.socket.is_open);
    EXPECT_EQ(next.task.socket.subprotocol, "chat");
    EXPECT_EQ(next.task.error_text, "");
    EXPECT_EQ(types_of(next.news), Types{EventType::Opened});
}

TEST(SocketLife, LostLineIsMadeAgainAfterADelay) {
    auto next = must_step(socket_in(Running), closed(close_code::kLost));
    EXPECT_EQ(next.task.state, Waiting);
    EXPECT_TRUE(has(next.task.blocked, Block::RetryDelay));
    EXPECT_GT(next.task.next_attempt, kNoon.now);
    EXPECT_FALSE(next.task.socket.is_open);
    EXPECT_EQ(next.task.socket.close_code, close_code::kLost);
    EXPECT_EQ(types_of(next.news), Types{EventType::Closed});
}

TEST(SocketLife, RowOfFailuresEndsOnlyWithASteadyConnection) {
    auto task = socket_in(Running);
    task.failures = 4;
    EXPECT_EQ(must_step(task, closed(close_code::kLost, false)).task.failures, 5U);
    EXPECT_EQ(must_step(task, closed(close_code::kLost, true)).task.failures, 1U);
}

TEST(SocketLife, FinalCodesEndIt) {
    auto normal = must_step(socket_in(Running), closed(close_code::kNormal));
    EXPECT_EQ(normal.task.state, Finished);
    EXPECT_EQ(types_of(normal.news), (Types{EventType::Closed, EventType::Completed}));

    auto refused = must_step(socket_in(Running), closed(4001));
    EXPECT_EQ(refused.task.state, Failed);
    EXPECT_EQ(refused.task.reason, Reason::Rejected);
    EXPECT_NE(refused.task.error_text.find("4001: so it is"), std::string::npos) << refused.task.error_text;
    EXPECT_EQ(types_of(refused.news), (Types{EventType::Closed, EventType::Failed}));
    EXPECT_TRUE(refused.effects.empty()) << "it has no file to remove";
}

TEST(SocketLife, WhichCodesAreFinalIsTheClientsChoice) {
    auto around = kNoon;
    around.final_codes = *CloseCodes::parse("1012");
    EXPECT_EQ(must_step(socket_in(Running), closed(4001), around).task.state, Waiting);
    EXPECT_EQ(must_step(socket_in(Running), closed(1012), around).task.state, Failed);
    EXPECT_EQ(must_step(socket_in(Running), closed(close_code::kNormal), around).task.state, Waiting);
}

TEST(SocketLife, WithoutReconnectingTheFirstEndIsTheLast) {
    auto around = without_reconnecting();
    EXPECT_EQ(must_step(socket_in(Running), closed(close_code::kGoingAway), around).task.state, Finished);
    EXPECT_EQ(must_step(socket_in(Running), closed(close_code::kNone), around).task.state, Finished);
    auto lost = must_step(socket_in(Running), closed(close_code::kLost), around);
    EXPECT_EQ(lost.task.state, Failed);
    EXPECT_EQ(lost.task.reason, Reason::Connection);
}

TEST(SocketLife, RetriesLimitARow) {
    auto around = kNoon;
    around.retries = 2;
    auto task = socket_in(Running);
    task.failures = 1;
    EXPECT_EQ(must_step(task, closed(close_code::kLost), around).task.state, Waiting);
    task.failures = 2;
    EXPECT_EQ(must_step(task, closed(close_code::kLost), around).task.state, Failed);
}

TEST(SocketLife, GoodbyeIsSaidToAPeerThatIsThere) {
    auto next = must_step(socket_in(Running), fact::Close{3000, "bye", false});
    EXPECT_EQ(next.task.state, Running);
    EXPECT_EQ(next.effects, std::vector<Effect>{Effect::CloseSocket});
    EXPECT_EQ(next.task.socket.closing_code, 3000);
    auto end = must_step(next.task, closed(1011));
    EXPECT_EQ(end.task.state, Finished) << "whatever the peer answers";
}

TEST(SocketLife, GoodbyeWithoutAConnectionEndsItUnlessSomethingIsQueued) {
    EXPECT_EQ(must_step(socket_in(Waiting), fact::Close{1000, "", false}).task.state, Finished);
    EXPECT_EQ(must_step(socket_in(Suspended), fact::Close{1000, "", false}).task.state, Finished);
    auto queued = must_step(socket_in(Suspended), fact::Close{1000, "", true});
    EXPECT_EQ(queued.task.state, Waiting);
    EXPECT_TRUE(queued.task.socket.is_closing());
}

TEST(SocketLife, LineThatIsLostBeforeTheGoodbyeIsMadeAgainForWhatIsQueued) {
    auto task = must_step(socket_in(Running), fact::Close{1000, "", true}).task;
    auto around = kNoon;
    around.has_queue = true;
    EXPECT_EQ(must_step(task, closed(close_code::kLost), around).task.state, Waiting);
    EXPECT_EQ(must_step(task, closed(close_code::kLost)).task.state, Finished);
}

TEST(SocketLife, EndedOneTakesNoGoodbye) {
    EXPECT_EQ(step(socket_in(Finished), fact::Close{1000, "", false}, kNoon).error().code,
              ErrorCode::InvalidState);
}

TEST(SocketLife, SuspendingAndRestartingTellThatTheConnectionIsGone) {
    auto suspended = must_step(socket_in(Running), fact::Suspend{});
    EXPECT_EQ(suspended.effects, std::vector<Effect>{Effect::StopTransfer});
    auto stopped = must_step(suspended.task, fact::Interrupted{.ending = Ending::Stopped});
    EXPECT_EQ(types_of(stopped.news), Types{EventType::Closed});
    EXPECT_EQ(stopped.task.socket.close_code, close_code::kGoingAway);

    auto recovered = must_step(socket_in(Running), fact::Recovered{.same_boot = true});
    EXPECT_EQ(recovered.task.state, Waiting);
    EXPECT_EQ(types_of(recovered.news), Types{EventType::Closed});
    EXPECT_EQ(recovered.task.socket.close_code, close_code::kLost);
}

TEST(SocketLife, HandshakeThatFailsWasNoConnection) {
    auto task = socket_in(Running);
    task.socket.is_open = false;
    auto next = must_step(task, fact::Interrupted{.ending = Ending::Retry, .reason = Reason::HttpStatus});
    EXPECT_TRUE(next.news.empty());
    EXPECT_EQ(next.task.state, Waiting);
}

TEST(ReconnectDelay, DoublesUpToTheMostAndIsUpToAQuarterLonger) {
    using std::chrono::seconds;
    Backoff backoff{.first = seconds{1}, .most = seconds{60}};
    EXPECT_EQ(reconnect_delay(backoff, 1, 0), seconds{1});
    EXPECT_EQ(reconnect_delay(backoff, 3, 0), seconds{4});
    EXPECT_EQ(reconnect_delay(backoff, 3, 1), seconds{5});
    EXPECT_EQ(reconnect_delay(backoff, 30, 0), seconds{60});
    EXPECT_EQ(reconnect_delay(backoff, 30, 1), seconds{75});
}

}  // namespace
}  // namespace haul::model
