#include "journal/metrics.hpp"

#include "model/limits.hpp"
#include "unit/journal/open_journal.hpp"

namespace haul::journal {
namespace {

model::RequestMetrics full_request() {
    model::RequestMetrics request;
    request.hop = 1;
    request.connection = 2;
    request.url = "http://example.org/file";
    request.status = 206;
    request.started = to_wall_time(1'700'000'000'000'000);
    request.name_lookup = Duration{1};
    request.connect = Duration{2};
    request.tls = Duration{3};
    request.first_byte = Duration{4};
    request.total = Duration{5};
    request.local_address = "127.0.0.1:50000";
    request.remote_address = "[::1]:443";
    request.protocol = "h2";
    request.tls_version = "TLSv1.3";
    request.reused = true;
    request.proxy = true;
    request.received = 6'000'000'000;
    request.sent = 7;
    request.written = 8;
    return request;
}

/// So many requests that can be told apart by their bytes.
std::vector<model::RequestMetrics> requests(std::uint64_t first, std::uint64_t count) {
    std::vector<model::RequestMetrics> all(count);
    for (auto& request : all) request.written = first++;
    return all;
}

std::vector<std::uint64_t> written(const std::vector<AttemptMetrics>& kept) {
    std::vector<std::uint64_t> numbers;
    for (const auto& metrics : kept) numbers.push_back(metrics.request.written);
    return numbers;
}

TEST_F(JournalTest, MetricsComeBackAsTheyWere) {
    ASSERT_TRUE(journal_->metrics.insert({1}, {3}, {full_request(), {}}));
    reopen();
    auto kept = *journal_->metrics.of({1});
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].attempt.value, 3U);
    EXPECT_EQ(kept[0].request, full_request());
    EXPECT_EQ(kept[1].request, model::RequestMetrics{}) << "what did not happen has no value";
}

TEST_F(JournalTest, MetricsOfTheNewestRequestsAreKept) {
    constexpr auto kMost = model::kMaxRequestsKept;
    ASSERT_TRUE(journal_->metrics.insert({1}, {1}, requests(0, kMost)));
    EXPECT_EQ(journal_->metrics.of({1})->size(), kMost);
    ASSERT_TRUE(journal_->metrics.insert({2}, {1}, requests(0, 3)));
    ASSERT_TRUE(journal_->metrics.insert({1}, {2}, requests(kMost, 10)));
    auto kept = written(*journal_->metrics.of({1}));
    ASSERT_EQ(kept.size(), kMost);
    EXPECT_EQ(kept.front(), 10U) << "the oldest ones went";
    EXPECT_EQ(kept.back(), kMost + 9);
    EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end()));
    EXPECT_EQ(journal_->metrics.of({2})->size(), 3U) << "each task has its own";
}

TEST_F(JournalTest, MetricsGoWithTheirTask) {
    ASSERT_TRUE(journal_->metrics.insert({1}, {1}, requests(0, 2)));
    ASSERT_TRUE(journal_->metrics.insert({2}, {1}, requests(0, 2)));
    ASSERT_TRUE(journal_->metrics.remove({1}));
    EXPECT_TRUE(journal_->metrics.of({1})->empty());
    EXPECT_EQ(journal_->metrics.of({2})->size(), 2U);
}

}  // namespace
}  // namespace haul::journal
