#include "storage/source_reader.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/source.hpp"
#include "unit/temp_dir.hpp"

namespace haul::storage {
namespace {

using model::Reason;
using model::fact::Ending;

class SourceReaderTest : public testing::Test {
protected:
    SourceReaderTest() { write_file(path_, "0123456789"); }

    model::SourceFile source() const { return look_at_source(path_).value(); }
    SourceReader reader() const { return std::move(SourceReader::open(source()).value()); }
    /// Writes where the file's times are sure to tell.
    void rewrite(const std::string& content) const {
        write_file(path_, content);
        timespec times[2] = {{1, 0}, {1, 0}};
        ::utimensat(AT_FDCWD, path_.c_str(), times, 0);
    }
    template <class T>
    static void expect_trouble(const Outcome<T>& outcome, Ending ending, Reason reason,
                               const std::string& word) {
        ASSERT_FALSE(outcome) << word;
        EXPECT_EQ(outcome.error().ending, ending) << outcome.error().text;
        EXPECT_EQ(outcome.error().reason, reason) << outcome.error().text;
        EXPECT_NE(outcome.error().text.find(word), std::string::npos) << outcome.error().text;
    }

    TempDir dir_;
    std::string path_ = dir_ / "file";
};

TEST_F(SourceReaderTest, ReadsFromEachOffset) {
    auto reader = this->reader();
    std::string bytes(4, ' ');
    EXPECT_EQ(reader.size(), 10U);
    EXPECT_EQ(reader.read(0, bytes.data(), 4).value(), 4U);
    EXPECT_EQ(bytes, "0123");
    EXPECT_EQ(reader.read(8, bytes.data(), 4).value(), 2U);
    EXPECT_EQ(bytes, "8923");
    EXPECT_EQ(reader.read(10, bytes.data(), 4).value(), 0U);
    EXPECT_EQ(reader.read(UINT64_MAX, bytes.data(), 4).value(), 0U);
    EXPECT_TRUE(reader.check());
}

TEST_F(SourceReaderTest, MissingFileIsWaitedFor) {
    auto source = this->source();
    ::unlink(path_.c_str());
    expect_trouble(SourceReader::open(source), Ending::SourceMissing, Reason::Source, path_);
    source.path = dir_ / "file/below";
    expect_trouble(SourceReader::open(source), Ending::SourceMissing, Reason::Source, "below");
}

TEST_F(SourceReaderTest, CopyInTheSpoolDoesNotComeBack) {
    auto source = this->source();
    source.is_spooled = true;
    ::unlink(path_.c_str());
    expect_trouble(SourceReader::open(source), Ending::Final, Reason::Source, path_);
}

TEST_F(SourceReaderTest, AnotherStateIsNotOpened) {
    auto source = this->source();
    rewrite("9876543210");
    expect_trouble(SourceReader::open(source), Ending::Final, Reason::Changed, "written to");
    rewrite("0123");
    expect_trouble(SourceReader::open(source), Ending::Final, Reason::Changed, "10 bytes and has 4");
}

TEST_F(SourceReaderTest, AnotherFileIsNotOpened) {
    auto source = this->source();
    write_file(dir_ / "other", "0123456789");
    ASSERT_EQ(::rename((dir_ / "other").c_str(), path_.c_str()), 0);
    expect_trouble(SourceReader::open(source), Ending::Final, Reason::Changed, "replaced");
    ::unlink(path_.c_str());
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    expect_trouble(SourceReader::open(source), Ending::Final, Reason::Source, "is a pipe (FIFO) now");
}

TEST_F(SourceReaderTest, UnreadableFileIsFinal) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
    auto source = this->source();
    ASSERT_EQ(::chmod(path_.c_str(), 0), 0);
    expect_trouble(SourceReader::open(source), Ending::Final, Reason::Source, "can't read");
}

TEST_F(SourceReaderTest, ShorterFileIsAChangedOne) {
    auto reader = this->reader();
    ASSERT_EQ(::truncate(path_.c_str(), 4), 0);
    std::string bytes(10, ' ');
    expect_trouble(reader.read(0, bytes.data(), 10), Ending::Final, Reason::Changed, "shorter");
}

TEST_F(SourceReaderTest, ChangeAfterOpeningIsNoticed) {
    auto reader = this->reader();
    rewrite("9876543210");
    expect_trouble(reader.check(), Ending::Final, Reason::Changed, "written to");
}

TEST_F(SourceReaderTest, DeletedMovedAndReplacedFilesAreToldApart) {
    auto deleted = reader();
    ::unlink(path_.c_str());
    expect_trouble(deleted.check(), Ending::Final, Reason::Changed, "deleted");

    write_file(path_, "0123456789");
    auto moved = reader();
    ASSERT_EQ(::rename(path_.c_str(), (dir_ / "elsewhere").c_str()), 0);
    expect_trouble(moved.check(), Ending::Final, Reason::Changed, "moved");

    write_file(path_, "0123456789");
    auto replaced = reader();
    write_file(dir_ / "other", "0123456789");
    ASSERT_EQ(::rename((dir_ / "other").c_str(), path_.c_str()), 0);
    expect_trouble(replaced.check(), Ending::Final, Reason::Changed, "replaced");
}

TEST_F(SourceReaderTest, TimesOfACopyInTheSpoolDoNotCount) {
    auto source = this->source();
    source.is_spooled = true;
    rewrite("9876543210");
    auto reader = SourceReader::open(source);
    ASSERT_TRUE(reader) << reader.error().text;
    EXPECT_TRUE(reader->check());
    rewrite("short");
    expect_trouble(reader->check(), Ending::Final, Reason::Changed, "has 5 now");
}

TEST_F(SourceReaderTest, DeviceIsNotComparedAfterARestart) {
    auto source = this->source();
    source.identity.device = 0;
    auto reader = SourceReader::open(source);
    ASSERT_TRUE(reader);
    EXPECT_TRUE(reader->check());
    source.identity.device = UINT64_MAX;
    expect_trouble(SourceReader::open(source), Ending::Final, Reason::Changed, "replaced");
}

}  // namespace
}  // namespace haul::storage
