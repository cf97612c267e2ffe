#include "journal/headers.hpp"

#include "unit/journal/open_journal.hpp"

namespace haul::journal {
namespace {

std::string shown(const Result<model::Headers>& headers) {
    std::string text;
    for (const auto& header : *headers) text += header.name + "=" + header.value + ";";
    return text;
}

TEST_F(JournalTest, HeadersKeepTheirOrderAndTheirOwner) {
    ASSERT_TRUE(journal_->headers.replace(TaskId{1}, {{"B", "2"}, {"A", "1"}, {"B", ""}}));
    ASSERT_TRUE(journal_->headers.replace(SessionId{1}, {{"S", "session"}}));
    reopen();
    EXPECT_EQ(shown(journal_->headers.of(TaskId{1})), "B=2;A=1;B=;");
    EXPECT_EQ(shown(journal_->headers.of(SessionId{1})), "S=session;");
    EXPECT_EQ(shown(journal_->headers.of(TaskId{2})), "");
}

TEST_F(JournalTest, ReplacedHeadersAreGone) {
    ASSERT_TRUE(journal_->headers.replace(TaskId{1}, {{"A", "1"}, {"B", "2"}}));
    ASSERT_TRUE(journal_->headers.replace(TaskId{1}, {{"C", "3"}}));
    EXPECT_EQ(shown(journal_->headers.of(TaskId{1})), "C=3;");
    ASSERT_TRUE(journal_->headers.replace(TaskId{1}, {}));
    EXPECT_EQ(shown(journal_->headers.of(TaskId{1})), "");
}

TEST_F(JournalTest, DiscardsWaitUntilTheyAreDone) {
    auto first = journal_->discards.insert("/d/.haul.1.part");
    auto second = journal_->discards.insert("/d/.haul.2.part");
    ASSERT_TRUE(first && second);
    EXPECT_NE(first->number, second->number);
    ASSERT_TRUE(journal_->discards.remove(first->number));
    reopen();
    auto left = *journal_->discards.all();
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0].number, second->number);
    EXPECT_EQ(left[0].path, "/d/.haul.2.part");
}

}  // namespace
}  // namespace haul::journal
