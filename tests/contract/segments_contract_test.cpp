// What the engine alone does: several connections, and what requests cost.

#include "contract/transfers_contract.hpp"

namespace haul::contract {
namespace {

constexpr Bytes kLarge = 8 * 1024 * 1024;
constexpr Bytes kBegun = 64 * 1024;

// --- several connections to a real server ---

class Segments : public TransfersContract<EngineRig> {
protected:
    /// Begins with so many connections; the first one has brought 64 KiB when the others may begin.
    void start(std::deque<fakes::Entity> answers, std::uint32_t connections) {
        rig_.server().give_one_by_one("/file", std::move(answers));
        auto asked = request({1});
        asked.options.connections = connections;
        rig_.transfers().start(asked);
        while (!std::holds_alternative<model::fact::Segmented>(next().fact)) continue;
        rig_.transfers().proceed(kTask, {1});
    }
    const fakes::Entity first_{.size = kLarge, .stalls_after = kBegun};
    const fakes::Entity plain_{.size = kLarge};
};

TEST_F(Segments, BringOneFileInSeveralRanges) {
    start({first_, plain_}, 4);
    auto ranges = rig_.server().ranges("/file", 4);
    rig_.server().release();
    auto last = last_of({1});
    ASSERT_TRUE(std::holds_alternative<Arrived>(last.fact));
    EXPECT_EQ(std::get<Arrived>(last.fact).size, kLarge);
    EXPECT_TRUE(rig_.part_content() == fakes::bytes_of(plain_, 0, kLarge));
    EXPECT_GE(ranges.size(), 4U);
    EXPECT_EQ(ranges.front(), "");
    for (std::size_t i = 1; i < ranges.size(); ++i) EXPECT_TRUE(ranges[i].starts_with("bytes=")) << ranges[i];
    std::set<std::uint32_t> connections;
    for (const auto& one : last.metrics) connections.insert(one.connection);
    EXPECT_GE(connections.size(), 4U) << "each has its metrics";
}

TEST_F(Segments, NoMoreThanTheirHostIsGranted) {
    rig_.transfers().set_connections_per_host(2);
    start({first_, plain_}, 4);
    rig_.server().ranges("/file", 2);
    rig_.server().release();
    auto last = last_of({1});
    ASSERT_TRUE(std::holds_alternative<Arrived>(last.fact));
    std::set<std::uint32_t> connections;
    for (const auto& one : last.metrics) connections.insert(one.connection);
    EXPECT_EQ(connections.size(), 2U);
}

TEST_F(Segments, ConnectionThatFailsLeavesItsSpanToTheOthers) {
    auto broken = plain_;
    broken.breaks_after = 0;
    start({first_, broken, plain_}, 2);
    rig_.server().ranges("/file", 2);
    rig_.server().release();
    auto last = last_of({1});
    ASSERT_TRUE(std::holds_alternative<Arrived>(last.fact));
    EXPECT_TRUE(rig_.part_content() == fakes::bytes_of(plain_, 0, kLarge));
}

TEST_F(Segments, NoByteOfAnotherEntityEntersTheFile) {
    fakes::Entity other{.size = kLarge, .etag = "\"two\""};
    start({first_, other}, 4);
    rig_.server().ranges("/file", 2);
    rig_.server().release();
    auto last = last_of({1});
    auto content = rig_.part_content();
    auto right = fakes::bytes_of(plain_, 0, kLarge);
    if (std::holds_alternative<model::fact::Arrived>(last.fact)) {  // the first connection brought it all
        EXPECT_TRUE(content == right);
        return;
    }
    const auto& ended = std::get<Interrupted>(last.fact);
    EXPECT_EQ(ended.ending, Ending::Retry) << "what a further connection is told costs the first one nothing";
    EXPECT_TRUE(ended.has_lane_trouble);
    std::vector<model::Span> spans = ended.done.islands();
    spans.push_back({0, ended.done.prefix()});
    for (auto span : spans)
        EXPECT_TRUE(content.substr(span.begin, span.size()) == right.substr(span.begin, span.size()))
            << span.begin << "-" << span.end;
}

TEST_F(Segments, NextAttemptBringsTheGapsAlone) {
    start({first_, plain_}, 3);
    std::optional<model::Coverage> covered;
    while (!covered || covered->is_prefix() || covered->end() < kLarge) {
        auto report = next();
        ASSERT_FALSE(report.last);
        if (const auto* fact = std::get_if<model::fact::Covered>(&report.fact)) covered = fact->done;
    }
    rig_.transfers().stop(kTask, {1});
    auto ended = std::get<Interrupted>(last_of({1}).fact);
    ASSERT_TRUE(ended.is_segmented);
    rig_.give("/again", plain_);
    auto again = request_after(ended, {2});
    again.url = rig_.url("/again");
    rig_.transfers().start(again);
    ASSERT_TRUE(std::holds_alternative<Arrived>(last_of({2}).fact));
    EXPECT_TRUE(rig_.part_content() == fakes::bytes_of(plain_, 0, kLarge));
    std::vector<std::string> gaps;
    for (auto gap : ended.done.gaps(kLarge))
        gaps.push_back("bytes=" + std::to_string(gap.begin) + "-" + std::to_string(gap.end - 1));
    EXPECT_EQ(rig_.server().ranges("/again", 0), gaps);
}

TEST(EngineMetrics, LastReportHasWhatTheRequestCost) {
    EngineRig rig;
    rig.give("/file", {.size = 1000});
    rig.transfers().start({.task = {1},
                           .attempt = {1},
                           .url = rig.url("/file"),
                           .part = {.path = rig.part()},
                           .request_timeout = std::chrono::minutes{1}});
    std::optional<TransferReport> last;
    do last = rig.next();
    while (last && !last->last);
    ASSERT_TRUE(last);
    ASSERT_EQ(last->metrics.size(), 1U);
    const auto& request = last->metrics.front();
    EXPECT_EQ(request.status, 200);
    EXPECT_EQ(request.url, rig.url("/file"));
    EXPECT_EQ(request.protocol, "http/1.1");
    EXPECT_EQ(request.written, 1000U);
    EXPECT_GT(request.received, 1000U) << "with its head";
    EXPECT_GT(request.sent, 0U);
    EXPECT_TRUE(request.first_byte && *request.first_byte <= request.total);
    EXPECT_EQ(request.tls, std::nullopt);
    EXPECT_TRUE(request.remote_address.starts_with("127.0.0.1:")) << request.remote_address;
}

}  // namespace
}  // namespace haul::contract
