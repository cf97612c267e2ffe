#include <sys/stat.h>

#include "journal/migrations.hpp"
#include "unit/journal/open_journal.hpp"

namespace haul::journal {
namespace {

TEST_F(JournalTest, IsMadeWhereThereIsNone) {
    EXPECT_EQ(journal_->notice, "");
    EXPECT_EQ(schema_version(journal_->database.handle()), newest_schema());
    EXPECT_EQ(journal_->tasks.next_id(), TaskId{1});
    EXPECT_EQ(journal_->tasks.any_work(), false);
    EXPECT_TRUE(journal_->sessions.all()->empty());
}

TEST_F(JournalTest, KeepsItsContentAndItsInstance) {
    auto instance = journal_->instance;
    EXPECT_EQ(instance.size(), 8U);
    EXPECT_EQ(instance.find_first_not_of("0123456789abcdef"), std::string::npos);
    ASSERT_TRUE(journal_->tasks.insert(task_of({1}, {1})));
    ASSERT_TRUE(journal_->meta.set("boot", "b"));
    reopen();
    EXPECT_EQ(journal_->instance, instance);
    EXPECT_EQ(journal_->notice, "");
    EXPECT_EQ(journal_->tasks.next_id(), TaskId{2});
    EXPECT_EQ(journal_->meta.get("boot"), "b");
    EXPECT_EQ(journal_->meta.get("nothing"), "");
}

TEST_F(JournalTest, HasAnInstanceOfItsOwn) {
    EXPECT_NE(must_open(dir_ / "other.sqlite").instance, journal_->instance);
}

struct Pragma {
    const char* name;
    const char* value;
};

class Hardened : public testing::TestWithParam<Pragma> {};

TEST_P(Hardened, IsSet) {
    TempDir dir{TempDir::Where::Memory};
    auto journal = must_open(dir / "journal.sqlite");
    EXPECT_EQ(ask(journal.database, std::string{"PRAGMA "} + GetParam().name), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(JournalPragma, Hardened,
                         testing::Values(Pragma{"synchronous", "2"}, Pragma{"journal_mode", "wal"},
                                         Pragma{"locking_mode", "exclusive"}, Pragma{"secure_delete", "1"},
                                         Pragma{"trusted_schema", "0"}, Pragma{"cell_size_check", "1"},
                                         Pragma{"temp_store", "2"}, Pragma{"mmap_size", "0"}),
                         [](const auto& info) { return info.param.name; });

TEST_F(JournalTest, RunsNoTriggerOfAForeignHand) {
    ASSERT_TRUE(
        journal_->database.execute("CREATE TRIGGER evil AFTER INSERT ON tasks BEGIN INSERT INTO "
                                   "discards(path) VALUES('/etc/passwd'); END"));
    ASSERT_TRUE(journal_->tasks.insert(task_of({1}, {1})));
    EXPECT_TRUE(journal_->discards.all()->empty());
}

TEST_F(JournalTest, BelongsToOneConnection) {
    auto second = Journal::open(path_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().trouble, OpenTrouble::Unusable);
    EXPECT_NE(second.error().message.find(path_), std::string::npos) << second.error().message;
}

TEST_F(JournalTest, CommittedWorkSurvivesTheProcess) {
    ASSERT_TRUE(journal_->database.begin());
    ASSERT_TRUE(journal_->tasks.insert(task_of({1}, {1})));
    ASSERT_TRUE(journal_->database.commit());
    ASSERT_TRUE(journal_->database.begin());
    ASSERT_TRUE(journal_->tasks.insert(task_of({1}, {2})));
    // As the files are now, a process that is killed leaves them.
    auto copy = dir_ / "copy.sqlite";
    for (const char* suffix : {"", "-wal"}) std::filesystem::copy_file(path_ + suffix, copy + suffix);
    auto journal = must_open(copy);
    EXPECT_EQ(journal.notice, "");
    EXPECT_TRUE(*journal.tasks.find({1}));
    EXPECT_FALSE(*journal.tasks.find({2}));
}

TEST_F(JournalTest, RollbackLeavesNothing) {
    ASSERT_TRUE(journal_->database.begin());
    ASSERT_TRUE(journal_->tasks.insert(task_of({1}, {1})));
    journal_->database.rollback();
    EXPECT_FALSE(*journal_->tasks.find({1}));
    journal_->database.rollback();  // harmless without a transaction
    EXPECT_TRUE(journal_->database.begin());
}

TEST_F(JournalTest, NewerSchemaIsRefusedAndLeftAlone) {
    auto newer = "PRAGMA user_version=" + std::to_string(newest_schema() + 1);
    ASSERT_TRUE(journal_->database.execute(newer.c_str()));
    journal_.reset();
    auto before = read_file(path_);
    auto opened = Journal::open(path_);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().trouble, OpenTrouble::Newer);
    EXPECT_NE(opened.error().message.find("newer"), std::string::npos) << opened.error().message;
    EXPECT_EQ(read_file(path_), before);
}

TEST_F(JournalTest, MigratingAnUpToDateJournalChangesNothing) {
    ASSERT_TRUE(journal_->tasks.insert(task_of({1}, {1})));
    EXPECT_TRUE(migrate(journal_->database));
    EXPECT_TRUE(*journal_->tasks.find({1}));
}

TEST(JournalOpen, EmptyFileIsANewJournal) {
    TempDir dir{TempDir::Where::Memory};
    write_file(dir / "journal.sqlite", "");
    EXPECT_EQ(must_open(dir / "journal.sqlite").notice, "");
}

TEST(JournalOpen, MissingDirectoryIsAnErrorThatNamesThePath) {
    TempDir dir{TempDir::Where::Memory};
    auto opened = Journal::open(dir / "no/journal.sqlite");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().trouble, OpenTrouble::Unusable);
    EXPECT_NE(opened.error().message.find("no/journal.sqlite"), std::string::npos) << opened.error().message;
}

TEST(JournalOpen, DirectoryInItsPlaceIsAnError) {
    TempDir dir{TempDir::Where::Memory};
    std::filesystem::create_directory(dir / "journal.sqlite");
    auto opened = Journal::open(dir / "journal.sqlite");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().trouble, OpenTrouble::Unusable);
}

TEST_F(JournalTest, FullDiskIsAnErrorThatSaysWhatToDo) {
    ASSERT_TRUE(journal_->database.execute("PRAGMA max_page_count=1"));
    auto task = task_of({1}, {1});
    task.url += std::string(20'000'000, 'x');  // more than the free pages that there are
    auto inserted = journal_->tasks.insert(task);
    ASSERT_FALSE(inserted);
    EXPECT_EQ(inserted.error().code, ErrorCode::JournalUnavailable);
    EXPECT_NE(inserted.error().message.find("make room"), std::string::npos) << inserted.error().message;
}

TEST_F(JournalTest, FullDiskLeavesSomePages) {
    ASSERT_TRUE(journal_->database.execute("PRAGMA max_page_count=1"));  // that is, as many as there are
    for (std::uint64_t id = 1; id <= 300; ++id) {
        auto task = task_of({1}, {id});
        task.url += std::string(500, 'x');
        ASSERT_TRUE(journal_->tasks.insert(task)) << id;
    }
}

TEST_F(JournalTest, FreePagesAreMadeOnceAndAgainWhenTheyAreUsed) {
    auto pages = [this] { return std::stoul(ask(journal_->database, "PRAGMA page_count")); };
    auto free = [this] { return std::stoul(ask(journal_->database, "PRAGMA freelist_count")); };
    auto first = pages();
    reopen();
    EXPECT_EQ(pages(), first);
    auto task = task_of({1}, {1});
    task.url += std::string(4096 * (free() - 10), 'x');
    ASSERT_TRUE(journal_->tasks.insert(task));
    EXPECT_LT(free(), 64U);
    reopen();
    EXPECT_GE(free(), 64U);
}

}  // namespace
}  // namespace haul::journal
