#include "journal/salvage.hpp"

#include "unit/journal/open_journal.hpp"

namespace haul::journal {
namespace {

constexpr std::uint64_t kTasks = 1000;
constexpr std::size_t kPage = 4096;

/// The files in a directory whose names have this in them, without their logs.
std::vector<std::string> files_with(const TempDir& dir, const std::string& text) {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
        auto name = entry.path().filename().string();
        if (name.find(text) != name.npos && !name.ends_with("-wal")) found.push_back(entry.path());
    }
    return found;
}

void make_journal(const std::string& path) {
    auto journal = must_open(path);
    ASSERT_TRUE(journal.database.begin());
    ASSERT_TRUE(journal.sessions.insert(
        {.id = {}, .owner = {1000}, .identifier = "s", .created = {}, .options = {}}));
    for (std::uint64_t id = 1; id <= kTasks; ++id) ASSERT_TRUE(journal.tasks.insert(task_of({1}, {id})));
    ASSERT_TRUE(journal.database.commit());
}

/// Overwrites the page of a task in the middle.
std::string damage(const std::string& path) {
    auto bytes = read_file(path);
    auto page = bytes.find("http://example.org/" + std::to_string(kTasks / 2)) / kPage * kPage;
    for (std::size_t i = 0; i < kPage; ++i) bytes[page + i] = static_cast<char>(i * 7);
    write_file(path, bytes);
    return bytes;
}

class Salvage : public testing::Test {
protected:
    TempDir dir_{TempDir::Where::Memory};
    std::string path_ = dir_ / "journal.sqlite";
};

TEST_F(Salvage, CarriesOverWhatCanBeRead) {
    make_journal(path_);
    auto damaged = damage(path_);
    auto journal = must_open(path_);
    EXPECT_NE(journal.notice, "");
    EXPECT_EQ(journal.sessions.all()->size(), 1U);
    auto counts = *journal.tasks.counts();
    ASSERT_EQ(counts.size(), 1U);
    EXPECT_GT(counts.front().tasks, kTasks / 2);
    EXPECT_LT(counts.front().tasks, kTasks);
    EXPECT_TRUE(*journal.tasks.find({1}));
    EXPECT_TRUE(*journal.tasks.find({kTasks})) << "behind the damage";

    auto kept = files_with(dir_, ".damaged-");
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(read_file(kept.front()), damaged) << "nothing is deleted";
    EXPECT_NE(journal.notice.find(kept.front()), std::string::npos) << journal.notice;
}

TEST_F(Salvage, GivesNoIdAgain) {
    make_journal(path_);
    damage(path_);
    EXPECT_GT(must_open(path_).tasks.next_id()->value, kTasks);
}

TEST_F(Salvage, IsDoneOnce) {
    make_journal(path_);
    damage(path_);
    must_open(path_);
    EXPECT_EQ(must_open(path_).notice, "");
    EXPECT_EQ(files_with(dir_, "journal.sqlite").size(), 2U)
        << "the journal and the damaged one: nothing half-made";
}

TEST_F(Salvage, GarbageIsKeptAndReplaced) {
    std::string garbage(3 * kPage, 'g');
    write_file(path_, garbage);
    auto journal = must_open(path_);
    EXPECT_NE(journal.notice, "");
    EXPECT_TRUE(journal.tasks.insert(task_of({1}, {1})));
    ASSERT_EQ(files_with(dir_, ".damaged-").size(), 1U);
    EXPECT_EQ(read_file(files_with(dir_, ".damaged-").front()), garbage);
}

TEST_F(Salvage, EachDamagedJournalIsKept) {
    for (char letter : {'a', 'b', 'c'}) {
        write_file(path_, std::string(2 * kPage, letter));
        must_open(path_);
    }
    EXPECT_EQ(files_with(dir_, ".damaged-").size(), 3U);
}

TEST_F(Salvage, TruncatedFileLosesOnlyItsEnd) {
    make_journal(path_);
    auto pages = [this] {
        auto journal = must_open(path_);
        return std::stoul(ask(journal.database, "PRAGMA page_count"));
    };
    std::filesystem::resize_file(path_, pages() / 2 * kPage);
    auto journal = must_open(path_);
    EXPECT_NE(journal.notice, "");
    EXPECT_EQ(journal.sessions.all()->size(), 1U);
}

TEST_F(Salvage, RecoveredJournalIsPutInItsPlaceAfterACrash) {
    make_journal(path_);
    std::filesystem::rename(path_, path_ + ".recovered");
    write_file(path_, std::string(2 * kPage, 'g'));
    auto journal = must_open(path_);
    EXPECT_EQ(journal.notice, "");
    EXPECT_TRUE(*journal.tasks.find({kTasks}));
    EXPECT_TRUE(files_with(dir_, ".recovered").empty());
}

TEST_F(Salvage, DraftOfACrashedSalvageIsNoHindrance) {
    make_journal(path_);
    damage(path_);
    write_file(path_ + ".recovering", "half a draft");
    auto journal = must_open(path_);
    EXPECT_NE(journal.notice, "");
    EXPECT_TRUE(*journal.tasks.find({1}));
}

}  // namespace
}  // namespace haul::journal
