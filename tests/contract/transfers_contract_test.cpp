// What every ports::Transfers promises: libcurl with a web server, and the fake.

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <set>

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
    std::string part_content() const { return read_file(part()); }
    void make_part(Bytes size) { write_file(part(), fakes::bytes_of({}, 0, size)); }
    HttpServer& server() { return server_; }
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
                                          storeroom_,
                                          engine::EngineSettings{std::chrono::milliseconds{10}, 16}};
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
        next.total = ended.entity.total;
        next.validator = ended.entity.validator;
        next.digest = ended.entity.digest;
        next.part.done = ended.done;
        if (ended.is_segmented) next.part.trust = model::PartTrust::Covered;
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
            if (began && began->done.bytes() == bytes) return;
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
    EXPECT_EQ(arrived.entity.status, 200);
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
    EXPECT_EQ(ended.entity.status, 404);
    EXPECT_NE(ended.text, "");
    EXPECT_TRUE(this->rig_.close().empty());
}

TYPED_TEST(TransfersContract, StoppingKeepsTheBytesAndWhatProvesThem) {
    auto ended = this->stop_at_300();
    EXPECT_EQ(ended.ending, Ending::Stopped);
    EXPECT_EQ(ended.done, model::Coverage{300});
    EXPECT_TRUE(ended.progressed);
    EXPECT_EQ(ended.entity.total, this->kSize);
    EXPECT_EQ(ended.entity.validator.etag, "\"one\"");
    EXPECT_EQ(this->rig_.part_size(), 300U);
    EXPECT_TRUE(this->rig_.close().empty());
}

TYPED_TEST(TransfersContract, NextAttemptGoesOnWithTheBytes) {
    auto ended = this->stop_at_300();
    this->rig_.give("/file", {.size = this->kSize, .stalls_after = 400});
    this->rig_.transfers().start(this->request_after(ended, {2}));
    this->wait_for_bytes(400);
    this->rig_.transfers().stop(this->kTask, {2});
    EXPECT_EQ(std::get<Interrupted>(this->last_of({2}).fact).done, model::Coverage{400});
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
    EXPECT_TRUE(stopped.done.is_empty());
    EXPECT_EQ(stopped.entity.validator.etag, "\"two\"");
    EXPECT_TRUE(this->rig_.close().empty());
}

TYPED_TEST(TransfersContract, OnlySyncedBytesAreTrustedAfterAPowerCut) {
    this->rig_.make_part(300);
    this->rig_.give("/file", {.size = this->kSize, .stalls_after = 250});
    auto request = this->request({1});
    request.part.trust = model::PartTrust::Synced;
    request.part.synced = model::Coverage{200};
    request.total = this->kSize;
    request.validator.etag = "\"one\"";
    this->rig_.transfers().start(request);
    this->wait_for_bytes(250);
    EXPECT_EQ(this->rig_.part_size(), 250U);
}

TYPED_TEST(TransfersContract, OfSeveralConnectionsBytesCountAsTheJournalHasThem) {
    this->rig_.make_part(500);
    this->rig_.give("/file", {.size = this->kSize, .stalls_after = 250});
    auto request = this->request({1});
    request.part.trust = model::PartTrust::Covered;
    request.part.done = model::Coverage{200};
    request.total = this->kSize;
    request.validator.etag = "\"one\"";
    this->rig_.transfers().start(request);
    this->wait_for_bytes(250);
    EXPECT_EQ(this->rig_.part_size(), 250U);
}

TYPED_TEST(TransfersContract, EarlyEndKeepsTheBytesAndIsTriedAgain) {
    this->rig_.give("/file", {.size = this->kSize, .breaks_after = 300});
    this->rig_.transfers().start(this->request({1}));
    auto ended = std::get<Interrupted>(this->last_of({1}).fact);
    EXPECT_EQ(ended.ending, Ending::Retry);
    EXPECT_EQ(ended.done, model::Coverage{300});
    EXPECT_TRUE(ended.progressed);
    EXPECT_NE(ended.text, "");
    this->rig_.give("/file", {.size = this->kSize});
    this->rig_.transfers().start(this->request_after(ended, {2}));
    EXPECT_EQ(std::get<Arrived>(this->last_of({2}).fact).size, this->kSize);
}

TYPED_TEST(TransfersContract, MirrorOfAnotherEntityIsNotThePlace) {
    auto ended = this->stop_at_300();
    this->rig_.give("/file", {.size = 500, .etag = "\"two\""});
    auto request = this->request_after(ended, {2});
    request.wants_same_entity = true;
    this->rig_.transfers().start(request);
    auto elsewhere = std::get<Interrupted>(this->last_of({2}).fact);
    EXPECT_EQ(elsewhere.ending, Ending::NotHere);
    EXPECT_EQ(elsewhere.done, model::Coverage{300});
    EXPECT_EQ(elsewhere.entity.validator.etag, "\"one\"") << "of the bytes that there are";
    EXPECT_FALSE(elsewhere.progressed);
    EXPECT_EQ(this->rig_.part_size(), 300U);
}

TYPED_TEST(TransfersContract, RefusedRangeOfTheSameEntityKeepsTheBytes) {
    auto ended = this->stop_at_300();
    this->rig_.give("/file", {.size = this->kSize, .refuses_ranges = true});
    this->rig_.transfers().start(this->request_after(ended, {2}));
    auto refused = std::get<Interrupted>(this->last_of({2}).fact);
    EXPECT_EQ(refused.ending, Ending::ResumeRefused);
    EXPECT_EQ(refused.done, model::Coverage{300});
    EXPECT_FALSE(refused.progressed);
    EXPECT_EQ(this->rig_.part_size(), 300U);
}

TYPED_TEST(TransfersContract, RefusedRangeOfAnotherEntityIsANewBeginning) {
    auto ended = this->stop_at_300();
    this->rig_.give("/file", {.size = 500, .etag = "\"two\"", .refuses_ranges = true});
    this->rig_.transfers().start(this->request_after(ended, {2}));
    ASSERT_TRUE(std::holds_alternative<Restarted>(this->next().fact));
    this->rig_.transfers().proceed(this->kTask, {2});
    EXPECT_EQ(std::get<Arrived>(this->last_of({2}).fact).size, 500U);
}

TYPED_TEST(TransfersContract, RefusedRangeBehindTheLastByteIsTheEnd) {
    this->rig_.make_part(this->kSize);
    this->rig_.give("/file", {.size = this->kSize, .refuses_ranges = true});
    auto request = this->request({1});
    request.validator.etag = "\"one\"";  // and no word of the length
    this->rig_.transfers().start(request);
    auto last = this->last_of({1});
    ASSERT_TRUE(std::holds_alternative<Arrived>(last.fact));
    EXPECT_EQ(std::get<Arrived>(last.fact).size, this->kSize);
}

TYPED_TEST(TransfersContract, ChallengeIsReported) {
    this->rig_.give("/file", {.size = this->kSize, .wants_credentials = true});
    this->rig_.transfers().start(this->request({1}));
    auto asked = std::get<Interrupted>(this->last_of({1}).fact);
    EXPECT_EQ(asked.ending, Ending::Credentials);
    EXPECT_EQ(asked.reason, model::Reason::Credentials);
    EXPECT_EQ(asked.entity.status, 401);
    EXPECT_EQ(asked.challenges, (std::vector<model::Challenge>{{"basic", "here"}}));
    auto request = this->request({2});
    request.secrets.server = {model::AuthScheme::Any, "user", "word"};
    this->rig_.transfers().start(request);
    EXPECT_EQ(std::get<Arrived>(this->last_of({2}).fact).size, this->kSize);
}

template <class Rig>
class DigestContract : public TransfersContract<Rig> {
protected:
    static Digest digest_of(const fakes::Entity& entity) {
        Hasher hasher{DigestAlgorithm::Sha256};
        hasher.update(fakes::bytes_of(entity, 0, entity.size));
        return hasher.finish();
    }
    const Digest right_ = digest_of({.size = TransfersContract<Rig>::kSize});
    const Digest wrong_ = digest_of({.size = 1});
};
TYPED_TEST_SUITE(DigestContract, Rigs);

TYPED_TEST(DigestContract, RightChecksumIsVerifiedWhileTheBytesCome) {
    this->rig_.give("/file", {.size = this->kSize});
    auto request = this->request({1});
    request.options.checksum = this->right_;
    this->rig_.transfers().start(request);
    EXPECT_TRUE(std::get<Arrived>(this->last_of({1}).fact).is_verified);
}

TYPED_TEST(DigestContract, WrongChecksumIsTheEnd) {
    this->rig_.give("/file", {.size = this->kSize});
    auto request = this->request({1});
    request.options.checksum = this->wrong_;
    this->rig_.transfers().start(request);
    auto ended = std::get<Interrupted>(this->last_of({1}).fact);
    EXPECT_EQ(ended.ending, Ending::Final);
    EXPECT_EQ(ended.reason, model::Reason::Checksum);
    EXPECT_NE(ended.text.find(to_text(this->wrong_)), std::string::npos) << ended.text;
}

TYPED_TEST(DigestContract, DigestOfTheServerIsAPromiseThatTheReportsCarry) {
    // "sha-256" of nothing (FIPS 180-4).
    const std::string of_nothing = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
    this->rig_.give("/file", {.size = this->kSize, .stalls_after = 300, .repr_digest = of_nothing});
    this->rig_.transfers().start(this->request({1}));
    this->wait_for_bytes(300);
    this->rig_.transfers().stop(this->kTask, {1});
    auto ended = std::get<Interrupted>(this->last_of({1}).fact);
    Hasher nothing{DigestAlgorithm::Sha256};
    EXPECT_EQ(ended.entity.digest, to_text(nothing.finish()));
    this->rig_.give("/file", {.size = this->kSize, .repr_digest = of_nothing});
    this->rig_.transfers().start(this->request({2}));
    auto wrong = std::get<Interrupted>(this->last_of({2}).fact);
    EXPECT_EQ(wrong.reason, model::Reason::Checksum);
}

constexpr Bytes kLarge = 8 * 1024 * 1024;
constexpr Bytes kBegun = 64 * 1024;

TYPED_TEST(TransfersContract, SeveralConnectionsWaitUntilTheyMayProceed) {
    this->rig_.give("/file", {.size = kLarge, .stalls_after = kBegun});
    auto request = this->request({1});
    request.options.connections = 4;
    this->rig_.transfers().start(request);
    auto report = this->next();
    while (!std::holds_alternative<model::fact::Segmented>(report.fact)) {
        ASSERT_FALSE(report.last);
        report = this->next();
    }
    const auto& segmented = std::get<model::fact::Segmented>(report.fact);
    EXPECT_EQ(segmented.entity.validator.etag, "\"one\"");
    EXPECT_EQ(segmented.entity.total, kLarge);
    EXPECT_TRUE(segmented.done.is_prefix());
    this->rig_.transfers().stop(this->kTask, {1});
    auto stopped = std::get<Interrupted>(this->last_of({1}).fact);
    EXPECT_FALSE(stopped.is_segmented) << "nothing was written out of turn";
    EXPECT_TRUE(stopped.done.is_prefix());
}

TYPED_TEST(TransfersContract, AfterProceedingThePartFileIsOfSeveralConnections) {
    this->rig_.give("/file", {.size = kLarge, .stalls_after = kBegun});
    auto request = this->request({1});
    request.options.connections = 4;
    this->rig_.transfers().start(request);
    while (!std::holds_alternative<model::fact::Segmented>(this->next().fact)) continue;
    this->rig_.transfers().proceed(this->kTask, {1});
    while (this->rig_.part_size() < kBegun) this->next();
    this->rig_.transfers().stop(this->kTask, {1});
    auto stopped = std::get<Interrupted>(this->last_of({1}).fact);
    EXPECT_TRUE(stopped.is_segmented);
    EXPECT_EQ(stopped.done.prefix(), kBegun);
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
    ASSERT_TRUE(std::holds_alternative<Interrupted>(last.fact)) << "the other entity has the rest";
    const auto& ended = std::get<Interrupted>(last.fact);
    EXPECT_EQ(ended.ending, Ending::Refetch);
    auto content = rig_.part_content();
    auto right = fakes::bytes_of(plain_, 0, kLarge);
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
