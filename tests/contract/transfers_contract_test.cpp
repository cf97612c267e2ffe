// What every ports::Transfers promises: libcurl with a web server, and the fake.

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>

#include "contract/http_server.hpp"
#include "engine/engine.hpp"
#include "unit/temp_dir.hpp"

namespace haul::contract {
namespace {

using model::fact::Arrived;
using model::fact::Ending;
using model::fact::Interrupted;
using model::fact::Restarted;
using ports::TransferReport;

constexpr std::chrono::seconds kPatience{20};

/// The engine, its storeroom and a server.
class EngineRig {
public:
    void give(const std::string& path, const fakes::Entity& entity) { server_.give(path, entity); }
    std::string url(const std::string& path) const { return server_.url(path); }
    std::string part() const { return dir_ / "part"; }
    Bytes part_size() const { return std::filesystem::file_size(part()); }
    void make_part(Bytes size) { write_file(part(), std::string(size, 'b')); }
    ports::Transfers& transfers() { return *engine_; }

    std::optional<TransferReport> next() {
        std::unique_lock lock(mutex_);
        if (!grown_.wait_for(lock, kPatience, [this] { return !reports_.empty(); })) return std::nullopt;
        auto report = std::move(reports_.front());
        reports_.pop_front();
        return report;
    }
    /// The reports that are left when everything has ended.
    std::vector<TransferReport> close() {
        engine_.reset();
        return {reports_.begin(), reports_.end()};
    }

private:
    TempDir dir_;
    HttpServer server_;
    std::mutex mutex_;
    std::condition_variable grown_;
    std::deque<TransferReport> reports_;
    storage::Storeroom storeroom_{[](const std::vector<storage::Report>&) {}};
    std::optional<engine::Engine> engine_{std::in_place,
                                          [this](TransferReport report) {
                                              std::lock_guard lock(mutex_);
                                              reports_.push_back(std::move(report));
                                              grown_.notify_all();
                                          },
                                          storeroom_, std::chrono::milliseconds{10}};
};

class FakeRig {
public:
    void give(const std::string& path, const fakes::Entity& entity) {
        transfers_.entities[url(path)] = entity;
    }
    std::string url(const std::string& path) const { return "http://example.org" + path; }
    std::string part() const { return "/d/part"; }
    Bytes part_size() { return disk_.open(part()).size; }
    void make_part(Bytes size) { disk_.open(part()).size = size; }
    ports::Transfers& transfers() { return transfers_; }

    std::optional<TransferReport> next() {
        if (reports_.empty()) transfers_.deliver();
        if (reports_.empty()) return std::nullopt;
        auto report = std::move(reports_.front());
        reports_.pop_front();
        return report;
    }
    std::vector<TransferReport> close() {
        transfers_.deliver();
        return {reports_.begin(), reports_.end()};
    }

private:
    fakes::FakeDisk disk_;
    std::deque<TransferReport> reports_;
    fakes::FakeTransfers transfers_{disk_,
                                    [this](TransferReport report) { reports_.push_back(std::move(report)); }};
};

template <class Rig>
class TransfersContract : public testing::Test {
protected:
    static constexpr TaskId kTask{7};
    static constexpr Bytes kSize = 1000;

    model::TransferRequest request(Attempt attempt, const std::string& path = "/file") {
        return {.task = kTask,
                .attempt = attempt,
                .url = rig_.url(path),
                .part = {.path = rig_.part()},
                .request_timeout = std::chrono::minutes{1}};
    }
    /// The same, to go on where an attempt ended.
    model::TransferRequest request_after(const Interrupted& ended, Attempt attempt) {
        auto next = request(attempt);
        next.total = ended.total;
        next.validator = ended.validator;
        return next;
    }
    TransferReport next() {
        auto report = rig_.next();
        if (!report) throw std::runtime_error("no report came");
        return *report;
    }
    /// The attempt's last report; those before it must be of the same attempt.
    TransferReport last_of(Attempt attempt) {
        while (true) {
            auto report = next();
            EXPECT_EQ(report.task, kTask);
            EXPECT_EQ(report.attempt, attempt);
            if (report.last) return report;
        }
    }
    /// Waits until an attempt has so many bytes.
    void wait_for_bytes(Bytes bytes) {
        while (true) {
            auto report = next();
            ASSERT_FALSE(report.last);
            const auto* began = std::get_if<model::fact::Began>(&report.fact);
            const auto* progressed = std::get_if<model::fact::Progressed>(&report.fact);
            if (began && began->done == bytes) return;
            if (progressed && progressed->done == bytes) return;
        }
    }
    /// Runs an attempt that has 300 bytes when it is stopped.
    Interrupted stop_at_300() {
        rig_.give("/file", {.size = kSize, .stalls_after = 300});
        rig_.transfers().start(request({1}));
        wait_for_bytes(300);
        rig_.transfers().stop(kTask, {1});
        return std::get<Interrupted>(last_of({1}).fact);
    }
    bool has_last(const std::vector<TransferReport>& reports) {
        return std::any_of(reports.begin(), reports.end(), [](const auto& report) { return report.last; });
    }

    Rig rig_;
};

using Rigs = testing::Types<EngineRig, FakeRig>;
TYPED_TEST_SUITE(TransfersContract, Rigs);

TYPED_TEST(TransfersContract, WholeFileArrivesAndThatIsTheLastReport) {
    this->rig_.give("/file", {.size = this->kSize});
    this->rig_.transfers().start(this->request({1}));
    auto last = this->last_of({1});
    const auto& arrived = std::get<Arrived>(last.fact);
    EXPECT_EQ(arrived.size, this->kSize);
    EXPECT_EQ(arrived.status, 200);
    EXPECT_NE(arrived.inode, 0U);
    EXPECT_EQ(this->rig_.part_size(), this->kSize);
    EXPECT_TRUE(this->rig_.close().empty());
}

TYPED_TEST(TransfersContract, EmptyFileArrivesToo) {
    this->rig_.give("/file", {.size = 0});
    this->rig_.transfers().start(this->request({1}));
    EXPECT_EQ(std::get<Arrived>(this->last_of({1}).fact).size, 0U);
}

TYPED_TEST(TransfersContract, MissingFileIsTheEnd) {
    this->rig_.transfers().start(this->request({1}, "/missing"));
    auto last = this->last_of({1});
    const auto& ended = std::get<Interrupted>(last.fact);
    EXPECT_EQ(ended.ending, Ending::Final);
    EXPECT_EQ(ended.reason, model::Reason::HttpStatus);
    EXPECT_EQ(ended.status, 404);
    EXPECT_NE(ended.text, "");
    EXPECT_TRUE(this->rig_.close().empty());
}

TYPED_TEST(TransfersContract, StoppingKeepsTheBytesAndWhatProvesThem) {
    auto ended = this->stop_at_300();
    EXPECT_EQ(ended.ending, Ending::Stopped);
    EXPECT_EQ(ended.done, 300U);
    EXPECT_TRUE(ended.progressed);
    EXPECT_EQ(ended.total, this->kSize);
    EXPECT_EQ(ended.validator.etag, "\"one\"");
    EXPECT_EQ(this->rig_.part_size(), 300U);
    EXPECT_TRUE(this->rig_.close().empty());
}

TYPED_TEST(TransfersContract, NextAttemptGoesOnWithTheBytes) {
    auto ended = this->stop_at_300();
    this->rig_.give("/file", {.size = this->kSize, .stalls_after = 400});
    this->rig_.transfers().start(this->request_after(ended, {2}));
    this->wait_for_bytes(400);
    this->rig_.transfers().stop(this->kTask, {2});
    EXPECT_EQ(std::get<Interrupted>(this->last_of({2}).fact).done, 400U);
    this->rig_.give("/file", {.size = this->kSize});
    this->rig_.transfers().start(this->request_after(ended, {3}));
    auto last = this->next();
    EXPECT_TRUE(std::holds_alternative<Arrived>(last.fact)) << "with no word of a new beginning";
    EXPECT_EQ(this->rig_.part_size(), this->kSize);
}

TYPED_TEST(TransfersContract, AnotherEntityIsHeldBackUntilItMayProceed) {
    auto ended = this->stop_at_300();
    this->rig_.give("/file", {.size = 500, .etag = "\"two\""});
    this->rig_.transfers().start(this->request_after(ended, {2}));
    auto report = this->next();
    const auto& restarted = std::get<Restarted>(report.fact);
    EXPECT_FALSE(report.last);
    EXPECT_EQ(restarted.entity.validator.etag, "\"two\"");
    EXPECT_EQ(restarted.entity.total, 500U);
    EXPECT_EQ(restarted.entity.done, 0U);
    EXPECT_NE(restarted.why, "");
    EXPECT_EQ(this->rig_.part_size(), 0U) << "the old bytes are gone, the new ones wait";
    this->rig_.transfers().proceed(this->kTask, {1});  // an old attempt's: nothing
    this->rig_.transfers().proceed(this->kTask, {2});
    auto last = this->last_of({2});
    EXPECT_EQ(std::get<Arrived>(last.fact).size, 500U);
    EXPECT_EQ(this->rig_.part_size(), 500U);
}

TYPED_TEST(TransfersContract, HeldAttemptCanBeStopped) {
    auto ended = this->stop_at_300();
    this->rig_.give("/file", {.size = 500, .etag = "\"two\""});
    this->rig_.transfers().start(this->request_after(ended, {2}));
    ASSERT_TRUE(std::holds_alternative<Restarted>(this->next().fact));
    this->rig_.transfers().stop(this->kTask, {2});
    auto stopped = std::get<Interrupted>(this->last_of({2}).fact);
    EXPECT_EQ(stopped.ending, Ending::Stopped);
    EXPECT_EQ(stopped.done, 0U);
    EXPECT_EQ(stopped.validator.etag, "\"two\"");
    EXPECT_TRUE(this->rig_.close().empty());
}

TYPED_TEST(TransfersContract, OnlySyncedBytesAreTrustedAfterAPowerCut) {
    this->rig_.make_part(300);
    this->rig_.give("/file", {.size = this->kSize, .stalls_after = 250});
    auto request = this->request({1});
    request.part.trust = model::PartTrust::Synced;
    request.part.synced = 200;
    request.total = this->kSize;
    request.validator.etag = "\"one\"";
    this->rig_.transfers().start(request);
    this->wait_for_bytes(250);
    EXPECT_EQ(this->rig_.part_size(), 250U);
}

TYPED_TEST(TransfersContract, OldAttemptsCannotBeStopped) {
    auto ended = this->stop_at_300();
    this->rig_.transfers().start(this->request_after(ended, {2}));
    this->rig_.transfers().stop(this->kTask, {1});
    this->rig_.transfers().stop({99}, {1});
    this->rig_.transfers().stop(this->kTask, {2});
    EXPECT_TRUE(std::holds_alternative<Interrupted>(this->last_of({2}).fact));
    EXPECT_TRUE(this->rig_.close().empty());
}

TYPED_TEST(TransfersContract, StoppingTwiceIsOnce) {
    this->stop_at_300();
    this->rig_.transfers().stop(this->kTask, {1});
    this->rig_.transfers().proceed(this->kTask, {1});
    EXPECT_FALSE(this->has_last(this->rig_.close()));
}

TYPED_TEST(TransfersContract, StopAfterTheEndIsNothing) {
    this->rig_.give("/file", {.size = this->kSize});
    this->rig_.transfers().start(this->request({1}));
    EXPECT_TRUE(std::holds_alternative<Arrived>(this->last_of({1}).fact));
    this->rig_.transfers().stop(this->kTask, {1});
    EXPECT_TRUE(this->rig_.close().empty());
}

TEST(EngineEnd, StopsEveryAttemptWithItsLastReport) {
    EngineRig rig;
    rig.give("/file", {.size = 1000, .stalls_after = 10});
    TempDir dir;
    for (std::uint64_t task = 1; task <= 5; ++task)
        rig.transfers().start({.task = {task},
                               .attempt = {1},
                               .url = rig.url("/file"),
                               .part = {.path = dir / std::to_string(task)},
                               .request_timeout = std::chrono::minutes{1}});
    std::map<TaskId, int> lasts;
    for (const auto& report : rig.close())
        if (report.last) ++lasts[report.task];
    EXPECT_EQ(lasts.size(), 5U);
    for (const auto& [task, count] : lasts) EXPECT_EQ(count, 1) << task.value;
}

}  // namespace
}  // namespace haul::contract
