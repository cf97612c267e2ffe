// Journals of daemons before this one.

#include "journal/migrations.hpp"

#include "unit/journal/first_schema.hpp"
#include "unit/journal/open_journal.hpp"
#include "unit/journal/second_schema.hpp"

namespace haul::journal {
namespace {

using enum model::TaskState;
using std::chrono::hours;

constexpr std::int64_t kAcknowledged = 1'700'000'000'000'000;

/// One session; a task that waits with bytes, one that has ended and was acknowledged, and one that was not.
const std::string kRows = R"sql(
INSERT INTO meta VALUES('last-task', 40);
INSERT INTO sessions VALUES(1, 1000, 's', 5, NULL, 3);
INSERT INTO session_headers VALUES(1, 0, 'S', 'session');
INSERT INTO tasks(id,session,kind,state,blocked,url,destination,created,attempts,done,total,synced,trust,etag,flags)
  VALUES(7, 1, 0, 1, 1, 'http://example.org/7', '/d/file', 6, 2, 500, 1000, 200, 0, '"one"', 3);
INSERT INTO tasks(id,session,kind,state,reason,url,created,ended,acknowledged)
  VALUES(8, 1, 0, 5, 1, 'http://example.org/8', 6, 7, 1700000000000000);
INSERT INTO tasks(id,session,kind,state,url,created,ended) VALUES(9, 1, 0, 4, 'http://example.org/9', 6, 7);
INSERT INTO headers VALUES(7, 0, 'Authorization', 'secret');
INSERT INTO events VALUES(1, 4, 8, 2, 7, NULL);
INSERT INTO discards VALUES(2, '/d/.haul.8.part');
)sql";

class Migration : public testing::Test {
protected:
    Migration() { make_first_journal(path_, kRows); }

    void expect_all_there(const Journal& journal) {
        auto task = *journal.tasks.find({7});
        ASSERT_TRUE(task);
        EXPECT_EQ(task->state, Waiting);
        EXPECT_EQ(task->url, "http://example.org/7");
        EXPECT_EQ(task->done, model::Coverage{500});
        EXPECT_EQ(task->synced, model::Coverage{200});
        EXPECT_EQ(task->total, 1000U);
        EXPECT_EQ(task->validator.etag, "\"one\"");
        EXPECT_EQ(task->trust, model::PartTrust::Size);
        EXPECT_EQ(task->source, 0U);
        EXPECT_EQ(task->dead_sources, 0U);
        EXPECT_EQ(task->part_path, "");
        EXPECT_EQ(task->modified, std::nullopt);
        EXPECT_FALSE(task->keeps_part);
        auto secrets = *journal.secrets.of(TaskId{7});
        ASSERT_EQ(secrets.headers.size(), 1U);
        EXPECT_EQ(secrets.headers.front().value, "secret");
        EXPECT_EQ(journal.secrets.of(SessionId{1})->headers.size(), 1U);
        EXPECT_EQ(journal.sessions.all()->size(), 1U);
        EXPECT_EQ(*journal.sessions.acknowledged({1}), EventNumber{3});
        EXPECT_EQ(journal.events.list({1}, {0}, 10)->size(), 1U);
        EXPECT_EQ(journal.discards.all()->size(), 1U);
        EXPECT_TRUE(journal.metrics.of({7})->empty());
    }
    /// An end that was acknowledged is kept for a day; that was computed later in schema 1.
    void expect_kept_for_a_day(const Journal& journal) {
        auto day = to_wall_time(kAcknowledged) + hours{24};
        EXPECT_TRUE(journal.tasks.forgettable(day - hours{1}, 10)->empty());
        EXPECT_EQ(*journal.tasks.forgettable(day + hours{1}, 10), (std::vector<TaskId>{{8}}));
    }

    TempDir dir_{TempDir::Where::Memory};
    std::string path_ = dir_ / "journal.sqlite";
};

TEST_F(Migration, FirstJournalKeepsItsRows) {
    auto journal = must_open(path_);
    EXPECT_EQ(journal.notice, "");
    EXPECT_EQ(*schema_version(journal.database.handle()), newest_schema());
    expect_all_there(journal);
    EXPECT_EQ(journal.tasks.next_id()->value, 41U);
}

TEST_F(Migration, EndedTasksOfTheFirstJournalAreForgottenADayAfterTheirAcknowledgement) {
    expect_kept_for_a_day(must_open(path_));
}

TEST_F(Migration, MigratedJournalIsWrittenAndReadAgain) {
    {
        auto journal = must_open(path_);
        auto task = **journal.tasks.find({7});
        task.done.add({600, 700});
        task.filename = "name";
        ASSERT_TRUE(journal.tasks.update(task));
    }
    auto journal = must_open(path_);
    auto task = **journal.tasks.find({7});
    EXPECT_EQ(task.done.bytes(), 600U);
    EXPECT_EQ(task.done.islands().size(), 1U);
    EXPECT_EQ(task.filename, "name");
}

/// One session; a download with islands that waits, with secrets and metrics; one that may be forgotten; and
/// one that left its bytes behind.
const std::string kSecondRows = R"sql(
INSERT INTO meta VALUES('last-task', 40);
INSERT INTO sessions VALUES(1, 1000, 's', 5, NULL, 3);
INSERT INTO tasks(id,session,kind,state,blocked,url,destination,created,attempts,done,total,trust,etag,flags,
    digest,filename,source,dead_sources)
  VALUES(7, 1, 0, 1, 1, 'http://example.org/7', '/d/', 6, 2, 500, 1000, 2, '"one"', 16 + 2, 'sha-256=aa', 'name',
    2, 1);
INSERT INTO tasks(id,session,kind,state,reason,url,created,ended,forget_after)
  VALUES(8, 1, 0, 5, 1, 'http://example.org/8', 6, 7, 1700000000000000);
INSERT INTO tasks(id,session,kind,state,reason,url,created,attempts,done,part_path,flags)
  VALUES(9, 1, 0, 6, 11, 'http://example.org/9', 6, 1, 5, '/d/.haul.9.part', 4);
INSERT INTO headers VALUES(7, 0, 'Authorization', 'secret');
INSERT INTO events VALUES(1, 4, 8, 2, 7, NULL);
INSERT INTO metrics(task,attempt,position,url,status,total) VALUES(7, 1, 0, 'http://example.org/7', 206, 9);
INSERT INTO discards VALUES(2, '/d/.haul.8.part');
)sql";

class MigrationOfTheSecond : public testing::Test {
protected:
    MigrationOfTheSecond() { make_second_journal(path_, kSecondRows); }

    TempDir dir_{TempDir::Where::Memory};
    std::string path_ = dir_ / "journal.sqlite";
};

TEST_F(MigrationOfTheSecond, KeepsItsRows) {
    auto journal = must_open(path_);
    EXPECT_EQ(journal.notice, "");
    EXPECT_EQ(*schema_version(journal.database.handle()), newest_schema());
    auto task = **journal.tasks.find({7});
    EXPECT_EQ(task.kind, model::TaskKind::Download);
    EXPECT_EQ(task.done, model::Coverage{500});
    EXPECT_EQ(task.trust, model::PartTrust::Covered);
    EXPECT_EQ(task.digest, "sha-256=aa");
    EXPECT_EQ(task.filename, "name");
    EXPECT_EQ(task.source, 2U);
    EXPECT_EQ(task.dead_sources, 1U);
    EXPECT_TRUE(task.has_lane_trouble);
    EXPECT_TRUE((**journal.tasks.find({9})).keeps_part);
    EXPECT_EQ(journal.secrets.of(TaskId{7})->headers.at(0).value, "secret");
    EXPECT_EQ(journal.metrics.of({7})->size(), 1U);
    EXPECT_EQ(journal.events.list({1}, {0}, 10)->size(), 1U);
    EXPECT_EQ(journal.discards.all()->size(), 1U);
    EXPECT_EQ(journal.tasks.next_id()->value, 41U);
}

TEST_F(MigrationOfTheSecond, IsToForgetWhatItWasToForgetAtThatTime) {
    auto journal = must_open(path_);
    EXPECT_TRUE(journal.tasks.forgettable(to_wall_time(kAcknowledged), 10)->empty());
    EXPECT_EQ(*journal.tasks.forgettable(to_wall_time(kAcknowledged + 1), 10), (std::vector<TaskId>{{8}}));
}

TEST_F(MigrationOfTheSecond, HasNoUploadsAndTakesThem) {
    {
        auto journal = must_open(path_);
        EXPECT_TRUE(journal.tasks.spooled()->empty());
        EXPECT_FALSE(*journal.replies.of({7}));
        auto task = task_of({1}, {41});
        task.kind = model::TaskKind::Upload;
        task.source_file = {.path = "/s/file", .identity = {.size = 5}};
        ASSERT_TRUE(journal.tasks.insert(task));
        ASSERT_TRUE(journal.replies.put({41}, {.status = 200, .fields = {}, .body = "answer"}));
    }
    auto journal = must_open(path_);
    EXPECT_EQ((**journal.tasks.find({41})).source_file.path, "/s/file");
    EXPECT_EQ((**journal.replies.of({41})).body, "answer");
}

class SalvageOfTheFirst : public Migration {
protected:
    /// Damages the page of a task that is not looked at.
    SalvageOfTheFirst() {
        sqlite3* db = nullptr;
        sqlite3_open(path_.c_str(), &db);
        std::string rows = "BEGIN;";
        for (int id = 100; id < 1100; ++id)
            rows += "INSERT INTO tasks(id,session,kind,state,url,created) VALUES(" + std::to_string(id) +
                    ",1,0,0,'http://example.org/many/" + std::to_string(id) + "',1);";
        rows += "COMMIT;";
        EXPECT_EQ(sqlite3_exec(db, rows.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(db);
        auto bytes = read_file(path_);
        constexpr std::size_t kPage = 4096;
        auto page = bytes.find("http://example.org/many/600") / kPage * kPage;
        for (std::size_t i = 0; i < kPage; ++i) bytes[page + i] = static_cast<char>(i * 7);
        write_file(path_, bytes);
    }
};

TEST_F(SalvageOfTheFirst, CarriesItsRowsOver) {
    auto journal = must_open(path_);
    EXPECT_NE(journal.notice, "");
    expect_all_there(journal);
    EXPECT_GT(journal.tasks.counts()->front().tasks, 500U);
}

TEST_F(SalvageOfTheFirst, KeepsAcknowledgedEndsForADayToo) {
    expect_kept_for_a_day(must_open(path_));
}

}  // namespace
}  // namespace haul::journal
