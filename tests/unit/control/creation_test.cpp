// Creating tasks: what is refused, all or none, tokens and limits.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

class CreationTest : public ControlTest {
protected:
    std::size_t tasks_of(SessionId session) { return journal_->tasks.list(session, {}, {0}, 1000)->size(); }
    SessionId session_ = open_session();
};

TEST_F(CreationTest, GivesRisingIdsThatAreNeverUsedAgain) {
    auto first = must_create();
    auto second = must_create();
    EXPECT_GT(second, first);
    ASSERT_TRUE(control_->command(kMe, second, model::fact::Cancel{}));
    settle();
    ASSERT_TRUE(control_->remove(kMe, second));
    settle();
    crash();
    boot();
    EXPECT_GT(must_create(), second);
}

TEST_F(CreationTest, RefusesWhatCannotBe) {
    const std::pair<CreateRequest, ErrorCode> requests[]{
        {{.kind = "upload", .url = kUrl}, ErrorCode::InvalidArgument},
        {{.kind = "websocket", .url = kUrl}, ErrorCode::InvalidArgument},
        {{.kind = "teleport", .url = kUrl}, ErrorCode::InvalidArgument},
        {{.kind = "", .url = kUrl}, ErrorCode::InvalidArgument},
        {{.url = "ftp://example.org/"}, ErrorCode::InvalidArgument},
        {{.url = ""}, ErrorCode::InvalidArgument},
        {{.url = kUrl, .options = {{"nonsense", true}}}, ErrorCode::InvalidArgument},
        {{.url = kUrl, .options = {{"method", std::string{"PUT"}}}}, ErrorCode::InvalidArgument},
        {{.url = kUrl, .options = {{"file", std::string{"/s/file"}}}}, ErrorCode::InvalidArgument},
        {{.url = kUrl, .options = {{"checksum", std::string{"x"}}}}, ErrorCode::InvalidArgument},
        {{.url = kUrl, .options = {{"destination-fd", true}}}, ErrorCode::NotSupported},
        {{.url = kUrl, .options = {{"window", std::string{"22:00-22:00"}}}}, ErrorCode::InvalidArgument},
        {{.url = kUrl, .options = {{"filename", std::string{"x"}}}}, ErrorCode::InvalidArgument},
        {{.url = kUrl, .options = {{"destination", std::string{"/d/file"}}, {"filename", std::string{"x"}}}},
         ErrorCode::InvalidArgument},
        {{.url = kUrl, .options = {{"destination", std::string{"relative"}}}}, ErrorCode::InvalidArgument},
        {{.url = kUrl, .options = {{"destination", std::string{"/denied/file"}}}},
         ErrorCode::DestinationDenied}};
    for (const auto& [request, code] : requests) {
        EXPECT_EQ(code_of(control_->create(kMe, session_, {request})), code)
            << request.kind << " " << request.url;
        settle();
    }
    EXPECT_EQ(tasks_of(session_), 0U);
}

TEST_F(CreationTest, ExistingDestinationIsRefusedUnlessToldOtherwise) {
    disk_.open("/d/file");
    Fields options{{"destination", std::string{"/d/file"}}};
    EXPECT_EQ(code_of(create(session_, options)), ErrorCode::DestinationExists);
    options.push_back({"if-exists", std::string{"rename"}});
    EXPECT_TRUE(create(session_, options));
}

TEST_F(CreationTest, DestinationIsForTheDaemonsOwnUserAlone) {
    auto session = open_session("s", kStranger);
    EXPECT_EQ(code_of(create(session, {{"destination", std::string{"/d/file"}}}, kUrl, kStranger)),
              ErrorCode::DestinationDenied);
    EXPECT_TRUE(create(session, {}, kUrl, kStranger));
}

TEST_F(CreationTest, FilesToReadAreForTheDaemonsOwnUserAlone) {
    auto session = open_session("s", kStranger);
    for (const char* key : {"ca-file", "client-cert", "client-key"}) {
        Fields options{{key, std::string{"/etc/shadow"}}};
        EXPECT_EQ(code_of(create(session, options, kUrl, kStranger)), ErrorCode::NotPermitted) << key;
        EXPECT_EQ(code_of(control_->open_session(kStranger, "other", options)), ErrorCode::NotPermitted)
            << key;
        EXPECT_TRUE(create(session_, options)) << key;
    }
}

TEST_F(CreationTest, DirectoryIsADestination) {
    auto id = must_create({{"destination", std::string{"/d/"}}});
    EXPECT_EQ(task(id).destination, "/d/");
    EXPECT_EQ(task(id).if_exists, model::IfExists::Rename);
    id = must_create({{"destination", std::string{"/d/"}}, {"if-exists", std::string{"fail"}}});
    EXPECT_EQ(task(id).if_exists, model::IfExists::Fail);
    id = must_create({{"destination", std::string{"/d/"}}, {"filename", std::string{"name"}}});
    EXPECT_EQ(task(id).destination, "/d/name");
    EXPECT_EQ(task(id).if_exists, model::IfExists::Fail);
}

TEST_F(CreationTest, ManyAreAllOrNone) {
    std::vector<CreateRequest> requests(5, {.url = kUrl, .options = {{"start", true}}});
    requests[3].url = "ftp://example.org/";
    auto refused = control_->create(kMe, session_, requests);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("4 of 5"), std::string::npos) << refused.error().message;
    settle();
    EXPECT_EQ(tasks_of(session_), 0U);
    EXPECT_TRUE(transfers_->started.empty());
    requests[3].url = kUrl;
    auto created = control_->create(kMe, session_, requests);
    ASSERT_TRUE(created) << created.error().message;
    settle();
    EXPECT_EQ(created->size(), 5U);
    EXPECT_EQ(tasks_of(session_), 5U);
    EXPECT_TRUE(control_->create(kMe, session_, {})->empty());
}

TEST_F(CreationTest, ManyAreALimit) {
    std::vector<CreateRequest> requests(model::kMaxCreateMany + 1, {.url = kUrl});
    EXPECT_EQ(code_of(control_->create(kMe, session_, requests)), ErrorCode::LimitExceeded);
}

TEST_F(CreationTest, TasksOfAnOwnerAreALimit) {
    settings_.limits.tasks_per_owner = 3;
    crash();
    boot();
    must_create();
    must_create();
    EXPECT_EQ(code_of(control_->create(kMe, open_session("other"), {{.url = kUrl}, {.url = kUrl}})),
              ErrorCode::LimitExceeded);
    auto last = must_create();
    EXPECT_EQ(code_of(create(session_)), ErrorCode::LimitExceeded);
    EXPECT_TRUE(create(open_session("s", kStranger), {}, kUrl, kStranger)) << "another owner's own limit";
    ASSERT_TRUE(control_->command(kMe, last, model::fact::Cancel{}));
    settle();
    ASSERT_TRUE(control_->remove(kMe, last));
    settle();
    EXPECT_TRUE(create(session_));
}

TEST_F(CreationTest, SameTokenIsTheSameTask) {
    Fields options{{"token", std::string{"t"}}, {"destination", std::string{"/d/file"}}};
    auto first = must_create(options);
    disk_.open("/d/file");  // as when the first one has finished
    EXPECT_EQ(must_create(options), first);
    EXPECT_EQ(must_create({{"token", std::string{"t"}}}, "http://example.org/other"), first);
    EXPECT_NE(must_create({{"token", std::string{"u"}}}), first);
    EXPECT_NE(create(open_session("other"), {{"token", std::string{"t"}}})->front(), first)
        << "another session's token";
    crash();
    boot();
    EXPECT_EQ(must_create(options), first);
    EXPECT_EQ(*find(*control_->session_details(kMe, session_), "tasks"), Value{std::uint64_t{2}});
}

TEST_F(CreationTest, SameTokenTwiceInOneCallIsOneTask) {
    CreateRequest request{.url = kUrl, .options = {{"token", std::string{"t"}}}};
    auto ids = control_->create(kMe, session_, {request, request});
    ASSERT_TRUE(ids) << ids.error().message;
    settle();
    EXPECT_EQ(ids->at(0), ids->at(1));
    EXPECT_EQ(tasks_of(session_), 1U);
}

}  // namespace
}  // namespace haul::control
