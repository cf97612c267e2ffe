#include "unit/journal/open_journal.hpp"

namespace haul::journal {
namespace {

const std::string kSecret = "sEcReT-4711";

class Scrub : public JournalTest {
protected:
    /// Whether the secret stands in the journal's file or in its write-ahead log.
    bool can_be_read() const {
        for (const char* suffix : {"", "-wal"})
            if (read_file(path_ + suffix).find(kSecret) != std::string::npos) return true;
        return false;
    }

    void put_secrets() {
        auto task = task_of({1}, {1});
        task.url = "http://user:" + kSecret + "@example.org/?token=" + kSecret;
        ASSERT_TRUE(journal_->tasks.insert(task));
        ASSERT_TRUE(journal_->secrets.replace(
            TaskId{1},
            {.headers = {{"Authorization", kSecret}, {"X-Long", kSecret + std::string(9000, 'x') + kSecret}},
             .server = {.user = "user", .secret = kSecret},
             .proxy_login = {.user = "user", .secret = kSecret},
             .proxy = "http://user:" + kSecret + "@proxy",
             .mirrors = std::vector<std::string>(20, "http://a/?" + std::string(1000, 'x') + kSecret)}));
    }

    /// What the next daemon would find after a kill -9 in this moment.
    Journal after_a_kill() { return after_a_power_cut(read_file(path_ + "-wal")); }
    /// What it would find where so much of the log had come to the disk.
    Journal after_a_power_cut(const std::string& log) {
        std::string copy = dir_ / "copy.sqlite";
        write_file(copy, read_file(path_));
        write_file(copy + "-wal", log);
        return must_open(copy);
    }

    void delete_secrets() {
        ASSERT_TRUE(journal_->tasks.update(task_of({1}, {1})));
        ASSERT_TRUE(journal_->secrets.replace(TaskId{1}, {}));
    }
};

TEST_F(Scrub, LeavesNoByteOfADeletedSecret) {
    put_secrets();
    ASSERT_TRUE(can_be_read()) << "else this test would find nothing ever";
    delete_secrets();
    ASSERT_TRUE(journal_->database.scrub());
    EXPECT_FALSE(can_be_read());
    EXPECT_TRUE(*journal_->tasks.find({1}));
}

TEST_F(Scrub, ReachesSecretsThatTheMainFileHas) {
    put_secrets();
    reopen();
    for (std::uint64_t id = 2; id < 200; ++id) ASSERT_TRUE(journal_->tasks.insert(task_of({1}, {id})));
    ASSERT_TRUE(can_be_read());
    delete_secrets();
    ASSERT_TRUE(journal_->database.scrub());
    EXPECT_FALSE(can_be_read());
}

TEST_F(Scrub, ReachesTheWholeLengthOfALongLog) {
    ASSERT_TRUE(journal_->database.begin());
    for (std::uint64_t id = 2; id < 2000; ++id) {
        auto task = task_of({1}, {id});
        task.url += std::string(4000, 'x') + kSecret;
        ASSERT_TRUE(journal_->tasks.insert(task));
    }
    ASSERT_TRUE(journal_->database.commit());
    ASSERT_TRUE(can_be_read());
    ASSERT_TRUE(journal_->database.execute("DELETE FROM tasks"));
    ASSERT_TRUE(journal_->database.scrub());
    EXPECT_FALSE(can_be_read());
}

TEST_F(Scrub, ChangesNothingElse) {
    put_secrets();
    ASSERT_TRUE(journal_->database.scrub());
    EXPECT_EQ(journal_->secrets.of(TaskId{1})->headers.size(), 2U);
    reopen();
    EXPECT_EQ(journal_->notice, "");
    EXPECT_EQ(journal_->secrets.of(TaskId{1})->headers.size(), 2U);
}

TEST_F(Scrub, CanBeFollowedByAKill) {
    put_secrets();
    ASSERT_TRUE(journal_->database.scrub());
    auto next = after_a_kill();
    EXPECT_EQ(next.notice, "");
    EXPECT_EQ(next.secrets.of(TaskId{1})->headers.size(), 2U);
}

TEST_F(Scrub, CanBeFollowedByCommitsAndAKill) {
    put_secrets();
    for (std::uint64_t id = 2; id < 6; ++id) {
        ASSERT_TRUE(journal_->database.scrub());
        ASSERT_TRUE(journal_->tasks.insert(task_of({1}, {id})));
        auto next = after_a_kill();
        EXPECT_EQ(next.notice, "");
        EXPECT_EQ(ask(next.database, "SELECT count(*) FROM tasks"), std::to_string(id));
    }
}

TEST_F(Scrub, HeadThatIsOverwrittenFirstMakesTheRestWorthless) {
    for (std::uint64_t id = 1; id < 50; ++id) ASSERT_TRUE(journal_->tasks.insert(task_of({1}, {id})));
    ASSERT_TRUE(journal_->database.execute("PRAGMA wal_checkpoint(RESTART)"));
    auto log = read_file(path_ + "-wal");
    log.replace(0, 4096, 4096, '\0');
    for (auto kept = log.size(); kept > 4096; kept /= 2) {
        auto next = after_a_power_cut(log.substr(0, kept) + std::string(log.size() - kept, '\0'));
        EXPECT_EQ(next.notice, "");
        EXPECT_EQ(ask(next.database, "SELECT count(*) FROM tasks"), "49");
    }
}

TEST_F(Scrub, IsRefusedInsideATransaction) {
    put_secrets();
    ASSERT_TRUE(journal_->database.begin());
    ASSERT_TRUE(journal_->tasks.insert(task_of({1}, {2})));
    EXPECT_FALSE(journal_->database.scrub());
    ASSERT_TRUE(journal_->database.commit());
    auto next = after_a_kill();
    EXPECT_EQ(ask(next.database, "SELECT count(*) FROM tasks"), "2");
}

TEST_F(Scrub, LeavesNoSecretWhenTheJournalIsClosed) {
    put_secrets();
    delete_secrets();
    ASSERT_TRUE(journal_->database.scrub());
    journal_.reset();
    EXPECT_FALSE(can_be_read());
}

}  // namespace
}  // namespace haul::journal
