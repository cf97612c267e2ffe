// What every ports::Files promises: the storeroom on a real directory, and the fake.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <condition_variable>
#include <deque>
#include <mutex>

#include "fakes/fake_files.hpp"
#include "storeroom_files.hpp"
#include "unit/temp_dir.hpp"

namespace haul::contract {
namespace {

using model::IfExists;
using model::fact::Ending;
using model::fact::Published;
using model::fact::Unpublished;
using ports::StoreroomReport;

constexpr std::chrono::seconds kPatience{20};

class StoreroomRig {
public:
    std::string path(const std::string& name) const { return dir_ / name; }
    void make(const std::string& name) { write_file(path(name), "content"); }
    void remove(const std::string& name) { std::filesystem::remove(path(name)); }
    std::uint64_t inode(const std::string& name) const {
        struct stat info {};
        return ::lstat(path(name).c_str(), &info) == 0 ? info.st_ino : 0;
    }
    static std::string other_file_system() { return "/proc/"; }
    ports::Files& files() { return files_; }
    std::optional<StoreroomReport> next() {
        std::unique_lock lock(mutex_);
        if (!grown_.wait_for(lock, kPatience, [this] { return !reports_.empty(); })) return std::nullopt;
        auto report = std::move(reports_.front());
        reports_.pop_front();
        return report;
    }

private:
    TempDir dir_;
    std::mutex mutex_;
    std::condition_variable grown_;
    std::deque<StoreroomReport> reports_;
    storage::Storeroom storeroom_{[this](std::vector<storage::Report> reports) {
        std::lock_guard lock(mutex_);
        for (auto& report : reports) reports_.push_back(to_report(std::move(report)));
        grown_.notify_all();
    }};
    StoreroomFiles files_{storeroom_};
};

class FakeFilesRig {
public:
    std::string path(const std::string& name) const { return "/d/" + name; }
    void make(const std::string& name) {
        auto& file = disk_.open(path(name));
        file.content = "content";
        file.size = file.content.size();
    }
    void remove(const std::string& name) { disk_.files.erase(path(name)); }
    std::uint64_t inode(const std::string& name) const {
        return disk_.has(path(name)) ? disk_.files.at(path(name)).inode : 0;
    }
    static std::string other_file_system() { return "/other/"; }
    ports::Files& files() { return files_; }
    std::optional<StoreroomReport> next() {
        if (reports_.empty()) files_.deliver();
        if (reports_.empty()) return std::nullopt;
        auto report = std::move(reports_.front());
        reports_.pop_front();
        return report;
    }

private:
    fakes::FakeDisk disk_;
    std::deque<StoreroomReport> reports_;
    fakes::FakeFiles files_{disk_, [this](StoreroomReport report) { reports_.push_back(std::move(report)); }};
};

template <class Rig>
class FilesContract : public testing::Test {
protected:
    /// A part file of seven bytes on its way to `name`.
    model::PublishRequest request(const std::string& name, IfExists if_exists = IfExists::Fail) {
        auto part = ".part" + std::to_string(++parts_);
        rig_.make(part);
        return {.task = {3},
                .attempt = {2},
                .part = {.path = rig_.path(part)},
                .destination = rig_.path(name),
                .if_exists = if_exists,
                .inode = rig_.inode(part),
                .size = 7};
    }
    StoreroomReport next() {
        auto report = rig_.next();
        if (!report) throw std::runtime_error("no report came");
        return *report;
    }
    model::Fact publish(const model::PublishRequest& request) {
        rig_.files().publish(request);
        auto report = std::get<ports::FileReport>(next());
        EXPECT_EQ(report.task, request.task);
        EXPECT_EQ(report.attempt, request.attempt);
        return report.fact;
    }
    std::string published(const model::PublishRequest& request) {
        auto fact = publish(request);
        const auto* done = std::get_if<Published>(&fact);
        return done ? done->path : "unpublished";
    }
    Ending unpublished(const model::PublishRequest& request) {
        auto fact = publish(request);
        const auto* refused = std::get_if<Unpublished>(&fact);
        EXPECT_TRUE(refused);
        EXPECT_TRUE(!refused || !refused->text.empty());
        return refused ? refused->ending : Ending::Stopped;
    }

    Rig rig_;
    int parts_ = 0;
};

using Rigs = testing::Types<StoreroomRig, FakeFilesRig>;
TYPED_TEST_SUITE(FilesContract, Rigs);

TYPED_TEST(FilesContract, PublishedFileHasItsNameAndIsTheSameFile) {
    auto request = this->request("file");
    EXPECT_EQ(this->published(request), this->rig_.path("file"));
    EXPECT_EQ(this->rig_.inode("file"), request.inode);
    EXPECT_EQ(this->rig_.inode(".part1"), 0U);
}

TYPED_TEST(FilesContract, PublishingTwiceIsHarmless) {
    auto request = this->request("file");
    this->publish(request);
    EXPECT_EQ(this->published(request), this->rig_.path("file"));
    EXPECT_EQ(this->rig_.inode("file"), request.inode);
}

TYPED_TEST(FilesContract, ExistingFileStays) {
    this->rig_.make("file");
    auto mine = this->rig_.inode("file");
    auto request = this->request("file");
    EXPECT_EQ(this->unpublished(request), Ending::Final);
    EXPECT_EQ(this->rig_.inode("file"), mine);
    EXPECT_EQ(this->rig_.inode(".part1"), request.inode);
}

TYPED_TEST(FilesContract, ExistingFileIsReplacedWhereItMayBe) {
    this->rig_.make("file");
    auto request = this->request("file", IfExists::Replace);
    EXPECT_EQ(this->published(request), this->rig_.path("file"));
    EXPECT_EQ(this->rig_.inode("file"), request.inode);
    EXPECT_EQ(this->published(request), this->rig_.path("file")) << "again";
}

TYPED_TEST(FilesContract, AnotherNameIsFoundWhereItMayBe) {
    this->rig_.make("file");
    auto first = this->request("file", IfExists::Rename);
    auto second = this->request("file", IfExists::Rename);
    EXPECT_EQ(this->published(first), this->rig_.path("file (1)"));
    EXPECT_EQ(this->published(second), this->rig_.path("file (2)"));
    EXPECT_EQ(this->published(second), this->rig_.path("file (2)")) << "again";
}

TYPED_TEST(FilesContract, VanishedPartIsLost) {
    auto to_free = this->request("free");
    auto to_taken = this->request("taken");
    this->rig_.make("taken");
    this->rig_.remove(".part1");
    this->rig_.remove(".part2");
    EXPECT_EQ(this->unpublished(to_free), Ending::DiskFailed);
    EXPECT_EQ(this->unpublished(to_taken), Ending::DiskFailed) << "another file is not taken for it";
}

TYPED_TEST(FilesContract, PartThatIsNotTheOneThatArrivedIsLost) {
    auto request = this->request("file");
    ++request.size;
    EXPECT_EQ(this->unpublished(request), Ending::DiskFailed);
    EXPECT_EQ(this->rig_.inode("file"), 0U);
}

TYPED_TEST(FilesContract, DiscardedFileIsGoneAndSoIsOneThatNeverWas) {
    this->rig_.make("a");
    this->rig_.files().discard({5, this->rig_.path("a")});
    this->rig_.files().discard({6, this->rig_.path("never")});
    EXPECT_EQ(std::get<ports::Discarded>(this->next()).number, 5U);
    EXPECT_EQ(std::get<ports::Discarded>(this->next()).number, 6U);
    EXPECT_EQ(this->rig_.inode("a"), 0U);
}

TYPED_TEST(FilesContract, DestinationsAreChecked) {
    auto& files = this->rig_.files();
    auto file = this->rig_.path("file");
    auto free = files.check_destination({.path = file});
    ASSERT_TRUE(free);
    EXPECT_EQ(free->path, file);
    EXPECT_EQ(free->if_exists, IfExists::Fail);
    EXPECT_EQ(files.check_destination({.path = "relative"}).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(files.check_destination({.path = "/denied/file"}).error().code, ErrorCode::DestinationDenied);
    this->rig_.make("file");
    EXPECT_EQ(files.check_destination({.path = file}).error().code, ErrorCode::DestinationExists);
    EXPECT_TRUE(files.check_destination({.path = file, .if_exists = IfExists::Replace}));
    EXPECT_TRUE(files.check_destination({.path = file, .if_exists = IfExists::Rename}));
}

TYPED_TEST(FilesContract, DirectoryIsADestination) {
    auto& files = this->rig_.files();
    auto directory = this->rig_.path("");
    auto unnamed = files.check_destination({.path = directory});
    ASSERT_TRUE(unnamed);
    EXPECT_EQ(unnamed->path, directory);
    EXPECT_EQ(unnamed->if_exists, IfExists::Rename);
    EXPECT_EQ(files.check_destination({.path = directory, .if_exists = IfExists::Fail})->if_exists,
              IfExists::Fail);
    auto named = files.check_destination({.path = directory, .filename = "file"});
    ASSERT_TRUE(named);
    EXPECT_EQ(named->path, this->rig_.path("file"));
    EXPECT_EQ(named->if_exists, IfExists::Fail);
    EXPECT_EQ(files.check_destination({.path = named->path, .filename = "name"}).error().code,
              ErrorCode::InvalidArgument);
    this->rig_.make("file");
    EXPECT_EQ(files.check_destination({.path = directory, .filename = "file"}).error().code,
              ErrorCode::DestinationExists);
}

TYPED_TEST(FilesContract, FileMovesWithinItsFileSystem) {
    auto& files = this->rig_.files();
    this->rig_.make("file");
    EXPECT_TRUE(files.can_move(this->rig_.path("file"), this->rig_.path("")));
    EXPECT_FALSE(files.can_move(this->rig_.path("none"), this->rig_.path("")));
    EXPECT_FALSE(files.can_move(this->rig_.path("file"), this->rig_.other_file_system()));
}

TYPED_TEST(FilesContract, BytesAreComparedWithTheirDigests) {
    auto digest_of = [](const char* bytes) {
        Hasher hasher{DigestAlgorithm::Sha512};
        hasher.update(bytes);
        return hasher.finish();
    };
    auto good = this->request("good");
    good.digests = {digest_of("content")};
    EXPECT_EQ(this->published(good), this->rig_.path("good"));
    auto bad = this->request("bad");
    bad.digests = {digest_of("something else")};
    auto fact = this->publish(bad);
    const auto* refused = std::get_if<Unpublished>(&fact);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->ending, Ending::Final);
    EXPECT_EQ(refused->reason, model::Reason::Checksum);
    EXPECT_EQ(this->rig_.inode("bad"), 0U);
}

TYPED_TEST(FilesContract, ResultIsOpenedForReading) {
    this->rig_.make("file");
    auto fd = this->rig_.files().open_result(this->rig_.path("file"));
    ASSERT_TRUE(fd);
    char byte = 0;
    EXPECT_EQ(::read(fd->get(), &byte, 1), 1);
    EXPECT_LT(::write(fd->get(), &byte, 1), 0);
    EXPECT_EQ(this->rig_.files().open_result(this->rig_.path("none")).error().code, ErrorCode::InvalidState);
}

}  // namespace
}  // namespace haul::contract
