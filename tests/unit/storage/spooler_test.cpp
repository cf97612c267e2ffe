#include "storage/spooler.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

#include "storage/snapshot.hpp"
#include "storage/source.hpp"
#include "unit/storage/patience.hpp"
#include "unit/temp_dir.hpp"

namespace haul::storage {
namespace {

/// Gathers what was spooled, on the spooler's thread.
class Answers {
public:
    Spooler::Sink sink() {
        return [this](model::Spooled spooled) {
            std::lock_guard lock(mutex_);
            answers_.push_back(std::move(spooled));
            grown_.notify_all();
        };
    }
    std::vector<model::Spooled> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(grown_.wait_for(lock, kPatience, [&] { return answers_.size() >= count; }));
        return std::exchange(answers_, {});
    }

private:
    std::mutex mutex_;
    std::condition_variable grown_;
    std::vector<model::Spooled> answers_;
};

class SpoolerTest : public testing::Test {
protected:
    static model::SourcePiece text(std::string text) { return {.text = std::move(text)}; }
    model::SourcePiece file(const std::string& name, const std::string& content) {
        write_file(dir_ / name, content);
        return {.path = dir_ / name, .identity = look_at_source(dir_ / name)->identity};
    }
    template <class... Pieces>
    model::SpoolRequest request(Pieces... pieces) {
        model::SpoolRequest request{.number = 7, .target = target_, .most = Bytes{1} << 50U};
        (request.pieces.push_back(std::move(pieces)), ...);
        return request;
    }
    Result<model::SourceFile> spool(model::SpoolRequest request) {
        Spooler spooler{answers_.sink()};
        spooler.spool(std::move(request));
        auto all = answers_.wait_for(1);
        if (all.size() != 1) return fail(ErrorCode::InvalidState, "no answer");
        EXPECT_EQ(all.front().number, 7U);
        return std::move(all.front().source);
    }
    /// A file of so many terabytes that copying it never ends by itself; a hole takes no room.
    model::SourcePiece endless() {
        auto piece = file("endless", "");
        EXPECT_EQ(::truncate(piece.path.c_str(), off_t{1} << 42U), 0);
        piece.identity = look_at_source(piece.path)->identity;
        return piece;
    }
    void wait_for_first_bytes() const {
        auto deadline = std::chrono::steady_clock::now() + kPatience;
        struct stat info {};
        while (::stat(target_.c_str(), &info) != 0 || info.st_size == 0) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline);
            std::this_thread::yield();
        }
    }
    void expect_refusal(model::SpoolRequest asked, ErrorCode code, const std::string& word) {
        auto spooled = spool(std::move(asked));
        ASSERT_FALSE(spooled) << word;
        EXPECT_EQ(spooled.error().code, code) << spooled.error().message;
        EXPECT_NE(spooled.error().message.find(word), std::string::npos) << spooled.error().message;
        EXPECT_FALSE(std::filesystem::exists(target_)) << "nothing unfinished stays behind";
    }

    TempDir dir_;
    std::string target_ = dir_ / "spooled";
    Answers answers_;
};

TEST_F(SpoolerTest, PiecesComeOneAfterAnother) {
    auto large = std::string(3 * 1024 * 1024 + 7, 'x');
    auto spooled = spool(
        request(text("<"), file("a", large), text("|"), file("empty", ""), file("b", "tail"), text(">")));
    ASSERT_TRUE(spooled) << spooled.error().message;
    EXPECT_EQ(spooled->path, target_);
    EXPECT_TRUE(spooled->is_spooled);
    EXPECT_TRUE(read_file(target_) == "<" + large + "|tail>");
    EXPECT_EQ(spooled->identity, look_at_source(target_)->identity);
    struct stat info {};
    ASSERT_EQ(::stat(target_.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(SpoolerTest, NoPiecesMakeAnEmptyFile) {
    auto spooled = spool(request());
    ASSERT_TRUE(spooled);
    EXPECT_EQ(spooled->identity.size, 0U);
}

TEST_F(SpoolerTest, DescriptorsAreReadFromTheirBeginning) {
    auto piece = file("a", "content");
    piece.fd.reset(::open(piece.path.c_str(), O_RDONLY | O_CLOEXEC));
    ::unlink(piece.path.c_str());
    piece.path = "";
    piece.identity = look_at_source(piece.fd.get())->identity;
    ASSERT_EQ(::lseek(piece.fd.get(), 3, SEEK_SET), 3);
    UniqueFd memory{::memfd_create("x", MFD_CLOEXEC)};
    ASSERT_EQ(::write(memory.get(), "abc", 3), 3);
    auto identity = look_at_source(memory.get())->identity;
    auto spooled =
        spool(request(std::move(piece), model::SourcePiece{.fd = std::move(memory), .identity = identity}));
    ASSERT_TRUE(spooled) << spooled.error().message;
    EXPECT_EQ(read_file(target_), "contentabc");
}

TEST_F(SpoolerTest, ChangedFileIsRefused) {
    auto piece = file("a", "content");
    write_file(piece.path, "content and more");
    expect_refusal(request(std::move(piece)), ErrorCode::SourceUnreadable, "changed while it was copied");
}

TEST_F(SpoolerTest, MissingAndSpecialFilesAreRefused) {
    auto missing = file("a", "content");
    ::unlink(missing.path.c_str());
    expect_refusal(request(text("x"), std::move(missing)), ErrorCode::SourceUnreadable, "No such file");
    auto pipe = file("b", "content");
    ::unlink(pipe.path.c_str());
    ASSERT_EQ(::mkfifo(pipe.path.c_str(), 0600), 0);
    expect_refusal(request(std::move(pipe)), ErrorCode::SourceUnreadable, "is a pipe");
}

TEST_F(SpoolerTest, WhatTheQuotaLeavesIsTheMost) {
    auto fits = request(text("abc"), file("a", "content"));
    fits.most = 10;
    EXPECT_TRUE(spool(std::move(fits)));
    ::unlink(target_.c_str());
    auto too_large = request(text("abc"), file("a", "content"));
    too_large.most = 9;
    expect_refusal(std::move(too_large), ErrorCode::LimitExceeded, "spool-bytes-per-owner");
}

TEST_F(SpoolerTest, FullDiskIsALimit) {
    // A limit of the process in place of a small disk: the kernel refuses both in the same place.
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    auto asked = request(text(std::string(100'000, 'x')));
    auto old = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small{50'000, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    auto spooled = spool(std::move(asked));
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, old);
    ASSERT_FALSE(spooled);
    EXPECT_EQ(spooled.error().code, ErrorCode::LimitExceeded);
    EXPECT_NE(spooled.error().message.find("no room on the disk"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(target_));
}

TEST_F(SpoolerTest, NothingIsOverwritten) {
    write_file(target_, "of somebody else");
    auto spooled = spool(request(text("x")));
    ASSERT_FALSE(spooled);
    EXPECT_EQ(spooled.error().code, ErrorCode::JournalUnavailable);
    EXPECT_EQ(read_file(target_), "of somebody else");
}

TEST_F(SpoolerTest, FileThatChangesInTheMiddleIsRefused) {
    Spooler spooler{answers_.sink()};
    auto piece = endless();
    auto path = piece.path;
    spooler.spool(request(std::move(piece)));
    wait_for_first_bytes();
    ASSERT_EQ(::truncate(path.c_str(), 1), 0);
    auto answers = answers_.wait_for(1);
    ASSERT_EQ(answers.size(), 1U);
    ASSERT_FALSE(answers[0].source);
    EXPECT_EQ(answers[0].source.error().code, ErrorCode::SourceUnreadable);
    EXPECT_NE(answers[0].source.error().message.find("changed while it was copied"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(target_));
}

TEST_F(SpoolerTest, BreaksOffWhenItHasToGo) {
    int told = 0;
    {
        Spooler spooler{[&](const model::Spooled&) { ++told; }};
        spooler.spool(request(endless()));
        spooler.spool(request(text("x")));
        wait_for_first_bytes();
    }
    EXPECT_EQ(told, 0);
    EXPECT_FALSE(std::filesystem::exists(target_));
}

TEST_F(SpoolerTest, ReflinkIsAFileOfItsOwnOrNone) {
    auto asked = request(file("a", "content"));
    asked.is_reflink = true;
    auto spooled = spool(std::move(asked));
    EXPECT_EQ(spooled.has_value(), std::filesystem::exists(target_));
    if (!spooled) {
        EXPECT_EQ(spooled.error().code, ErrorCode::NotSupported);
        GTEST_SKIP() << "this file system has no reflinks";
    }
    EXPECT_TRUE(may_reflink(dir_ / "a", dir_ / ""));
    write_file(dir_ / "a", "something else");
    EXPECT_EQ(read_file(target_), "content");
}

}  // namespace
}  // namespace haul::storage
