#include "journal/secrets.hpp"

#include "unit/journal/open_journal.hpp"

namespace haul::journal {
namespace {

using model::AuthScheme;
using model::Secrets;

auto parts(const Secrets& secrets) {
    std::string headers;
    for (const auto& header : secrets.headers) headers += header.name + "=" + header.value + ";";
    auto credential = [](const model::Credential& one) {
        return std::make_tuple(one.scheme, one.user, one.secret);
    };
    return std::make_tuple(headers, credential(secrets.server), credential(secrets.proxy_login),
                           secrets.proxy, secrets.mirrors, secrets.part_urls, secrets.abort_url);
}

Secrets all_secrets() {
    return {.headers = {{"B", "2"}, {"A", "1"}, {"B", ""}},
            .server = {AuthScheme::Digest, "user", "word"},
            .proxy_login = {AuthScheme::Basic, "proxy user", "proxy word"},
            .proxy = "http://user:word@proxy",
            .mirrors = std::vector<std::string>{"http://a/?token=1", "http://b/"},
            .part_urls = std::vector<std::string>{"http://a/?part=1&sign=x", "http://a/?part=2&sign=y"},
            .abort_url = "http://a/?sign=z"};
}

TEST_F(JournalTest, SecretsComeBackAsTheyWere) {
    ASSERT_TRUE(journal_->secrets.replace(TaskId{1}, all_secrets()));
    ASSERT_TRUE(journal_->secrets.replace(SessionId{1}, {.proxy = "http://other"}));
    reopen();
    EXPECT_EQ(parts(*journal_->secrets.of(TaskId{1})), parts(all_secrets()));
    EXPECT_EQ(parts(*journal_->secrets.of(SessionId{1})), parts({.proxy = "http://other"}));
    EXPECT_TRUE(journal_->secrets.of(TaskId{2})->is_empty()) << "they are their owner's alone";
}

TEST_F(JournalTest, BearerHasASecretAndNoUser) {
    Secrets secrets{.server = {AuthScheme::Bearer, "", "token"}};
    ASSERT_TRUE(journal_->secrets.replace(TaskId{1}, secrets));
    EXPECT_EQ(parts(*journal_->secrets.of(TaskId{1})), parts(secrets));
}

TEST_F(JournalTest, EmptyListOfMirrorsIsAListAllTheSame) {
    Secrets secrets{.mirrors = std::vector<std::string>{}};
    ASSERT_TRUE(journal_->secrets.replace(TaskId{1}, secrets));
    EXPECT_EQ(parts(*journal_->secrets.of(TaskId{1})), parts(secrets));
}

TEST_F(JournalTest, UrlsOfPartsAreSecretsOfTheirOwn) {
    Secrets parts_alone{.part_urls = std::vector<std::string>{"http://a/1"}};
    Secrets abort_alone{.abort_url = "http://a/abort"};
    EXPECT_FALSE(parts_alone.is_empty());
    EXPECT_FALSE(abort_alone.is_empty());
    ASSERT_TRUE(journal_->secrets.replace(TaskId{1}, parts_alone));
    ASSERT_TRUE(journal_->secrets.replace(TaskId{2}, abort_alone));
    EXPECT_EQ(parts(*journal_->secrets.of(TaskId{1})), parts(parts_alone));
    EXPECT_EQ(parts(*journal_->secrets.of(TaskId{2})), parts(abort_alone));
}

TEST_F(JournalTest, ReplacedSecretsAreGone) {
    ASSERT_TRUE(journal_->secrets.replace(TaskId{1}, all_secrets()));
    ASSERT_TRUE(journal_->secrets.replace(TaskId{1}, {.headers = {{"C", "3"}}}));
    EXPECT_EQ(parts(*journal_->secrets.of(TaskId{1})), parts({.headers = {{"C", "3"}}}));
    ASSERT_TRUE(journal_->secrets.replace(TaskId{1}, {}));
    EXPECT_TRUE(journal_->secrets.of(TaskId{1})->is_empty());
    EXPECT_EQ(ask(journal_->database, "SELECT count(*) FROM secrets"), "0") << "not even an empty row";
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
