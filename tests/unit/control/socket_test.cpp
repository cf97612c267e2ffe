// WebSockets between clients, the journal and the ear.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

class SocketTest : public ControlTest {
protected:
    TaskId must_connect(Fields options = {}) {
        options.push_back({"start", true});
        auto made = control_->create(kMe, open_session(),
                                     {{.kind = "websocket", .url = "ws://example.org/", .options = options}});
        EXPECT_TRUE(made) << made.error().message;
        settle();
        return made ? made->front() : TaskId{};
    }
    TaskId must_open(const Fields& options = {}) {
        auto id = must_connect(options);
        open(id);
        return id;
    }
    void open(TaskId id) { tell(id, model::fact::Opened{.status = 101}); }
    void tell(TaskId id, model::Fact fact, bool is_last = false) {
        control_->on_transfer(
            {.task = id, .attempt = task(id).attempts, .fact = std::move(fact), .last = is_last});
        settle();
    }
    void receive(TaskId id, std::vector<std::string> texts) {
        ports::Received news;
        for (auto& text : texts) news.messages.push_back({true, std::move(text)});
        control_->on_channel({id, task(id).attempts, std::move(news)});
        settle();
    }
    Result<std::uint64_t> send(TaskId id, const std::string& text) {
        auto number = control_->send_message(kMe, id, {true, text});
        settle();
        return number;
    }
    std::vector<std::string> texts() {
        std::vector<std::string> found;
        auto listed = control_->events(kMe, open_session(), {0}, 0).value();
        for (const auto& event : listed)
            if (const auto* text = find(event.details, "text")) found.push_back(std::get<std::string>(*text));
        return found;
    }
};

TEST_F(SocketTest, ConnectsByHttpWithItsTerms) {
    must_connect({{"subprotocols", std::vector<std::string>{"chat"}}, {"max-message", std::uint64_t{100}}});
    ASSERT_EQ(channels_.connected.size(), 1U);
    EXPECT_EQ(channels_.connected[0].transfer.url, "http://example.org/");
    EXPECT_EQ(channels_.connected[0].terms.subprotocols, std::vector<std::string>{"chat"});
    EXPECT_EQ(channels_.connected[0].terms.max_message, 100U);
}

TEST_F(SocketTest, RefusesWhatNoWebSocketHas) {
    auto refused = [&](const std::string& url, const Fields& options) {
        auto made =
            control_->create(kMe, open_session(), {{.kind = "websocket", .url = url, .options = options}});
        return !made && made.error().code == ErrorCode::InvalidArgument;
    };
    EXPECT_TRUE(refused("http://example.org/", {}));
    EXPECT_TRUE(refused("ws://example.org/#part", {}));
    EXPECT_TRUE(refused("ws://example.org/", {{"destination", std::string{"/d"}}}));
    EXPECT_TRUE(refused("ws://example.org/", {{"connections", std::uint32_t{2}}}));
    EXPECT_TRUE(
        refused("ws://example.org/", {{"max-message", std::uint64_t{model::kMaxDurableMessage + 1}}}));
    EXPECT_TRUE(refused("ws://example.org/",
                        {{"headers", std::map<std::string, std::string>{{"Sec-WebSocket-Key", "x"}}}}));
}

TEST_F(SocketTest, MessagesAreEventsAndMakeRoomWhenTheyAreAcknowledged) {
    auto id = must_open({{"inbox-messages", std::uint32_t{3}}});
    EXPECT_EQ(channels_.allowed[id].messages, 3U);
    receive(id, {"one", "two"});
    EXPECT_EQ(texts(), (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(channels_.allowed[id].messages, 3U) << "in all: one more";
    ASSERT_TRUE(control_->acknowledge(kMe, open_session(), {2}));  // opened, and "one"
    settle();
    EXPECT_EQ(channels_.allowed[id].messages, 4U);
}

TEST_F(SocketTest, OldestGoWhereTheClientWantsItAndItIsTold) {
    auto id = must_open({{"inbox-messages", std::uint32_t{2}}, {"overflow", std::string{"drop-oldest"}}});
    receive(id, {"1", "2", "3", "4"});
    receive(id, {"5"});
    EXPECT_EQ(texts(), (std::vector<std::string>{"4", "5"}));
    EXPECT_EQ(events(open_session()),
              (std::vector<std::string>{"opened", "messages-dropped", "message", "message"}));
    auto told = control_->events(kMe, open_session(), {1}, 1).value().front();
    EXPECT_EQ(std::get<std::uint64_t>(*find(told.details, "messages")), 3U);
    EXPECT_EQ(told.number.value, 4U) << "it stands for the last of them";
}

TEST_F(SocketTest, OutgoingMessagesWaitForTheConnectionAndThenForTheKernel) {
    auto id = must_connect();
    EXPECT_EQ(send(id, "a").value(), 1U);
    EXPECT_EQ(send(id, "b").value(), 2U);
    EXPECT_TRUE(channels_.sent.empty());
    open(id);
    ASSERT_EQ(channels_.sent.size(), 2U);
    EXPECT_EQ(channels_.sent[1].message.body, "b");
    EXPECT_EQ(control_->queued_messages(id), 2U);
    control_->on_channel({id, task(id).attempts, ports::Sent{1}});
    settle();
    EXPECT_EQ(control_->queued_messages(id), 1U);
    EXPECT_EQ(events(open_session()).back(), "sent");
}

TEST_F(SocketTest, WhatIsQueuedGoesWithTheNextConnection) {
    auto id = must_open();
    send(id, "kept");
    crash();
    boot();
    ASSERT_EQ(channels_.connected.size(), 1U);
    open(id);
    ASSERT_EQ(channels_.sent.size(), 1U);
    EXPECT_EQ(channels_.sent[0].message.body, "kept");
    EXPECT_EQ(send(id, "next").value(), 2U) << "numbers go on";
}

TEST_F(SocketTest, NothingIsSentBeforeItIsCommitted) {
    auto id = must_open();
    break_commits(true);
    std::optional<Error> failure;
    ASSERT_TRUE(control_->send_message(kMe, id, {true, "lost"}));
    control_->when_settled([&](const Error* error) {
        if (error) failure = *error;
    });
    settle();
    EXPECT_TRUE(failure);
    EXPECT_TRUE(channels_.sent.empty());
    break_commits(false);
    EXPECT_EQ(send(id, "first").value(), 1U);
}

TEST_F(SocketTest, MessagesOfAFailedTurnComeAgainOnce) {
    auto id = must_open();
    break_commits(true);
    receive(id, {"one"});
    break_commits(false);
    pass(std::chrono::seconds{2});
    EXPECT_EQ(texts(), std::vector<std::string>{"one"});
}

TEST_F(SocketTest, GoodbyeStandsBehindWhatIsQueued) {
    auto id = must_connect();
    send(id, "last");
    ASSERT_TRUE(control_->close_socket(kMe, id, {3000, "bye"}));
    settle();
    EXPECT_TRUE(channels_.closed.empty());
    EXPECT_FALSE(send(id, "too late"));
    open(id);
    EXPECT_EQ(channels_.sent.size(), 1U);
    ASSERT_EQ(channels_.closed.size(), 1U);
    EXPECT_EQ(channels_.closed[0].second.code, 3000);
}

TEST_F(SocketTest, PeersGoodbyeIsAnsweredWhenItIsInTheJournal) {
    auto id = must_open();
    break_commits(true);
    tell(id, model::fact::Goodbye{1000, "done"});
    EXPECT_TRUE(channels_.answered.empty());
    break_commits(false);
    pass(std::chrono::seconds{2});
    EXPECT_EQ(channels_.answered, std::vector<TaskId>{id});
    crash();
    boot();
    EXPECT_EQ(state(id), "finished") << "the peer may have our answer";
}

TEST_F(SocketTest, GoodbyesThatMayNotBeSaidAreRefused) {
    auto id = must_open();
    for (std::uint16_t code : std::initializer_list<std::uint16_t>{999, 1005, 1006, 1015, 2000, 5000})
        EXPECT_EQ(control_->close_socket(kMe, id, {code, ""}).error().code, ErrorCode::InvalidArgument)
            << code;
    EXPECT_EQ(control_->close_socket(kMe, id, {1000, std::string(124, 'x')}).error().code,
              ErrorCode::InvalidArgument);
    EXPECT_EQ(control_->close_socket(kStranger, id, {1000, ""}).error().code, ErrorCode::NoSuchTask);
}

TEST_F(SocketTest, PingsAreAnsweredOrFailWithTheirConnection) {
    auto id = must_open();
    std::vector<Result<Duration>> replies;
    auto keep = [&](Result<Duration> reply) { replies.push_back(std::move(reply)); };
    ASSERT_TRUE(control_->ping(kMe, id, keep));
    ASSERT_TRUE(control_->ping(kMe, id, keep));
    control_->on_channel(
        {id, task(id).attempts, ports::Ponged{channels_.pings[1], std::chrono::milliseconds{3}}});
    settle();
    ASSERT_EQ(replies.size(), 1U);
    EXPECT_EQ(replies[0].value(), std::chrono::milliseconds{3});
    tell(id, model::fact::Closed{.code = model::close_code::kLost}, true);
    ASSERT_EQ(replies.size(), 2U);
    EXPECT_EQ(replies[1].error().code, ErrorCode::InvalidState);
    EXPECT_EQ(control_->ping(kMe, id, keep).error().code, ErrorCode::InvalidState);
}

TEST_F(SocketTest, NetworkThatGetsBetterEndsTheWaitForIt) {
    auto id = must_connect({{"retry-delay", std::uint64_t{3'600'000'000}}});
    tell(id,
         model::fact::Interrupted{.ending = model::fact::Ending::Unreachable,
                                  .reason = model::Reason::Connection},
         true);
    EXPECT_TRUE(model::has(task(id).blocked, model::Block::Network));
    pass(std::chrono::seconds{5});
    EXPECT_EQ(channels_.connected.size(), 1U);
    control_->on_network_better();
    settle();
    pass(std::chrono::seconds{1});
    EXPECT_EQ(channels_.connected.size(), 2U);
}

TEST_F(SocketTest, EndLeavesNothingInTheQueue) {
    auto id = must_open();
    send(id, "unsent");
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Cancel{}));
    settle();
    EXPECT_EQ(control_->queued_messages(id), 0U);
    EXPECT_EQ(channels_.forgotten, std::vector<TaskId>{id});
    EXPECT_EQ(channels_.stopped.size(), 1U);
}

}  // namespace
}  // namespace haul::control
