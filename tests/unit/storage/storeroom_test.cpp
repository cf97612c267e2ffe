#include "storage/storeroom.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <condition_variable>
#include <mutex>

#include "unit/storage/patience.hpp"
#include "unit/temp_dir.hpp"

namespace haul::storage {
namespace {

/// Gathers reports, on the storeroom's thread.
class Reports {
public:
    Storeroom::Sink sink() {
        return [this](std::vector<Report> reports) {
            std::lock_guard lock(mutex_);
            for (auto& report : reports) reports_.push_back(std::move(report));
            grown_.notify_all();
        };
    }
    /// So many of them; fewer only where they do not come.
    std::vector<Report> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(grown_.wait_for(lock, kPatience, [&] { return reports_.size() >= count; }));
        return std::exchange(reports_, {});
    }
    std::size_t count() {
        std::lock_guard lock(mutex_);
        return reports_.size();
    }

private:
    std::mutex mutex_;
    std::condition_variable grown_;
    std::vector<Report> reports_;
};

class StoreroomTest : public testing::Test {
protected:
    model::PublishRequest request(const std::string& name) {
        auto part = dir_ / ("." + name);
        write_file(part, "content");
        struct stat info {};
        ::stat(part.c_str(), &info);
        return {.task = {1},
                .attempt = {1},
                .part = {.path = part},
                .destination = dir_ / name,
                .inode = info.st_ino,
                .size = 7};
    }

    TempDir dir_;
    Reports reports_;
};

TEST_F(StoreroomTest, SyncedBytesAreReported) {
    write_file(dir_ / "p", "content");
    Storeroom storeroom{reports_.sink()};
    storeroom.sync({3}, {2}, UniqueFd{::open((dir_ / "p").c_str(), O_WRONLY | O_CLOEXEC)},
                   model::Coverage{7});
    auto reports = reports_.wait_for(1);
    ASSERT_EQ(reports.size(), 1U);
    const auto& synced = std::get<Synced>(reports[0]);
    EXPECT_EQ(synced.task, TaskId{3});
    EXPECT_EQ(synced.attempt, Attempt{2});
    EXPECT_EQ(synced.bytes, model::Coverage{7});
}

TEST_F(StoreroomTest, FailedSyncSpoilsItsAttemptAlone) {
    auto asked = request("file");
    Storeroom storeroom{reports_.sink()};
    storeroom.sync({1}, {1}, UniqueFd{}, model::Coverage{7});
    storeroom.publish(asked);
    storeroom.drain();
    auto reports = reports_.wait_for(2);
    ASSERT_EQ(reports.size(), 2U) << "the publication of an attempt that lost bytes has no report of its own";
    EXPECT_EQ(std::get<SyncFailed>(reports[0]).task, TaskId{1});
    EXPECT_NE(std::get<SyncFailed>(reports[0]).text, "");
    EXPECT_TRUE(std::holds_alternative<Drained>(reports[1]));
    EXPECT_FALSE(std::filesystem::exists(dir_ / "file"));

    asked.attempt = {2};
    storeroom.publish(asked);
    EXPECT_TRUE(std::get<Published>(reports_.wait_for(1).at(0)).outcome);
}

TEST_F(StoreroomTest, PublishesWithTheModeOfTheUmask) {
    auto mask = ::umask(027);
    Storeroom storeroom{reports_.sink()};
    ::umask(mask);
    storeroom.publish(request("file"));
    auto reports = reports_.wait_for(1);
    EXPECT_EQ(std::get<Published>(reports.at(0)).outcome, dir_ / "file");
    struct stat info {};
    ASSERT_EQ(::stat((dir_ / "file").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0640U);
}

TEST_F(StoreroomTest, BytesWithAnotherDigestNeverAppear) {
    Hasher hasher{DigestAlgorithm::Sha256};
    hasher.update("content");
    auto good = request("good");
    auto bad = request("bad");
    good.digests = {hasher.finish()};
    hasher.update("something else");
    bad.digests = {hasher.finish()};
    Storeroom storeroom{reports_.sink()};
    storeroom.publish(bad);
    storeroom.publish(good);
    auto reports = reports_.wait_for(2);
    ASSERT_EQ(reports.size(), 2U);
    const auto& refused = std::get<Published>(reports[0]).outcome;
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, model::Reason::Checksum);
    EXPECT_FALSE(std::filesystem::exists(dir_ / "bad"));
    EXPECT_TRUE(std::get<Published>(reports[1]).outcome);
    EXPECT_EQ(read_file(dir_ / "good"), "content");
}

TEST_F(StoreroomTest, DiscardedFileIsGone) {
    write_file(dir_ / "p", "x");
    Storeroom storeroom{reports_.sink()};
    storeroom.discard({5, dir_ / "p"});
    storeroom.discard({6, dir_ / "p"});
    storeroom.discard({7, dir_ / "no/p"});
    auto reports = reports_.wait_for(3);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(std::get<Discarded>(reports.at(i)).number, 5 + i);
    EXPECT_FALSE(std::filesystem::exists(dir_ / "p"));
}

TEST_F(StoreroomTest, FileThatCannotBeDiscardedIsTriedAgainAnotherDay) {
    std::filesystem::create_directory(dir_ / "p");
    Storeroom storeroom{reports_.sink()};
    storeroom.discard({5, dir_ / "p"});
    storeroom.drain();
    EXPECT_TRUE(std::holds_alternative<Drained>(reports_.wait_for(1).at(0)));
}

TEST_F(StoreroomTest, BodyIsPutTogetherInTheSpool) {
    Storeroom storeroom{reports_.sink()};
    model::SpoolRequest asked{.number = 3, .target = dir_ / "spooled", .most = 100};
    asked.pieces.push_back({.text = "content"});
    storeroom.spool(std::move(asked));
    auto reports = reports_.wait_for(1);
    const auto& spooled = std::get<model::Spooled>(reports.at(0));
    EXPECT_EQ(spooled.number, 3U);
    ASSERT_TRUE(spooled.source) << spooled.source.error().message;
    EXPECT_EQ(read_file(spooled.source->path), "content");
}

TEST_F(StoreroomTest, FinishesWhatWasAskedBeforeItIsGone) {
    {
        Storeroom storeroom{reports_.sink()};
        for (int i = 0; i < 20; ++i) storeroom.publish(request("file" + std::to_string(i)));
    }
    EXPECT_EQ(reports_.count(), 20U);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(read_file(dir_ / ("file" + std::to_string(i))), "content");
}

TEST_F(StoreroomTest, DrainedComesAfterEverythingBefore) {
    Storeroom storeroom{reports_.sink()};
    for (int i = 0; i < 5; ++i) storeroom.publish(request("file" + std::to_string(i)));
    storeroom.drain();
    auto reports = reports_.wait_for(6);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_TRUE(std::holds_alternative<Published>(reports.at(i)));
    EXPECT_TRUE(std::holds_alternative<Drained>(reports.at(5)));
}

}  // namespace
}  // namespace haul::storage
