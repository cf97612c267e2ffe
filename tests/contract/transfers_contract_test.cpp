// What every ports::Transfers promises: libcurl with a web server, and the fake.

#include "contract/transfers_contract.hpp"

namespace haul::contract {
namespace {

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

}  // namespace
}  // namespace haul::contract
