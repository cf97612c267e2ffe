// Who asks: credentials that a task waits for, or has from the beginning.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

using model::AuthScheme;
using Words = std::vector<std::string>;

class Credentials : public ControlTest {
protected:
    Credentials() { transfers_->entities[kUrl] = {.size = 1000, .wants_credentials = true}; }
};

TEST_F(Credentials, AreAskedForAndThenTheTaskGoesOn) {
    auto id = must_start({{"token", std::string{"t"}}});
    EXPECT_EQ(state(id), "waiting");
    EXPECT_EQ(task(id).blocked, model::Block::Credentials);
    EXPECT_EQ(*find(*control_->task_details(kMe, id), "blocked-by"),
              (Value{std::vector<std::string>{"credentials"}}));
    auto told = *control_->events(kMe, task(id).session, {0}, 0);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(*find(told[0].details, "scheme"), Value{std::string{"basic"}});
    EXPECT_EQ(*find(told[0].details, "schemes"), (Value{std::vector<std::string>{"basic"}}));
    EXPECT_EQ(*find(told[0].details, "realm"), Value{std::string{"here"}});
    EXPECT_EQ(*find(told[0].details, "proxy"), Value{false});
    EXPECT_EQ(*find(told[0].details, "status"), Value{std::uint16_t{401}});
    pass(std::chrono::hours{1});
    EXPECT_EQ(transfers_->started.size(), 1U) << "time alone changes nothing";
    ASSERT_TRUE(control_->provide_credential(kMe, id, "", "user", "word"));
    settle();
    EXPECT_EQ(state(id), "finished");
    EXPECT_EQ(transfers_->started.back().secrets.server.user, "user");
    EXPECT_EQ(transfers_->started.back().secrets.server.secret, "word");
    EXPECT_TRUE(journal_->secrets.of(id)->is_empty()) << "they go with the task's end";
}

TEST_F(Credentials, MayBeGivenBeforeTheTaskIsResumed) {
    auto id = must_create();
    ASSERT_TRUE(control_->provide_credential(kMe, id, "digest", "user", "word"));
    settle();
    EXPECT_EQ(state(id), "suspended");
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    EXPECT_EQ(state(id), "finished");
    EXPECT_EQ(transfers_->started.at(0).secrets.server.scheme, AuthScheme::Digest);
    EXPECT_EQ(events(task(id).session), (Words{"finished-downloading", "completed"}));
}

TEST_F(Credentials, OutliveTheProcess) {
    auto id = must_create();
    ASSERT_TRUE(control_->provide_credential(kMe, id, "bearer", "", "token"));
    settle();
    crash();
    boot();
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    EXPECT_EQ(transfers_->started.at(0).secrets.server.scheme, AuthScheme::Bearer);
    EXPECT_EQ(state(id), "finished");
}

TEST_F(Credentials, BlockOutlivesTheProcess) {
    auto id = must_start();
    crash();
    boot();
    settle();
    EXPECT_EQ(task(id).blocked, model::Block::Credentials);
    EXPECT_TRUE(transfers_->started.empty());
    ASSERT_TRUE(control_->provide_credential(kMe, id, "basic", "user", "word"));
    settle();
    EXPECT_EQ(state(id), "finished");
}

TEST_F(Credentials, HeaderOfABlockedTaskLetsItGoOn) {
    auto id = must_start();
    transfers_->entities[kUrl].wants_credentials = false;
    ASSERT_TRUE(control_->set_header(kMe, id, "Authorization", "Custom sEcReT"));
    settle();
    EXPECT_EQ(state(id), "finished");
    EXPECT_EQ(transfers_->started.back().secrets.headers.at(0).value, "Custom sEcReT");
}

TEST_F(Credentials, OfTheProxyAreItsOwn) {
    auto id = must_create();
    ASSERT_TRUE(control_->provide_credential(kMe, id, "proxy-basic", "proxy", "word"));
    ASSERT_TRUE(control_->provide_credential(kMe, id, "basic", "user", "word"));
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    EXPECT_EQ(transfers_->started.at(0).secrets.proxy_login.user, "proxy");
    EXPECT_EQ(transfers_->started.at(0).secrets.server.user, "user");
}

TEST_F(Credentials, WithoutASchemeGoToWhoeverAsked) {
    transfers_->entities[kUrl] = {.size = 1000, .stalls_after = 1};
    auto id = must_start();
    control_->on_transfer(
        {.task = id,
         .attempt = {1},
         .fact = model::fact::Interrupted{.ending = model::fact::Ending::Credentials,
                                          .reason = model::Reason::Credentials,
                                          .challenges = {{"basic", "proxy"}},
                                          .entity = {.status = model::kProxyAuthenticationRequired}},
         .last = true});
    settle();
    auto told = *control_->events(kMe, task(id).session, {0}, 0);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(*find(told[0].details, "proxy"), Value{true});
    ASSERT_TRUE(control_->provide_credential(kMe, id, "", "user", "word"));
    settle();
    EXPECT_EQ(journal_->secrets.of(id)->proxy_login.user, "user");
    EXPECT_FALSE(journal_->secrets.of(id)->server.is_given());
}

TEST_F(Credentials, AreRefusedWhereTheyMeanNothing) {
    auto id = must_start();
    const std::tuple<const char*, std::string, std::string> refused[]{
        {"ntlm", "user", "sEcReT"},       {"Basic ", "user", "sEcReT"},
        {"basic", "us:er", "sEcReT"},     {"basic", "us\ner", "sEcReT"},
        {"bearer", "", "sEcReT\r\nX: y"}, {"basic", "user", std::string(model::kMaxCredential + 1, 's')},
        {"bearer", "", std::string{}},
    };
    for (const auto& [scheme, user, secret] : refused) {
        auto given = control_->provide_credential(kMe, id, scheme, user, secret);
        ASSERT_FALSE(given) << scheme << " " << user;
        EXPECT_EQ(given.error().code, ErrorCode::InvalidArgument) << scheme << " " << user;
        EXPECT_EQ(given.error().message.find("sEcReT"), std::string::npos) << given.error().message;
    }
    settle();
    EXPECT_EQ(transfers_->started.size(), 1U);
    transfers_->entities[kUrl] = {.size = 1000, .stalls_after = 1};
    ASSERT_TRUE(control_->provide_credential(kMe, id, "", "user", "word"));
    settle();
    ASSERT_EQ(state(id), "running");
    EXPECT_EQ(code_of(control_->provide_credential(kMe, id, "", "user", "word")), ErrorCode::InvalidState);
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Cancel{}));
    settle();
    EXPECT_EQ(code_of(control_->provide_credential(kMe, id, "", "user", "word")), ErrorCode::InvalidState);
}

TEST_F(Credentials, LeaveNoByteInTheJournalsFile) {
    auto id = must_create();
    ASSERT_TRUE(control_->provide_credential(kMe, id, "basic", "user", "sEcReT"));
    settle();
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    ASSERT_EQ(state(id), "finished");
    ASSERT_TRUE(control_->needs_scrub());
    control_->scrub();
    for (const char* suffix : {"", "-wal"})
        EXPECT_EQ(read_file(path_ + suffix).find("sEcReT"), std::string::npos) << suffix;
}

}  // namespace
}  // namespace haul::control
