// Uploads in the journal: their rows, what they have in the spool, and the answers to them.

#include "unit/journal/open_journal.hpp"

namespace haul::journal {
namespace {

using enum model::TaskState;

model::Task upload_of(SessionId session, TaskId id, model::TaskState state = Running) {
    auto task = task_of(session, id);
    task.kind = model::TaskKind::Upload;
    task.state = state;
    task.source_file = {.path = "/spool/" + std::to_string(id.value) + ".source",
                        .identity = {.device = 1,
                                     .inode = UINT64_MAX,
                                     .size = 1000 * id.value,
                                     .modified_ns = 2,
                                     .changed_ns = 3},
                        .is_spooled = true};
    task.upload = {.protocol = model::UploadProtocol::Ietf,
                   .url = "http://example.org/u/1",
                   .offset = 500,
                   .furthest = 500};
    task.told_missing = true;
    return task;
}

auto upload_columns(const model::Task& task) {
    return std::tie(task.kind, task.source_file.path, task.source_file.identity, task.source_file.is_spooled,
                    task.upload, task.told_missing);
}

TEST_F(JournalTest, UploadComesBackAsItWas) {
    auto task = upload_of({2}, {7});
    ASSERT_TRUE(journal_->tasks.insert(task));
    reopen();
    auto found = *journal_->tasks.find({7});
    ASSERT_TRUE(found);
    EXPECT_EQ(upload_columns(*found), upload_columns(task));
    EXPECT_EQ(journal_->tasks.list({2}, {}, {0}, 1)->front().kind, model::TaskKind::Upload);
}

TEST_F(JournalTest, UpdateWritesHowFarAnUploadIs) {
    auto task = upload_of({2}, {7});
    ASSERT_TRUE(journal_->tasks.insert(task));
    task.upload.offset = 700;
    task.upload.may_be_there = true;
    task.source_file.identity.device = 0;
    task.told_missing = false;
    ASSERT_TRUE(journal_->tasks.update(task));
    EXPECT_EQ(upload_columns(**journal_->tasks.find({7})), upload_columns(task));
    task.upload = {.protocol = task.upload.protocol};
    ASSERT_TRUE(journal_->tasks.update(task));
    EXPECT_EQ(upload_columns(**journal_->tasks.find({7})), upload_columns(task)) << "its URL goes";
}

TEST_F(JournalTest, DownloadHasNothingOfUploads) {
    auto task = upload_of({2}, {7});
    task.kind = model::TaskKind::Download;
    ASSERT_TRUE(journal_->tasks.insert(task));
    auto found = **journal_->tasks.find({7});
    EXPECT_EQ(found.source_file.path, "");
    EXPECT_EQ(found.upload, model::UploadState{});
    EXPECT_EQ(
        ask(journal_->database, "SELECT coalesce(source_path,source_identity,upload,'nothing') FROM tasks"),
        "nothing");
    EXPECT_TRUE(journal_->tasks.spooled()->empty());
}

TEST_F(JournalTest, DamagedColumnsOfUploadsAreNothing) {
    ASSERT_TRUE(journal_->tasks.insert(upload_of({2}, {7})));
    ASSERT_TRUE(journal_->database.execute("UPDATE tasks SET upload=x'ffff', source_identity=x'00ff'"));
    auto found = **journal_->tasks.find({7});
    EXPECT_EQ(found.upload, model::UploadState{});
    EXPECT_EQ(found.source_file.identity, model::FileIdentity{});
    EXPECT_EQ(found.source_file.path, "/spool/7.source");
}

TEST_F(JournalTest, SpooledAreTheCopiesOfUploadsThatHaveNotEnded) {
    for (auto state : {Suspended, Waiting, Running, Finished, Failed, Cancelled})
        ASSERT_TRUE(journal_->tasks.insert(upload_of({2}, {static_cast<std::uint64_t>(state) + 1}, state)));
    auto original = upload_of({2}, {20});
    original.source_file.is_spooled = false;
    ASSERT_TRUE(journal_->tasks.insert(original));
    ASSERT_TRUE(journal_->tasks.insert(task_of({2}, {21})));
    auto spooled = *journal_->tasks.spooled();
    ASSERT_EQ(spooled.size(), 3U);
    std::sort(spooled.begin(), spooled.end(), [](const auto& a, const auto& b) { return a.size < b.size; });
    EXPECT_EQ(spooled[0].path, "/spool/1.source");
    EXPECT_EQ(spooled[0].size, 1000U);
    EXPECT_EQ(spooled[0].session, SessionId{2});
    EXPECT_EQ(spooled[2].size, 3000U);
}

TEST_F(JournalTest, UploadsAreLookedAtAfterAnotherBootEvenBeforeTheirFirstAttempt) {
    ASSERT_TRUE(journal_->tasks.insert(upload_of({2}, {1}, Suspended)));
    ASSERT_TRUE(journal_->tasks.insert(upload_of({2}, {2}, Finished)));
    ASSERT_TRUE(journal_->tasks.insert(task_of({2}, {3})));
    EXPECT_EQ(*journal_->tasks.with_bytes(), (std::vector<TaskId>{{1}})) << "its source's device number";
}

// --- replies ---

std::string text_of(const model::Reply& reply) {
    auto text = std::to_string(reply.status);
    for (const auto& field : reply.fields) text += "|" + field.name + ":" + field.value;
    return text + "|" + reply.body + (reply.is_truncated ? "..." : "");
}

TEST_F(JournalTest, ReplyComesBackAsItWas) {
    model::Reply reply{.status = 201,
                       .fields = {{"B", "2"}, {"A", ""}, {"B", "3"}, {"latin", "\xe9"}},
                       .body = std::string("a\0b\xff", 4),
                       .is_truncated = true};
    ASSERT_TRUE(journal_->replies.put({7}, reply));
    ASSERT_TRUE(journal_->replies.put({8}, {}));
    reopen();
    EXPECT_EQ(text_of(**journal_->replies.of({7})), text_of(reply));
    EXPECT_EQ(text_of(**journal_->replies.of({8})), "0|");
    EXPECT_FALSE(*journal_->replies.of({9}));
}

TEST_F(JournalTest, LaterReplyIsTheOneThatCounts) {
    ASSERT_TRUE(journal_->replies.put({7}, {.status = 500, .fields = {{"A", "1"}}, .body = "trouble"}));
    ASSERT_TRUE(journal_->replies.put({7}, {.status = 200, .fields = {}, .body = ""}));
    EXPECT_EQ(text_of(**journal_->replies.of({7})), "200|");
    ASSERT_TRUE(journal_->replies.remove({7}));
    ASSERT_TRUE(journal_->replies.remove({7})) << "twice does no harm";
    EXPECT_FALSE(*journal_->replies.of({7}));
}

TEST_F(JournalTest, DamagedFieldsOfAReplyAreNone) {
    ASSERT_TRUE(journal_->replies.put({7}, {.status = 200, .fields = {{"A", "1"}}, .body = "all the same"}));
    ASSERT_TRUE(journal_->database.execute("UPDATE replies SET fields=x'ffffff'"));
    EXPECT_EQ(text_of(**journal_->replies.of({7})), "200|all the same");
}

}  // namespace
}  // namespace haul::journal
