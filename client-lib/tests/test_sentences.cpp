#include <gtest/gtest.h>

#include <chrono>

#include "sentences.hpp"
#include "task_details.hpp"

namespace haul::cli {

namespace {

using namespace std::chrono_literals;

constexpr Time kNow{1'000'000s};

TEST(Sentences, ATaskIsCalledByItsFile) {
    auto task = task_in(TaskState::Running);
    EXPECT_EQ(label_of(task), "file.iso");
    task.destination.clear();
    task.url = "https://example.com/other";
    EXPECT_EQ(label_of(task), "other");
    task.url.clear();
    EXPECT_EQ(label_of(task), "task 12");
}

TEST(Sentences, AWebSocketIsCalledByItsUrl) {
    auto task = task_in(TaskState::Running);
    task.kind = TaskKind::WebSocket;
    task.destination.clear();
    task.url = "wss://example.com/";
    EXPECT_EQ(label_of(task), "wss://example.com/");
}

TEST(Sentences, AFileInADirectoryIsCalledByItsNameOnceItHasOne) {
    auto task = task_in(TaskState::Running);
    task.destination = "/home/me/";
    EXPECT_EQ(label_of(task), "file.iso");
    task.filename = "served.iso";
    EXPECT_EQ(label_of(task), "served.iso");
    task.path = "/home/me/served (1).iso";
    EXPECT_EQ(label_of(task), "served (1).iso");
}

TEST(Sentences, WhoWaitsForCredentialsSaysHowToGiveThem) {
    auto task = task_in(TaskState::Waiting);
    task.blocked_by = {"credentials"};
    EXPECT_TRUE(is_blocked_by_credentials(task));
    EXPECT_NE(standstill(task, kNow).find("haul credential 12"), std::string::npos);
    task.blocked_by = {"queue"};
    EXPECT_FALSE(is_blocked_by_credentials(task));
    EXPECT_EQ(standstill(task, kNow).find("credential"), std::string::npos);
}

TEST(Sentences, AQuestionSaysWhoAsksForWhat) {
    auto task = task_in(TaskState::Waiting);
    Challenge challenge{.scheme = "digest",
                        .schemes = {"basic", "digest"},
                        .realm = "staff",
                        .proxy = false,
                        .url = "https://example.com:8443/a/file",
                        .status = 401};
    EXPECT_EQ(
        question(task, challenge),
        "task 12 waits for credentials: https://example.com:8443 asks for basic or digest, realm \"staff\"");
    challenge.proxy = true;
    challenge.realm.clear();
    EXPECT_EQ(question(task, challenge), "task 12 waits for credentials: the proxy asks for basic or digest");
    EXPECT_EQ(question(task, std::nullopt), "task 12 waits for credentials");
}

TEST(Sentences, WhatIsNotModifiedIsNotSaved) {
    auto task = task_in(TaskState::Finished);
    task.reason = "not-modified";
    EXPECT_NE(ending(task).find("not modified: https://example.com/file.iso"), std::string::npos);
    EXPECT_EQ(ending(task).find("saved"), std::string::npos);
}

TEST(Sentences, ATaskThatMovesStandsStillForNoReason) {
    EXPECT_EQ(standstill(task_in(TaskState::Running), kNow), "");
}

TEST(Sentences, ARetrySaysWhyAndWhen) {
    auto task = task_in(TaskState::Waiting);
    task.blocked_by = {"retry-delay"};
    task.next_attempt = kNow + 11'200ms;
    task.error = "connection";
    task.error_text = "connection refused";
    EXPECT_EQ(standstill(task, kNow), "tries again in 0:12 (connection refused)");
    task.next_attempt = kNow - 1s;
    EXPECT_EQ(standstill(task, kNow), "tries again now (connection refused)");
    task.next_attempt.reset();
    task.error_text.clear();
    EXPECT_EQ(standstill(task, kNow), "tries again (connection)");
}

TEST(Sentences, EachReasonIsNamed) {
    auto task = task_in(TaskState::Waiting);
    task.blocked_by = {"network", "power"};
    EXPECT_EQ(standstill(task, kNow), "waits for the network, waits for mains power");
    task.blocked_by = {"moonlight"};
    EXPECT_EQ(standstill(task, kNow), "waits for moonlight");
    task.blocked_by.clear();
    EXPECT_EQ(standstill(task, kNow), "waits");
}

TEST(Sentences, WhatTheDaemonSaysGoesBeforeThePhrases) {
    auto task = task_in(TaskState::Waiting);
    task.blocked_by = {"schedule", "power"};
    task.why = "its window is closed: it opens at the next attempt; the machine is asleep, or about to be";
    EXPECT_EQ(standstill(task, kNow), "waits: its window is closed: it opens at the next attempt");
    task.next_attempt = kNow + 70s;
    EXPECT_EQ(standstill(task, kNow), "waits: its window is closed: it opens at the next attempt (in 1:10)");
    task.why = "the disk is full";
    EXPECT_EQ(standstill(task, kNow), "waits: the disk is full (next attempt in 1:10)");
    task.blocked_by = {"retry-delay"};
    task.why = "the last attempt failed: it is tried again at the next attempt";
    EXPECT_EQ(standstill(task, kNow), "tries again in 1:10");
}

TEST(Sentences, SuspendedTasksSayHowToGoOn) {
    EXPECT_NE(standstill(task_in(TaskState::Suspended), kNow).find("haul resume 12"), std::string::npos);
}

TEST(Sentences, AFinishedTaskSaysWhereAndHowFast) {
    auto task = task_in(TaskState::Finished);
    task.path = "/home/me/file (1).iso";
    task.bytes_done = 10 * 1024 * 1024;
    task.created = kNow;
    task.ended = kNow + 5s;
    EXPECT_EQ(ending(task), "saved /home/me/file (1).iso (10.0 MiB in 0:05, 2.0 MiB/s)");
    task.created.reset();
    task.path.clear();
    EXPECT_EQ(ending(task), "saved the spool (10.0 MiB)");
}

TEST(Sentences, AnUploadIsCalledByItsFileAndSaysWhereItWent) {
    auto task = task_in(TaskState::Finished);
    task.kind = TaskKind::Upload;
    task.url = "https://example.com/in";
    task.destination.clear();
    task.upload = UploadDetails{};
    task.upload->file = "/home/me/photo.jpg";
    task.bytes_done = 10 * 1024 * 1024;
    task.created = kNow;
    task.ended = kNow + 5s;
    task.status = 201;
    EXPECT_EQ(label_of(task), "photo.jpg");
    EXPECT_EQ(ending(task),
              "sent /home/me/photo.jpg to https://example.com/in (10.0 MiB in 0:05, 2.0 MiB/s), answer 201");
    task.upload->file.clear();
    EXPECT_EQ(label_of(task), "in");
    EXPECT_EQ(ending(task).find("sent to https://example.com/in"), 0U);
}

TEST(Sentences, OtherEndsSayWhy) {
    auto task = task_in(TaskState::Failed);
    task.error = "http-status";
    EXPECT_EQ(ending(task), "task 12 failed: http-status");
    task.error_text = "the server answered 404 Not Found";
    EXPECT_EQ(ending(task), "task 12 failed: the server answered 404 Not Found");
    task = task_in(TaskState::Cancelled);
    EXPECT_EQ(ending(task), "task 12 was cancelled");
    task.error = "client";
    EXPECT_EQ(ending(task), "task 12 was cancelled (client)");
}

TEST(Sentences, AWebSocketIsClosedInTheEnd) {
    auto task = task_in(TaskState::Finished);
    task.kind = TaskKind::WebSocket;
    task.url = "wss://example.com/chat";
    EXPECT_EQ(ending(task), "closed wss://example.com/chat");
    task.web_socket = WebSocketDetails{
        .is_open = false, .subprotocol = {}, .close_code = CloseCode::Normal, .close_reason = "bye"};
    EXPECT_EQ(ending(task), "closed wss://example.com/chat with 1000 (normal): bye");
}

TEST(Sentences, AnEventTellsWhatPeopleReadFirst) {
    const auto told = [](const char* type, Values details) {
        return summary_of(
            {.number = {1}, .task = {2}, .type = type, .time = {}, .details = std::move(details)});
    };
    EXPECT_EQ(told("message", {{"type", std::string("text")}, {"text", std::string("hello")}}), "hello");
    EXPECT_EQ(told("message", {{"type", std::string("binary")}, {"data", std::vector<std::uint8_t>(7)}}),
              "binary, 7 bytes");
    EXPECT_EQ(told("opened", {{"url", std::string("ws://a/")}}), "ws://a/");
    EXPECT_EQ(told("opened", {{"url", std::string("ws://a/")}, {"subprotocol", std::string("chat")}}),
              "ws://a/, subprotocol chat");
    EXPECT_EQ(told("closed", {{"code", std::uint64_t{4001}}, {"close-reason", std::string("bye")}}),
              "4001: bye");
    EXPECT_EQ(told("closed", {{"code", std::uint64_t{1006}}}), "1006 (lost)");
    EXPECT_EQ(told("sent", {{"number", std::uint64_t{3}}}), "up to message 3");
    EXPECT_EQ(told("messages-dropped", {{"messages", std::uint64_t{9}}}), "9 messages");
    EXPECT_EQ(told("failed", {{"error", std::string("tls")}, {"error-text", std::string("a sentence")}}),
              "a sentence");
    EXPECT_EQ(told("completed", {}), "");
}

}  // namespace

}  // namespace haul::cli
