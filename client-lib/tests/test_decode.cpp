#include <gtest/gtest.h>

#include <chrono>
#include <limits>

#include "decode.hpp"
#include "haul/event_details.hpp"

namespace haul::detail {

namespace {

Values minimal_task() {
    return {{"id", std::uint64_t{12}}, {"kind", std::string("download")}, {"state", std::string("waiting")}};
}

TEST(Decode, ValuesKeepTheirMeaningWhateverTheirWidth) {
    const auto values = to_values({
        {"q", sdbus::Variant(std::uint16_t{404})},
        {"u", sdbus::Variant(std::uint32_t{5})},
        {"i", sdbus::Variant(std::int32_t{-5})},
        {"o", sdbus::Variant(sdbus::ObjectPath("/org/hauld1/session/1"))},
        {"as", sdbus::Variant(std::vector<std::string>{"network"})},
        {"a{ss}", sdbus::Variant(std::map<std::string, std::string>{{"A", "b"}})},
        {"at", sdbus::Variant(std::vector<std::uint64_t>{3, 4})},
    });
    EXPECT_EQ(values.at("at"), Value(std::vector<std::uint64_t>{3, 4}));
    EXPECT_EQ(values.at("q"), Value(std::uint64_t{404}));
    EXPECT_EQ(values.at("u"), Value(std::uint64_t{5}));
    EXPECT_EQ(values.at("i"), Value(std::int64_t{-5}));
    EXPECT_EQ(values.at("o"), Value(std::string("/org/hauld1/session/1")));
    EXPECT_EQ(values.at("as"), Value(std::vector<std::string>{"network"}));
    EXPECT_EQ(values.at("a{ss}"), Value(std::map<std::string, std::string>{{"A", "b"}}));
}

TEST(Decode, ValuesOfUnknownTypesAreLeftOut) {
    EXPECT_TRUE(to_values({{"new", sdbus::Variant(std::vector<std::int32_t>{1})}}).empty());
}

TEST(Decode, DetailsWithoutAValueAreAbsent) {
    const auto details = to_task_details(minimal_task()).value();
    EXPECT_EQ(details.id, TaskId{12});
    EXPECT_EQ(details.state, TaskState::Waiting);
    EXPECT_EQ(details.bytes_total, std::nullopt);
    EXPECT_EQ(details.next_attempt, std::nullopt);
    EXPECT_EQ(details.status, std::nullopt);
    EXPECT_TRUE(details.path.empty());
    EXPECT_TRUE(details.options.empty());
}

TEST(Decode, WaitingTaskMayHaveNoTime) {
    EXPECT_EQ(to_waiting_task({7, {"queue"}, 0}).next_attempt, std::nullopt);
    const auto task = to_waiting_task({7, {"schedule", "power"}, 5});
    EXPECT_EQ(task.id, TaskId{7});
    EXPECT_EQ(task.blocked_by, (std::vector<std::string>{"schedule", "power"}));
    EXPECT_EQ(task.next_attempt, Time(std::chrono::microseconds(5)));
}

TEST(Decode, DetailsTakeWhatTheyKnowAndKeepTheRest) {
    auto values = minimal_task();
    values["bytes-total"] = std::int64_t{1000};
    values["next-attempt"] = std::uint64_t{5};
    values["why"] = std::string("others run first");
    values["status"] = std::uint64_t{503};
    values["retries"] = std::uint64_t{3};
    const auto details = to_task_details(std::move(values)).value();
    EXPECT_EQ(details.bytes_total, 1000U);
    EXPECT_EQ(details.next_attempt, Time(std::chrono::microseconds(5)));
    EXPECT_EQ(details.why, "others run first");
    EXPECT_EQ(details.status, 503U);
    EXPECT_EQ(details.options, (Values{{"retries", std::uint64_t{3}}}));
}

TEST(Decode, AnUnknownLengthIsNoLength) {
    auto values = minimal_task();
    values["bytes-total"] = std::int64_t{-1};
    EXPECT_EQ(to_task_details(std::move(values)).value().bytes_total, std::nullopt);
    const TaskRow row{
        7, "/org/hauld1/task/7", "download", "running", "", 5, std::numeric_limits<std::uint64_t>::max()};
    EXPECT_EQ(to_task_summary(row).value().bytes_total, std::nullopt);
}

TEST(Decode, AnAnswerOutsideTheContractIsAnError) {
    auto values = minimal_task();
    values["state"] = std::string("levitating");
    const auto details = to_task_details(std::move(values));
    ASSERT_FALSE(details);
    EXPECT_EQ(details.error().code, ErrorCode::Protocol);
    EXPECT_NE(details.error().message.find("levitating"), std::string::npos);
    EXPECT_EQ(to_task_details({}).error().code, ErrorCode::Protocol);
    EXPECT_EQ(to_session_details({}).error().code, ErrorCode::Protocol);
    EXPECT_EQ(to_task_status("levitating", "").error().code, ErrorCode::Protocol);
}

TEST(Decode, DetailsOfTheAnswerHavePlacesOfTheirOwn) {
    auto values = minimal_task();
    values["final-url"] = std::string("https://cdn.example.com/x");
    values["filename"] = std::string("x");
    values["resumable"] = false;
    const auto details = to_task_details(std::move(values)).value();
    EXPECT_EQ(details.final_url, "https://cdn.example.com/x");
    EXPECT_EQ(details.filename, "x");
    EXPECT_EQ(details.resumable, false);
    EXPECT_TRUE(details.options.empty());
    EXPECT_EQ(to_task_details(minimal_task()).value().resumable, std::nullopt);
}

TEST(Decode, AWebSocketHasDetailsOfItsOwn) {
    auto values = minimal_task();
    EXPECT_FALSE(to_task_details(values).value().web_socket);
    values["kind"] = std::string("websocket");
    const auto bare = to_task_details(values).value();
    ASSERT_TRUE(bare.web_socket);
    EXPECT_FALSE(bare.web_socket->is_open);
    EXPECT_EQ(bare.web_socket->close_code, CloseCode::None);
    values["open"] = true;
    values["subprotocol"] = std::string("chat");
    values["code"] = std::uint64_t{4001};
    values["close-reason"] = std::string("bye");
    values["delivery"] = std::string("live");
    const auto details = to_task_details(std::move(values)).value();
    const auto& socket = details.web_socket.value();
    EXPECT_TRUE(socket.is_open);
    EXPECT_EQ(socket.subprotocol, "chat");
    EXPECT_EQ(socket.close_code, CloseCode{4001});
    EXPECT_EQ(socket.close_reason, "bye");
    EXPECT_EQ(details.options, (Values{{"delivery", std::string("live")}}));
}

TEST(Decode, AnUploadHasDetailsOfItsOwn) {
    auto values = minimal_task();
    EXPECT_FALSE(to_task_details(values).value().upload);
    values["kind"] = std::string("upload");
    const auto bare = to_task_details(values).value();
    ASSERT_TRUE(bare.upload);
    EXPECT_EQ(bare.upload->reply_size, std::nullopt);
    values["file"] = std::string("/home/me/file");
    values["method"] = std::string("PUT");
    values["resumable"] = std::string("auto");
    values["protocol"] = std::string("ietf");
    values["content-type"] = std::string("text/plain");
    values["reply-headers"] = std::map<std::string, std::string>{{"ETag", "\"one\""}};
    values["reply-size"] = std::uint64_t{0};
    values["reply-truncated"] = true;
    values["snapshot"] = std::string("copy");
    const auto details = to_task_details(std::move(values)).value();
    const auto& upload = details.upload.value();
    EXPECT_EQ(upload.file, "/home/me/file");
    EXPECT_EQ(upload.method, "PUT");
    EXPECT_EQ(upload.resumable, "auto");
    EXPECT_EQ(upload.protocol, "ietf");
    EXPECT_EQ(upload.content_type, "text/plain");
    EXPECT_EQ(upload.reply_headers.at("ETag"), "\"one\"");
    EXPECT_EQ(upload.reply_size, 0U);
    EXPECT_TRUE(upload.is_reply_truncated);
    EXPECT_EQ(details.resumable, std::nullopt) << "a download's, which is no word";
    EXPECT_EQ(details.options, (Values{{"snapshot", std::string("copy")}}));
}

TEST(Decode, MetricsLackWhatDidNotHappen) {
    const auto first = to_request_metrics({{"attempt", std::uint64_t{1}},
                                           {"hop", std::uint64_t{2}},
                                           {"connection", std::uint64_t{3}},
                                           {"url", std::string("https://h/x")},
                                           {"status", std::uint64_t{206}},
                                           {"started", std::uint64_t{1'000'000}},
                                           {"name-lookup", std::uint64_t{10}},
                                           {"connect", std::uint64_t{20}},
                                           {"tls", std::uint64_t{30}},
                                           {"first-byte", std::uint64_t{40}},
                                           {"total", std::uint64_t{50}},
                                           {"local-address", std::string("127.0.0.1:1")},
                                           {"remote-address", std::string("127.0.0.1:2")},
                                           {"protocol", std::string("h2")},
                                           {"tls-version", std::string("TLSv1.3")},
                                           {"reused", true},
                                           {"proxy", true},
                                           {"bytes-received", std::uint64_t{60}},
                                           {"bytes-sent", std::uint64_t{70}},
                                           {"bytes-written", std::uint64_t{80}}});
    EXPECT_EQ(first.attempt, 1U);
    EXPECT_EQ(first.hop, 2U);
    EXPECT_EQ(first.connection, 3U);
    EXPECT_EQ(first.url, "https://h/x");
    EXPECT_EQ(first.status, 206U);
    EXPECT_EQ(first.started, Time(std::chrono::seconds(1)));
    EXPECT_EQ(first.name_lookup, std::chrono::microseconds(10));
    EXPECT_EQ(first.connect, std::chrono::microseconds(20));
    EXPECT_EQ(first.tls, std::chrono::microseconds(30));
    EXPECT_EQ(first.first_byte, std::chrono::microseconds(40));
    EXPECT_EQ(first.total, std::chrono::microseconds(50));
    EXPECT_EQ(first.local_address, "127.0.0.1:1");
    EXPECT_EQ(first.remote_address, "127.0.0.1:2");
    EXPECT_EQ(first.protocol, "h2");
    EXPECT_EQ(first.tls_version, "TLSv1.3");
    EXPECT_TRUE(first.reused);
    EXPECT_TRUE(first.proxy);
    EXPECT_EQ(first.bytes_received, 60U);
    EXPECT_EQ(first.bytes_sent, 70U);
    EXPECT_EQ(first.bytes_written, 80U);

    const auto bare = to_request_metrics({{"attempt", std::uint64_t{1}}, {"status", std::uint64_t{0}}});
    EXPECT_EQ(bare.status, std::nullopt);
    EXPECT_EQ(bare.name_lookup, std::nullopt);
    EXPECT_EQ(bare.tls, std::nullopt);
    EXPECT_FALSE(bare.reused);
}

TEST(Decode, AChallengeIsReadFromItsEvent) {
    Event event{.number = {1}, .task = {2}, .type = "credentials-needed", .time = {}, .details = {}};
    event.details = {
        {"scheme", std::string("digest")},  {"schemes", std::vector<std::string>{"basic", "digest"}},
        {"realm", std::string("staff")},    {"proxy", true},
        {"url", std::string("http://h/x")}, {"status", std::uint64_t{407}}};
    const auto challenge = to_challenge(event).value();
    EXPECT_EQ(challenge.scheme, "digest");
    EXPECT_EQ(challenge.schemes, (std::vector<std::string>{"basic", "digest"}));
    EXPECT_EQ(challenge.realm, "staff");
    EXPECT_TRUE(challenge.proxy);
    EXPECT_EQ(challenge.url, "http://h/x");
    EXPECT_EQ(challenge.status, 407U);
    event.type = "failed";
    EXPECT_FALSE(to_challenge(event));
}

TEST(Decode, ARedirectionIsReadFromItsEvent) {
    Event event{.number = {1}, .task = {2}, .type = "redirected", .time = {}, .details = {}};
    event.details = {{"url", std::string("http://a/")},
                     {"final-url", std::string("http://b/")},
                     {"status", std::uint64_t{308}}};
    const auto redirection = to_redirection(event).value();
    EXPECT_EQ(redirection.url, "http://a/");
    EXPECT_EQ(redirection.final_url, "http://b/");
    EXPECT_EQ(redirection.status, 308U);
    event.type = "failed";
    EXPECT_FALSE(to_redirection(event));
}

TEST(Decode, ResumeDataIsReadFromTheEnd) {
    Event event{.number = {1}, .task = {2}, .type = "failed", .time = {}, .details = {}};
    EXPECT_FALSE(resume_data_of(event));
    event.details["resume-data"] = std::vector<std::uint8_t>{1, 2, 3};
    EXPECT_EQ(resume_data_of(event), (std::vector<std::uint8_t>{1, 2, 3}));
    event.type = "cancelled";
    EXPECT_TRUE(resume_data_of(event));
    event.type = "waiting";
    EXPECT_FALSE(resume_data_of(event));
}

TEST(Decode, EventsKeepTheirDetails) {
    const auto event = to_event({3, 12, "failed", 99, {{"error", sdbus::Variant("tls")}}});
    EXPECT_EQ(event.number, EventNumber{3});
    EXPECT_EQ(event.task, TaskId{12});
    EXPECT_EQ(event.type, "failed");
    EXPECT_EQ(event.time, Time(std::chrono::microseconds(99)));
    EXPECT_EQ(event.details.at("error"), Value(std::string("tls")));
}

}  // namespace

}  // namespace haul::detail
