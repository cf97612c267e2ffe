// What clients ask of tasks, and what they may not.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

class TaskCalls : public ControlTest {
protected:
    TaskCalls() { transfers_->entities[kUrl] = {.size = 1000}; }
};

TEST_F(TaskCalls, TasksOfOthersDoNotExist) {
    auto id = must_create();
    EXPECT_FALSE(control_->owns_task(kStranger, id));
    EXPECT_TRUE(control_->owns_task(kMe, id));
    EXPECT_EQ(code_of(control_->command(kStranger, id, model::fact::Resume{})), ErrorCode::NoSuchTask);
    EXPECT_EQ(code_of(control_->command(kStranger, id, model::fact::Cancel{})), ErrorCode::NoSuchTask);
    EXPECT_EQ(code_of(control_->remove(kStranger, id)), ErrorCode::NoSuchTask);
    EXPECT_EQ(code_of(control_->set_header(kStranger, id, "a", "b")), ErrorCode::NoSuchTask);
    EXPECT_EQ(code_of(control_->set_option(kStranger, id, "mode", "1")), ErrorCode::NoSuchTask);
    EXPECT_EQ(code_of(control_->set_priority(kStranger, id, 0.1)), ErrorCode::NoSuchTask);
    EXPECT_EQ(code_of(control_->task_details(kStranger, id)), ErrorCode::NoSuchTask);
    EXPECT_EQ(code_of(control_->open_result(kStranger, id)), ErrorCode::NoSuchTask);
    EXPECT_EQ(code_of(control_->task_metrics(kStranger, id)), ErrorCode::NoSuchTask);
    EXPECT_EQ(code_of(control_->replace_url(kStranger, id, kUrl)), ErrorCode::NoSuchTask);
    EXPECT_EQ(code_of(control_->provide_credential(kStranger, id, "", "user", "word")),
              ErrorCode::NoSuchTask);
    EXPECT_EQ(code_of(control_->cancel_keeping(kStranger, id, [](const Result<Blob>&) {})),
              ErrorCode::NoSuchTask);
    EXPECT_EQ(code_of(control_->wait(kStranger, id, {}, [](const model::Task&) {})), ErrorCode::NoSuchTask);
    EXPECT_TRUE(control_->list_all_tasks(kStranger, "")->empty());
    EXPECT_EQ(control_->active_tasks(kStranger), 0U);
    EXPECT_EQ(code_of(control_->task_details(kMe, {987})), ErrorCode::NoSuchTask);
    settle();
    EXPECT_EQ(state(id), "suspended");
}

TEST_F(TaskCalls, RunningTaskIsNoneOfAStrangersActiveTasks) {
    transfers_->entities[kUrl].stalls_after = 1;
    must_start();
    EXPECT_EQ(control_->active_tasks(kMe), 1U);
    EXPECT_EQ(control_->active_tasks(kStranger), 0U);
}

TEST_F(TaskCalls, DetailsShowNoSecrets) {
    auto id = must_create({{"headers", std::map<std::string, std::string>{{"Authorization", "sEcReT"}}}},
                          "http://user:sEcReT@example.org/file?token=sEcReT#sEcReT");
    auto details = *control_->task_details(kMe, id);
    EXPECT_EQ(*find(details, "url"), Value{kUrl});
    for (const auto& field : details)
        if (const auto* text = std::get_if<std::string>(&field.value)) {
            EXPECT_EQ(text->find("sEcReT"), std::string::npos) << field.key;
        }
    EXPECT_EQ(find(details, "headers"), nullptr);
}

TEST_F(TaskCalls, DetailsUseTheKeysOfTheOptions) {
    auto id = must_create({{"description", std::string{"d"}},
                           {"destination", std::string{"/d/file"}},
                           {"if-exists", std::string{"replace"}},
                           {"mode", std::uint32_t{0600}},
                           {"token", std::string{"t"}},
                           {"priority", 0.75}});
    auto details = *control_->task_details(kMe, id);
    EXPECT_EQ(*find(details, "description"), Value{std::string{"d"}});
    EXPECT_EQ(*find(details, "destination"), Value{std::string{"/d/file"}});
    EXPECT_EQ(*find(details, "if-exists"), Value{std::string{"replace"}});
    EXPECT_EQ(*find(details, "mode"), Value{std::uint32_t{0600}});
    EXPECT_EQ(*find(details, "token"), Value{std::string{"t"}});
    EXPECT_EQ(*find(details, "priority"), Value{0.75});
    EXPECT_EQ(*find(details, "state"), Value{std::string{"suspended"}});
    EXPECT_EQ(*find(details, "bytes-total"), Value{std::int64_t{-1}});
    EXPECT_EQ(*find(details, "blocked-by"), Value{std::vector<std::string>{}});
    EXPECT_EQ(find(details, "error"), nullptr);
    for (auto field = details.begin(); field != details.end(); ++field)
        EXPECT_TRUE(std::none_of(details.begin(), field, [&](const Field& other) {
            return other.key == field->key;
        })) << field->key;
}

TEST_F(TaskCalls, SecretsAreGoneFromTheJournalWhenTheTaskEnds) {
    auto id =
        must_create({{"headers", std::map<std::string, std::string>{{"X-A", "sEcReT"}}}}, kUrl + "?sEcReT");
    EXPECT_FALSE(control_->needs_scrub());
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Cancel{}));
    settle();
    EXPECT_TRUE(control_->needs_scrub());
    control_->scrub();
    EXPECT_FALSE(control_->needs_scrub());
    for (const char* suffix : {"", "-wal"})
        EXPECT_EQ(read_file(path_ + suffix).find("sEcReT"), std::string::npos) << suffix;
}

TEST_F(TaskCalls, TurnThatHasBegunIsCommittedBeforeSecretsAreWiped) {
    auto id = must_create({}, kUrl + "?sEcReT");
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Cancel{}));
    auto told = outcome();
    control_->scrub();
    EXPECT_EQ(*told, "ok");
    EXPECT_FALSE(control_->needs_scrub());
    EXPECT_EQ(read_file(path_ + "-wal").find("sEcReT"), std::string::npos);
}

TEST_F(TaskCalls, HeadersAreSetBeforeTheFirstResume) {
    auto id = must_create({{"headers", std::map<std::string, std::string>{{"X-A", "1"}, {"X-B", "2"}}}});
    ASSERT_TRUE(control_->set_header(kMe, id, "x-a", "3"));
    ASSERT_TRUE(control_->set_header(kMe, id, "X-B", ""));
    EXPECT_EQ(code_of(control_->set_header(kMe, id, "Host", "x")), ErrorCode::InvalidArgument);
    settle();
    auto headers = journal_->secrets.of(id)->headers;
    ASSERT_EQ(headers.size(), 1U);
    EXPECT_EQ(headers[0].name + "=" + headers[0].value, "x-a=3");
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    EXPECT_EQ(code_of(control_->set_header(kMe, id, "X-A", "4")), ErrorCode::InvalidState);
    EXPECT_EQ(transfers_->started.at(0).secrets.headers.size(), 1U);
}

TEST_F(TaskCalls, HeadersOfATaskAreALimit) {
    auto id = must_create();
    for (std::size_t i = 0; i < model::kMaxHeaders; ++i)
        ASSERT_TRUE(control_->set_header(kMe, id, "X-" + std::to_string(i), "v"));
    EXPECT_EQ(code_of(control_->set_header(kMe, id, "X-More", "v")), ErrorCode::LimitExceeded);
    EXPECT_TRUE(control_->set_header(kMe, id, "X-0", "w")) << "in the place of another";
}

TEST_F(TaskCalls, OptionsAreSetAsText) {
    auto id = must_create();
    for (const auto& [key, value] : std::map<std::string, std::string>{{"destination", "/d/file"},
                                                                       {"if-exists", "replace"},
                                                                       {"mode", "384"},
                                                                       {"priority", "0.25"},
                                                                       {"description", "words"},
                                                                       {"retries", "3"}})
        ASSERT_TRUE(control_->set_option(kMe, id, key, value)) << key;
    settle();
    auto details = *control_->task_details(kMe, id);
    EXPECT_EQ(*find(details, "destination"), Value{std::string{"/d/file"}});
    EXPECT_EQ(*find(details, "mode"), Value{std::uint32_t{0600}});
    EXPECT_EQ(*find(details, "priority"), Value{0.25});
    EXPECT_EQ(*find(details, "description"), Value{std::string{"words"}});
    EXPECT_EQ(*find(details, "retries"), Value{std::uint32_t{3}}) << "each of them, not only the last";
}

TEST_F(TaskCalls, OptionsThatCannotBeSetAreNamed) {
    auto id = must_create();
    const std::tuple<const char*, const char*, ErrorCode> refused[]{
        {"token", "t", ErrorCode::InvalidArgument},
        {"start", "true", ErrorCode::InvalidArgument},
        {"nonsense", "1", ErrorCode::InvalidArgument},
        {"priority", "high", ErrorCode::InvalidArgument},
        {"checksum", "x", ErrorCode::InvalidArgument},
        {"resume-data", "x", ErrorCode::InvalidArgument},
        {"destination-fd", "true", ErrorCode::NotSupported},
        {"window", "22:00", ErrorCode::InvalidArgument},
        {"destination", "relative", ErrorCode::InvalidArgument},
        {"destination", "/denied/f", ErrorCode::DestinationDenied}};
    for (const auto& [key, value, code] : refused)
        EXPECT_EQ(code_of(control_->set_option(kMe, id, key, value)), code) << key;
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    EXPECT_EQ(code_of(control_->set_option(kMe, id, "mode", "384")), ErrorCode::InvalidState);
}

TEST_F(TaskCalls, ProxyAndMirrorsKeepEachOthersSecrets) {
    const std::string proxy = "http://user:sEcReT@proxy";
    const std::string mirror = "http://user:sEcReT@b/file";
    for (bool proxy_first : {true, false}) {
        auto id = must_create();
        for (bool sets_proxy : {proxy_first, !proxy_first})
            ASSERT_TRUE(control_->set_option(kMe, id, sets_proxy ? "proxy" : "mirrors",
                                             sets_proxy ? proxy : mirror + " http://c/file"));
        ASSERT_TRUE(control_->set_option(kMe, id, "description", "words"));
        settle();
        auto details = *control_->task_details(kMe, id);
        EXPECT_EQ(*find(details, "proxy"), Value{std::string{"http://proxy"}});
        EXPECT_EQ(*find(details, "mirrors"),
                  (Value{std::vector<std::string>{"http://b/file", "http://c/file"}}));
        transfers_->entities[kUrl].stalls_after = 1;
        ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
        settle();
        const auto& request = transfers_->started.back();
        EXPECT_EQ(request.options.proxy, proxy);
        EXPECT_EQ(request.options.mirrors, (std::vector<std::string>{mirror, "http://c/file"}));
    }
}

TEST_F(TaskCalls, ReplacedProxyLeavesNoPasswordBehind) {
    auto id = must_create({{"proxy", std::string{"http://user:sEcReT@proxy"}}});
    ASSERT_TRUE(control_->set_option(kMe, id, "proxy", "http://other"));
    settle();
    EXPECT_EQ(journal_->secrets.of(id)->proxy, std::nullopt);
    transfers_->entities[kUrl].stalls_after = 1;
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    EXPECT_EQ(transfers_->started.back().options.proxy, "http://other");
}

TEST_F(TaskCalls, DirectoryGivenLaterRenamesItsFileUnlessToldOtherwise) {
    auto id = must_create();
    ASSERT_TRUE(control_->set_option(kMe, id, "destination", "/d/"));
    settle();
    EXPECT_EQ(task(id).destination, "/d/");
    EXPECT_EQ(task(id).if_exists, model::IfExists::Rename);
    ASSERT_TRUE(control_->set_option(kMe, id, "if-exists", "replace"));
    settle();
    EXPECT_EQ(task(id).if_exists, model::IfExists::Replace);
    ASSERT_TRUE(control_->set_option(kMe, id, "filename", "name"));
    settle();
    EXPECT_EQ(task(id).destination, "/d/name");
    EXPECT_EQ(task(id).if_exists, model::IfExists::Replace);
}

TEST_F(TaskCalls, FilesOfTheDaemonAreNotForStrangersOptions) {
    auto id = must_create({}, kUrl, kStranger);
    EXPECT_EQ(code_of(control_->set_option(kStranger, id, "ca-file", "/etc/shadow")),
              ErrorCode::NotPermitted);
    EXPECT_EQ(code_of(control_->set_option(kStranger, id, "destination", "/d/")),
              ErrorCode::DestinationDenied);
}

TEST_F(TaskCalls, ReplacedUrlIsFetchedAndTheBytesGoOn) {
    transfers_->entities[kUrl].stalls_after = 300;
    transfers_->entities["http://new/file"] = {.size = 1000};
    auto id = must_start();
    ASSERT_TRUE(control_->replace_url(kMe, id, "http://new/file"));
    settle();
    EXPECT_EQ(state(id), "finished");
    EXPECT_EQ(transfers_->started.back().url, "http://new/file");
    EXPECT_EQ(events(task(id).session), (std::vector<std::string>{"finished-downloading", "completed"}))
        << "the entity is the same: nothing began anew";
    EXPECT_EQ(code_of(control_->replace_url(kMe, id, kUrl)), ErrorCode::InvalidState);
}

TEST_F(TaskCalls, ReplacedUrlIsChecked) {
    auto id = must_create();
    for (const char* url : {"", "ftp://h/", "relative", "http://"})
        EXPECT_EQ(code_of(control_->replace_url(kMe, id, url)), ErrorCode::InvalidArgument) << url;
    ASSERT_TRUE(control_->replace_url(kMe, id, "http://user:sEcReT@new/file"));
    settle();
    EXPECT_EQ(state(id), "suspended");
    EXPECT_EQ(*find(*control_->task_details(kMe, id), "url"), Value{std::string{"http://new/file"}});
}

TEST_F(TaskCalls, SecretsOfAReplacedUrlLeaveTheFile) {
    auto id = must_create({}, "http://user:sEcReT@example.org/file");
    ASSERT_TRUE(control_->replace_url(kMe, id, "http://new/file"));
    settle();
    ASSERT_TRUE(control_->needs_scrub());
    control_->scrub();
    for (const char* suffix : {"", "-wal"})
        EXPECT_EQ(read_file(path_ + suffix).find("sEcReT"), std::string::npos) << suffix;
}

TEST_F(TaskCalls, NotBeforeSetAsTextIsKept) {
    auto id = must_create();
    ASSERT_TRUE(control_->set_option(kMe, id, "not-before",
                                     std::to_string(to_usec(clock_.time + std::chrono::hours{1}))));
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    EXPECT_EQ(state(id), "waiting");
    pass(std::chrono::hours{1});
    EXPECT_EQ(state(id), "finished");
}

TEST_F(TaskCalls, PriorityIsChecked) {
    auto id = must_create();
    EXPECT_EQ(code_of(control_->set_priority(kMe, id, 1.5)), ErrorCode::InvalidArgument);
    ASSERT_TRUE(control_->set_priority(kMe, id, 1.0));
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Cancel{}));
    settle();
    EXPECT_EQ(task(id).priority, 1.0);
    EXPECT_EQ(code_of(control_->set_priority(kMe, id, 0.5)), ErrorCode::InvalidState);
}

TEST_F(TaskCalls, OnlyEndedTasksAreRemoved) {
    auto id = must_start();
    auto running = must_create();
    EXPECT_EQ(code_of(control_->remove(kMe, running)), ErrorCode::InvalidState);
    auto spooled = task(id).path;
    ASSERT_TRUE(control_->remove(kMe, id));
    settle();
    EXPECT_EQ(code_of(control_->task_details(kMe, id)), ErrorCode::NoSuchTask);
    EXPECT_FALSE(disk_.has(spooled)) << "its spooled result goes with it";
    EXPECT_EQ(events(open_session()).size(), 2U) << "its events stay until they are acknowledged";
    ASSERT_TRUE(control_->acknowledge(kMe, open_session(), {2}));
    settle();
}

TEST_F(TaskCalls, ResultIsOpenedOnlyWhereThereIsOne) {
    EXPECT_EQ(code_of(control_->open_result(kMe, must_create())), ErrorCode::InvalidState);
    EXPECT_EQ(code_of(control_->open_result(kMe, must_start({{"destination", std::string{"/d/file"}}}))),
              ErrorCode::InvalidState);
    EXPECT_TRUE(control_->open_result(kMe, must_start()));
}

TEST_F(TaskCalls, ListsAreFilteredAndPaged) {
    must_create();
    must_start();
    must_create();
    auto session = open_session();
    EXPECT_EQ(control_->list_tasks(kMe, session, "", {0}, 0)->size(), 3U);
    EXPECT_EQ(control_->list_tasks(kMe, session, "", {0}, 2)->size(), 2U);
    EXPECT_EQ(
        control_->list_tasks(kMe, session, "", control_->list_tasks(kMe, session, "", {0}, 2)->back().id, 2)
            ->size(),
        1U);
    EXPECT_EQ(control_->list_tasks(kMe, session, "finished", {0}, 0)->size(), 1U);
    EXPECT_EQ(control_->list_all_tasks(kMe, "suspended")->size(), 2U);
    EXPECT_EQ(code_of(control_->list_tasks(kMe, session, "sleeping", {0}, 0)), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of(control_->list_all_tasks(kStranger, "sleeping")), ErrorCode::InvalidArgument);
}

TEST_F(TaskCalls, ListOfEverythingIsALimit) {
    std::vector<CreateRequest> requests(model::kMaxListAll, {.url = kUrl});
    auto session = open_session();
    ASSERT_TRUE(control_->create(kMe, session, requests));
    settle();
    EXPECT_EQ(control_->list_all_tasks(kMe, "")->size(), model::kMaxListAll);
    must_create();
    EXPECT_EQ(code_of(control_->list_all_tasks(kMe, "")), ErrorCode::LimitExceeded);
    EXPECT_EQ(control_->list_tasks(kMe, session, "", {0}, UINT32_MAX)->size(), model::kMaxPage);
}

}  // namespace
}  // namespace haul::control
