#include "journal/events.hpp"

#include "unit/journal/open_journal.hpp"

namespace haul::journal {
namespace {

using model::EventType;

class EventTable : public JournalTest {
protected:
    void put(SessionId session, std::uint64_t number, TaskId task, EventType type, std::int64_t time = 5) {
        ASSERT_TRUE(journal_->events.insert(session, {.number = {number},
                                                      .task = task,
                                                      .type = type,
                                                      .time = to_wall_time(time),
                                                      .details = {{"path", std::string{"/d"}}}}));
    }
};

TEST_F(EventTable, QueuesAreOfTheirSession) {
    put({1}, 1, {10}, EventType::FinishedDownloading);
    put({1}, 2, {10}, EventType::Completed);
    put({2}, 1, {11}, EventType::Failed);
    reopen();
    auto events = *journal_->events.list({1}, {0}, 10);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[1].number, EventNumber{2});
    EXPECT_EQ(events[1].task, TaskId{10});
    EXPECT_EQ(events[1].type, EventType::Completed);
    EXPECT_EQ(events[1].time, to_wall_time(5));
    EXPECT_EQ(events[1].details, (Fields{{"path", std::string{"/d"}}}));
    EXPECT_EQ(journal_->events.list({1}, {1}, 10)->size(), 1U);
    EXPECT_EQ(journal_->events.list({1}, {0}, 1)->size(), 1U);
    EXPECT_EQ(journal_->events.range({1})->first, EventNumber{1});
    EXPECT_EQ(journal_->events.range({1})->last, EventNumber{2});
    EXPECT_TRUE(journal_->events.range({3})->is_empty());
}

TEST_F(EventTable, OnlyThoseInFrontAreOlder) {
    EXPECT_EQ(*journal_->events.last_before({1}, to_wall_time(10)), EventNumber{});
    put({1}, 3, {10}, EventType::Failed, 5);
    put({1}, 4, {11}, EventType::Failed, 9);
    EXPECT_EQ(*journal_->events.last_before({1}, to_wall_time(5)), EventNumber{});
    EXPECT_EQ(*journal_->events.last_before({1}, to_wall_time(9)), EventNumber{3});
    EXPECT_EQ(*journal_->events.last_before({1}, to_wall_time(10)), EventNumber{4});
    put({1}, 5, {12}, EventType::Failed, 20);
    put({1}, 6, {13}, EventType::Failed, 7);  // the clock was set back
    EXPECT_EQ(*journal_->events.last_before({1}, to_wall_time(10)), EventNumber{4});
}

TEST_F(EventTable, NumberIsGivenOnce) {
    put({1}, 1, {10}, EventType::Failed);
    EXPECT_FALSE(journal_->events.insert(
        {1}, {.number = {1}, .task = {11}, .type = EventType::Failed, .time = {}, .details = {}}));
}

TEST_F(EventTable, EndedTasksAreThoseOfTerminalEvents) {
    put({1}, 1, {10}, EventType::ResumedFromZero);
    put({1}, 2, {11}, EventType::Cancelled);
    put({1}, 3, {12}, EventType::FinishedDownloading);
    put({1}, 4, {12}, EventType::Completed);
    put({1}, 5, {13}, EventType::Failed);
    EXPECT_EQ(*journal_->events.ended_tasks({1}, {4}), (std::vector<TaskId>{{11}, {12}}));
    ASSERT_TRUE(journal_->events.remove_up_to({1}, {4}));
    EXPECT_EQ(journal_->events.range({1})->first, EventNumber{5});
    ASSERT_TRUE(journal_->events.remove_up_to({1}, {9}));
    EXPECT_TRUE(journal_->events.range({1})->is_empty());
}

TEST_F(JournalTest, SessionsAreNamedOnceAnOwner) {
    SessionRow row{.id = {},
                   .owner = {1000},
                   .identifier = "s",
                   .created = to_wall_time(7),
                   .options = std::string("\0o", 2)};
    auto first = journal_->sessions.insert(row);
    ASSERT_TRUE(first);
    EXPECT_FALSE(journal_->sessions.insert(row));
    row.owner = {1001};
    EXPECT_TRUE(journal_->sessions.insert(row));
    ASSERT_TRUE(journal_->sessions.update_options(*first, "other"));
    ASSERT_TRUE(journal_->sessions.set_acknowledged(*first, {12}));
    reopen();
    auto rows = *journal_->sessions.all();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].id, *first);
    EXPECT_EQ(rows[0].owner, OwnerId{1000});
    EXPECT_EQ(rows[0].identifier, "s");
    EXPECT_EQ(rows[0].created, to_wall_time(7));
    EXPECT_EQ(rows[0].options, "other");
    EXPECT_EQ(rows[1].options, std::string("\0o", 2));
    EXPECT_EQ(*journal_->sessions.acknowledged(*first), EventNumber{12});
    EXPECT_EQ(*journal_->sessions.acknowledged(rows[1].id), EventNumber{0});
}

}  // namespace
}  // namespace haul::journal
