#include <gtest/gtest.h>

#include "haul/event_details.hpp"
#include "haul/web_socket_events.hpp"

namespace haul {
namespace {

Event make_socket_event(const std::string& type, Values details) {
    return {.number = {1}, .task = {2}, .type = type, .time = {}, .details = std::move(details)};
}

TEST(WebSocketEvents, AnOpenedConnectionHasItsSubprotocol) {
    const auto opened = to_opened(
        make_socket_event("opened", {{"url", std::string("ws://a/")}, {"subprotocol", std::string("chat")}}));
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->url, "ws://a/");
    EXPECT_EQ(opened->subprotocol, "chat");
}

TEST(WebSocketEvents, AMessageIsTextOrBytes) {
    const auto text = to_message(
        make_socket_event("message", {{"type", std::string("text")}, {"text", std::string("hello")}}));
    ASSERT_TRUE(text && text->text());
    EXPECT_EQ(*text->text(), "hello");
    EXPECT_EQ(text->data(), nullptr);
    EXPECT_EQ(text->bytes(), "hello");
    const auto data = to_message(make_socket_event(
        "message", {{"type", std::string("binary")}, {"data", std::vector<std::uint8_t>{0, 255}}}));
    ASSERT_TRUE(data && data->data());
    EXPECT_EQ(*data->data(), (std::vector<std::uint8_t>{0, 255}));
    EXPECT_EQ(data->text(), nullptr);
    EXPECT_EQ(data->bytes(), std::string_view("\0\xFF", 2));
}

TEST(WebSocketEvents, ATextWithANulIsText) {
    const auto text = to_message(make_socket_event(
        "message", {{"type", std::string("text")}, {"data", std::vector<std::uint8_t>{'a', 0, 'b'}}}));
    ASSERT_TRUE(text && text->text());
    EXPECT_EQ(*text->text(), std::string("a\0b", 3));
}

TEST(WebSocketEvents, AnEmptyMessageIsOne) {
    const auto text =
        to_message(make_socket_event("message", {{"type", std::string("text")}, {"text", std::string()}}));
    ASSERT_TRUE(text && text->text());
    EXPECT_EQ(text->bytes(), "");
    const auto data = to_message(make_socket_event(
        "message", {{"type", std::string("binary")}, {"data", std::vector<std::uint8_t>()}}));
    ASSERT_TRUE(data && data->data());
    EXPECT_EQ(data->bytes(), "");
}

TEST(WebSocketEvents, AClosedConnectionSaysWhy) {
    const auto closed = to_closed(make_socket_event("closed", {{"code", std::uint64_t{4001}},
                                                               {"close-reason", std::string("bye")},
                                                               {"clean", true},
                                                               {"error-text", std::string("a sentence")}}));
    ASSERT_TRUE(closed);
    EXPECT_EQ(closed->code, CloseCode{4001});
    EXPECT_EQ(closed->reason, "bye");
    EXPECT_TRUE(closed->clean);
    EXPECT_EQ(closed->error_text, "a sentence");
}

TEST(WebSocketEvents, NumbersAreTheContracts) {
    EXPECT_EQ(to_sent(make_socket_event("sent", {{"number", std::uint64_t{7}}}))->last, MessageNumber{7});
    EXPECT_EQ(
        to_messages_dropped(make_socket_event("messages-dropped", {{"messages", std::uint64_t{3}}}))->count,
        3U);
}

TEST(WebSocketEvents, AnotherTypeIsNone) {
    for (const auto* type : {"completed", "waiting", "credentials-needed"}) {
        const auto event = make_socket_event(type, {});
        EXPECT_FALSE(to_opened(event) || to_message(event) || to_messages_dropped(event) || to_sent(event) ||
                     to_closed(event));
    }
    EXPECT_FALSE(to_ending(make_socket_event("closed", {}))) << "it is not the task's end";
}

TEST(WebSocketEvents, ACloseCodeHasItsName) {
    EXPECT_EQ(to_string(CloseCode::Normal), "1000 (normal)");
    EXPECT_EQ(to_string(CloseCode::TryAgainLater), "1013 (try again later)");
    EXPECT_EQ(to_string(CloseCode{4001}), "4001");
}

}  // namespace
}  // namespace haul
