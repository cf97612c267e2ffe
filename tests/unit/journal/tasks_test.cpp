#include "journal/tasks.hpp"

#include "unit/journal/open_journal.hpp"

namespace haul::journal {
namespace {

using model::Task;
using enum model::TaskState;

auto columns(const Task& t) {
    return std::make_tuple(
        std::tie(t.id, t.session, t.kind, t.state, t.reason, t.blocked, t.url, t.destination, t.if_exists,
                 t.priority, t.token, t.options, t.created),
        std::tie(t.deadline, t.next_attempt, t.ended, t.attempts, t.failures, t.done, t.total, t.synced,
                 t.trust, t.validator, t.status, t.error_text, t.path, t.part_inode, t.resumed_before,
                 t.has_secrets),
        std::tie(t.digest, t.modified, t.failed_resumes, t.filename, t.final_url, t.source, t.sources_tried,
                 t.dead_sources, t.part_path, t.keeps_part, t.told_disk_full));
}

Task full_task() {
    Task task = task_of({2}, {7});
    task.state = Failed;
    task.reason = model::Reason::Tls;
    task.blocked = model::Block::RetryDelay | model::Block::DiskSpace;
    task.destination = "/d/file";
    task.if_exists = model::IfExists::Rename;
    task.priority = 0.75;
    task.token = "token";
    task.options = std::string("o\0p", 3);
    task.deadline = to_wall_time(1);
    task.next_attempt = to_wall_time(2);
    task.ended = to_wall_time(3);
    task.attempts = {4};
    task.failures = 5;
    task.done = model::Coverage{6'000'000'000};
    task.done.add({6'500'000'000, 6'600'000'000});
    task.done.add({6'700'000'000, 6'700'000'001});
    task.total = 7'000'000'000;
    task.synced = model::Coverage{8};
    task.synced.add({6'500'000'000, 6'550'000'000});
    task.trust = model::PartTrust::Synced;
    task.validator = {.etag = "\"e\"", .last_modified = "yesterday"};
    task.status = 503;
    task.error_text = "it broke";
    task.path = "/d/file (1)";
    task.part_inode = UINT64_MAX;
    task.resumed_before = true;
    task.has_secrets = true;
    task.digest = "sha-256=" + std::string(64, 'a');
    task.modified = to_wall_time(4);
    task.failed_resumes = 2;
    task.filename = "name from the server";
    task.final_url = "http://mirror.example.org/file";
    task.source = 32;
    task.sources_tried = 3;
    task.dead_sources = (std::uint64_t{1} << 32U) | 1U;
    task.part_path = "/d/.haul.other.part";
    task.keeps_part = true;
    task.told_disk_full = true;
    return task;
}

TEST_F(JournalTest, TaskComesBackAsItWas) {
    auto task = full_task();
    ASSERT_TRUE(journal_->tasks.insert(task));
    reopen();
    auto found = *journal_->tasks.find(task.id);
    ASSERT_TRUE(found);
    EXPECT_EQ(columns(*found), columns(task));
}

TEST_F(JournalTest, PlainTaskComesBackAsItWas) {
    auto task = task_of({1}, {1});
    task.total = 0;  // known to be empty, which is not the same as unknown
    ASSERT_TRUE(journal_->tasks.insert(task));
    EXPECT_EQ(columns(**journal_->tasks.find({1})), columns(task));
}

TEST_F(JournalTest, UpdateWritesWhateverMayChange) {
    auto task = task_of({2}, {7});
    ASSERT_TRUE(journal_->tasks.insert(task));
    auto changed = full_task();
    ASSERT_TRUE(journal_->tasks.update(changed));
    EXPECT_EQ(columns(**journal_->tasks.find({7})), columns(changed));
    ASSERT_TRUE(journal_->tasks.update(task));
    EXPECT_EQ(columns(**journal_->tasks.find({7})), columns(task)) << "and back to nothing";
}

TEST_F(JournalTest, IdsAreNotUsedAgain) {
    for (std::uint64_t id : {1, 2, 3}) ASSERT_TRUE(journal_->tasks.insert(task_of({1}, {id})));
    ASSERT_TRUE(journal_->tasks.remove({3}));
    ASSERT_TRUE(journal_->tasks.remove({2}));
    EXPECT_EQ(journal_->tasks.next_id(), TaskId{4});
    reopen();
    EXPECT_EQ(journal_->tasks.next_id(), TaskId{4});
    ASSERT_TRUE(journal_->tasks.remove({1}));
    EXPECT_EQ(journal_->tasks.next_id(), TaskId{4});
    EXPECT_FALSE(*journal_->tasks.find({1}));
}

TEST_F(JournalTest, TokenNamesOneTaskOfItsSession) {
    auto task = task_of({1}, {1});
    task.token = "t";
    ASSERT_TRUE(journal_->tasks.insert(task));
    EXPECT_EQ(*journal_->tasks.find_token({1}, "t"), TaskId{1});
    EXPECT_EQ(*journal_->tasks.find_token({2}, "t"), std::nullopt);
    EXPECT_EQ(*journal_->tasks.find_token({1}, ""), std::nullopt);
    task.id = {2};
    EXPECT_FALSE(journal_->tasks.insert(task)) << "not even by mistake";
}

TEST_F(JournalTest, ListsAreThoseOfOneSessionInPages) {
    for (std::uint64_t id = 1; id <= 6; ++id) {
        auto task = task_of({id % 2 + 1}, {id});
        task.state = id > 3 ? Finished : Waiting;
        task.done = model::Coverage{id * 10};
        ASSERT_TRUE(journal_->tasks.insert(task));
    }
    auto ids = [&](SessionId session, std::optional<model::TaskState> state, TaskId after,
                   std::uint32_t max) {
        std::vector<std::uint64_t> found;
        auto lines = *journal_->tasks.list(session, state, after, max);
        for (const auto& line : lines) found.push_back(line.id.value);
        return found;
    };
    using Ids = std::vector<std::uint64_t>;
    EXPECT_EQ(ids({2}, {}, {0}, 100), (Ids{1, 3, 5}));
    EXPECT_EQ(ids({2}, {}, {0}, 2), (Ids{1, 3}));
    EXPECT_EQ(ids({2}, {}, {3}, 2), (Ids{5}));
    EXPECT_EQ(ids({2}, Finished, {0}, 100), (Ids{5}));
    EXPECT_EQ(ids({3}, {}, {0}, 100), Ids{});
    auto line = journal_->tasks.list({1}, {}, {0}, 1)->front();
    EXPECT_EQ(line.state, Waiting);
    EXPECT_EQ(line.done, 20U);
    EXPECT_EQ(line.total, std::nullopt);
}

TEST_F(JournalTest, WaitingOnesAreThoseOfOneSessionInPages) {
    for (std::uint64_t id = 1; id <= 10; ++id) {
        auto task = task_of({id % 2 + 1}, {id});
        task.state = id > 8 ? Running : id == 3 ? Suspended : Waiting;
        task.blocked = model::Block::NotBefore;
        task.next_attempt = WallTime{std::chrono::seconds{id}};
        task.window = "10:00-11:00";
        task.predecessors = 2;
        ASSERT_TRUE(journal_->tasks.insert(task));
    }
    auto ids = [&](SessionId session, TaskId after, std::uint32_t max) {
        std::vector<std::uint64_t> found;
        auto tasks = *journal_->tasks.waiting(session, after, max);
        for (const auto& task : tasks) found.push_back(task.id.value);
        return found;
    };
    using Ids = std::vector<std::uint64_t>;
    EXPECT_EQ(ids({2}, {0}, 100), (Ids{1, 5, 7}));
    EXPECT_EQ(ids({2}, {0}, 2), (Ids{1, 5}));
    EXPECT_EQ(ids({2}, {5}, 2), (Ids{7}));
    EXPECT_EQ(ids({3}, {0}, 100), Ids{});
    auto task = journal_->tasks.waiting({1}, {0}, 1)->front();
    EXPECT_EQ(task.id, TaskId{2});
    EXPECT_EQ(task.blocked, model::Block::NotBefore);
    EXPECT_EQ(task.next_attempt, WallTime{std::chrono::seconds{2}});
    EXPECT_EQ(task.window, "10:00-11:00");
    EXPECT_EQ(task.predecessors, 2U);
}

TEST_F(JournalTest, CountsAreThoseOfEachSession) {
    for (std::uint64_t id = 1; id <= 5; ++id)
        ASSERT_TRUE(journal_->tasks.insert(task_of({id < 3 ? 1U : 2U}, {id})));
    auto counts = *journal_->tasks.counts();
    ASSERT_EQ(counts.size(), 2U);
    EXPECT_EQ(counts[0].session, SessionId{1});
    EXPECT_EQ(counts[0].tasks, 2U);
    EXPECT_EQ(counts[1].tasks, 3U);
    EXPECT_EQ(*journal_->tasks.session_of({4}), SessionId{2});
    EXPECT_EQ(*journal_->tasks.session_of({9}), std::nullopt);
}

TEST_F(JournalTest, StatesDecideWhatThereIsToDo) {
    for (auto state : {Suspended, Waiting, Running, Publishing, Finished, Failed, Cancelled}) {
        auto task = task_of({1}, {static_cast<std::uint64_t>(state) + 1});
        task.state = state;
        if (state != Waiting) task.attempts = {1};
        ASSERT_TRUE(journal_->tasks.insert(task));
    }
    std::vector<std::uint64_t> pending;
    auto tasks = *journal_->tasks.pending({0}, 10);
    for (const auto& task : tasks) pending.push_back(task.id.value);
    EXPECT_EQ(pending, (std::vector<std::uint64_t>{2, 3, 4}));
    EXPECT_EQ(journal_->tasks.pending({0}, 2)->size(), 2U);
    EXPECT_EQ(journal_->tasks.pending({3}, 10)->size(), 1U);
    EXPECT_EQ(*journal_->tasks.interrupted(), (std::vector<TaskId>{{3}, {4}}));
    EXPECT_EQ(*journal_->tasks.with_bytes(), (std::vector<TaskId>{{1}, {3}, {4}}));
    EXPECT_EQ(*journal_->tasks.any_work(), true);
    for (std::uint64_t id : {2, 3, 4}) ASSERT_TRUE(journal_->tasks.remove({id}));
    EXPECT_EQ(*journal_->tasks.any_work(), false);
}

TEST_F(JournalTest, BytesAreAlsoThoseThatWereKeptOrTakenOver) {
    auto plain = task_of({1}, {1});
    plain.state = Cancelled;
    plain.attempts = {1};
    auto kept = plain;
    kept.id = {2};
    kept.keeps_part = true;
    auto successor = task_of({1}, {3});
    successor.part_path = "/d/.haul.other.part";
    for (const auto& task : {plain, kept, successor}) ASSERT_TRUE(journal_->tasks.insert(task));
    EXPECT_EQ(*journal_->tasks.with_bytes(), (std::vector<TaskId>{{2}, {3}}));
}

TEST_F(JournalTest, EndedTasksAreForgettableFromTheirTimeOn) {
    for (std::uint64_t id : {1, 2}) ASSERT_TRUE(journal_->tasks.insert(task_of({1}, {id})));
    ASSERT_TRUE(journal_->tasks.set_forget_after({1}, to_wall_time(100)));
    ASSERT_TRUE(journal_->tasks.set_forget_after({1}, to_wall_time(500)));  // the first time counts
    EXPECT_TRUE(journal_->tasks.forgettable(to_wall_time(99), 10)->empty());
    EXPECT_EQ(*journal_->tasks.forgettable(to_wall_time(101), 10), (std::vector<TaskId>{{1}}));
    EXPECT_TRUE(journal_->tasks.forgettable(to_wall_time(101), 0)->empty());
}

}  // namespace
}  // namespace haul::journal
