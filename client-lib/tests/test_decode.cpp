#include <gtest/gtest.h>

#include <chrono>
#include <limits>

#include "decode.hpp"

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
    });
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

TEST(Decode, DetailsTakeWhatTheyKnowAndKeepTheRest) {
    auto values = minimal_task();
    values["bytes-total"] = std::int64_t{1000};
    values["next-attempt"] = std::uint64_t{5};
    values["status"] = std::uint64_t{503};
    values["retries"] = std::uint64_t{3};
    const auto details = to_task_details(std::move(values)).value();
    EXPECT_EQ(details.bytes_total, 1000U);
    EXPECT_EQ(details.next_attempt, Time(std::chrono::microseconds(5)));
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
