// Uploads from their terms to what the server answered.

#include "unit/control/upload_fixture.hpp"

namespace haul::control {
namespace {

using model::UploadProtocol;
using model::fact::Ending;
using Texts = std::map<std::string, std::string>;
using Words = std::vector<std::string>;

const std::string kAtServer = "http://example.org/u/sEcReT";
const Field kPost{"method", std::string{"POST"}};

Field resumable(const char* word) {
    return {"resumable", std::string{word}};
}
Fields parts_of(std::size_t count) {
    return {resumable("s3"),
            {"part-urls", Words(count, "http://h/part?sign=sEcReT")},
            {"part-size", std::uint64_t{500}},
            {"abort-url", std::string{"http://h/abort?sign=sEcReT"}}};
}

/// All of a pipe.
std::string read_all(const UniqueFd& fd) {
    std::string text(4096, '\0');
    auto bytes = ::read(fd.get(), text.data(), text.size());
    text.resize(bytes < 0 ? 0 : static_cast<std::size_t>(bytes));
    return text;
}

using Upload = UploadTest;

// --- terms ---

TEST_F(Upload, OptionsThatExcludeEachOtherAreRefused) {
    auto only = [](Fields fields, std::initializer_list<const char*> without) {
        for (const auto* key : without)
            std::erase_if(fields, [&](const auto& field) { return field.key == key; });
        return fields;
    };
    auto with = [](Fields fields, Field more) {
        fields.push_back(std::move(more));
        return fields;
    };
    for (const auto& options :
         {Fields{{"method", std::string{"PUT"}}, resumable("tus")},
          Fields{{"method", std::string{"PATCH"}}, resumable("content-range")},
          with(parts_of(2), {"method", std::string{"PUT"}}), Fields{resumable("s3")},
          only(parts_of(2), {"part-urls"}), only(parts_of(2), {"part-size"}),
          only(parts_of(2), {"resumable"}), Fields{{"abort-url", std::string{"http://h/"}}},
          Fields{{"upload-metadata", Texts{{"a", "b"}}}}, Fields{{"connections", std::uint32_t{2}}},
          parts_of(1), parts_of(3), Fields{{"destination", std::string{"/d/file"}}},
          Fields{{"max-size", std::uint64_t{1}}}, Fields{{"mirrors", Words{"http://h/"}}}})
        EXPECT_EQ(code_of(upload(order_of(kPhoto, options))), ErrorCode::InvalidArgument)
            << options.front().key;
    disk_.open("/s/empty");
    EXPECT_EQ(code_of(upload(order_of("/s/empty", parts_of(1)))), ErrorCode::InvalidArgument);
    EXPECT_TRUE(transfers_->started.empty());
}

TEST_F(Upload, OptionsOfEachProtocolReachThePlan) {
    must_upload({resumable("tus"), {"upload-metadata", Texts{{"a", "b"}}}});
    EXPECT_EQ(started().plan.method, "POST");
    EXPECT_EQ(started().plan.metadata, (Texts{{"a", "b"}}));
    EXPECT_EQ(started().state.protocol, UploadProtocol::Tus);
    must_upload({resumable("ietf"), {"interop", std::uint32_t{5}}, kPost});
    EXPECT_EQ(started().plan.interop, 5U);
    EXPECT_EQ(started().plan.method, "POST");
    must_upload(parts_of(2));
    EXPECT_EQ(started().plan.parts.size(), 2U);
    EXPECT_EQ(started().plan.part_size, 500U);
    EXPECT_EQ(started().plan.abort_url, "http://h/abort?sign=sEcReT");
    must_upload({{"content-type", std::string{"image/jpeg"}}, resumable("off")});
    EXPECT_EQ(started().plan.content_type, "image/jpeg");
    EXPECT_EQ(started().state.protocol, UploadProtocol::Off);
}

TEST_F(Upload, MayBeRepeatedByItsMethodItsKeyOrItsClientsWord) {
    auto may = [this](Fields options) {
        must_upload(std::move(options));
        return started().plan.may_repeat;
    };
    EXPECT_TRUE(may({}));
    EXPECT_FALSE(may({kPost}));
    EXPECT_FALSE(may({{"method", std::string{"PATCH"}}}));
    EXPECT_TRUE(may({kPost, {"headers", Texts{{"idempotency-KEY", "1"}}}}));
    EXPECT_FALSE(may({kPost, {"headers", Texts{{"X-Key", "1"}}}}));
    EXPECT_TRUE(may({kPost, {"retry-non-idempotent", true}}));
    EXPECT_TRUE(may(parts_of(2)));
}

TEST_F(Upload, WhatMayBeThereIsSentAgainOnlyWhereItMayBe) {
    auto put = must_upload();
    break_at_the_end(put);
    EXPECT_EQ(state(put), "waiting");
    auto with_key = must_upload({kPost, {"headers", Texts{{"Idempotency-Key", "1"}}}});
    break_at_the_end(with_key);
    EXPECT_EQ(state(with_key), "waiting") << "the key is in the secrets";
    auto post = must_upload({kPost});
    break_at_the_end(post);
    EXPECT_EQ(state(post), "failed");
    EXPECT_NE(task(post).error_text.find("not sent twice"), std::string::npos) << task(post).error_text;
}

TEST_F(Upload, WhatCannotBeRepeatedIsNotSuspended) {
    auto id = must_upload({kPost});
    transfers_->move(id, {.protocol = UploadProtocol::Auto, .may_be_there = true}, true);
    settle();
    EXPECT_EQ(transfers_->proceeded.size(), 1U) << "it goes on when that is in the journal";
    EXPECT_EQ(code_of(control_->command(kMe, id, model::fact::Suspend{})), ErrorCode::InvalidState);
    EXPECT_EQ(code_of(control_->replace_url(kMe, id, "http://h/other")), ErrorCode::InvalidState);
    crash();
    boot();
    EXPECT_EQ(state(id), "failed") << "nor after a crash";
}

// --- the way there ---

TEST_F(Upload, GoesOnWhereTheServerIsAfterACrash) {
    auto id = must_upload({resumable("tus")});
    model::UploadState there{.protocol = UploadProtocol::Tus, .url = kAtServer, .offset = 400};
    transfers_->move(id, there);
    settle();
    crash();
    boot();
    settle();
    EXPECT_EQ(state(id), "running");
    EXPECT_EQ(started().state.url, kAtServer);
    EXPECT_EQ(started().state.offset, 400U);
    EXPECT_EQ(started().source.identity.device, 1U);
    crash();
    boot("another boot");
    settle();
    EXPECT_EQ(started().source.identity.device, 0U) << "device numbers are of one boot";
    EXPECT_EQ(started().source.identity.inode, disk_.files.at(kPhoto).inode);
    answer(id);
    EXPECT_EQ(state(id), "finished");
}

TEST_F(Upload, MissingSourceIsLookedForAgain) {
    auto id = must_upload();
    transfers_->interrupt(id, Ending::SourceMissing, model::Reason::Source);
    settle();
    EXPECT_EQ(*find(*control_->task_details(kMe, id), "blocked-by"), Value{Words{"file"}});
    EXPECT_EQ(events(task(id).session), Words{"waiting"});
    auto before = transfers_->started.size();
    pass(model::kSourceDelay);
    EXPECT_EQ(transfers_->started.size(), before + 1);
}

TEST_F(Upload, SourceBehindAPredecessorIsLookedAtWhenItsTurnHasCome) {
    auto first = must_create();
    const std::string path = "/s/later";
    auto behind = [&](std::size_t parts) {
        auto options = parts_of(parts);
        options.push_back({"after", std::vector<std::uint64_t>{first.value}});
        options.push_back({"after-failure", std::string{"continue"}});
        return must_upload(options, path);
    };
    auto fits = behind(2);
    auto does_not = behind(3);
    EXPECT_FALSE(task(fits).source_file.is_found());
    EXPECT_EQ(task(fits).total, std::nullopt);
    ASSERT_TRUE(control_->command(kMe, first, model::fact::Cancel{}));
    settle();
    EXPECT_EQ(task(fits).blocked, model::Block::File);
    EXPECT_TRUE(transfers_->started.empty());
    disk_.open(path).size = 1000;
    pass(model::kSourceDelay);
    EXPECT_EQ(state(fits), "running");
    EXPECT_EQ(task(fits).total, 1000U);
    EXPECT_EQ(state(does_not), "failed") << "parts of which there are too many URLs";
    EXPECT_EQ(task(does_not).reason, model::Reason::Source);
    EXPECT_EQ(transfers_->started.size(), 1U);
}

TEST_F(Upload, UrlAtTheServerIsASecretThatGoesWithTheEnd) {
    auto id = must_upload({resumable("tus")});
    EXPECT_FALSE(task(id).has_secrets);
    transfers_->move(id, {.protocol = UploadProtocol::Tus, .url = kAtServer, .offset = 400});
    settle();
    EXPECT_TRUE(task(id).has_secrets);
    EXPECT_EQ(task(id).upload.url, kAtServer);
    auto details = control_->task_details(kMe, id);
    for (const auto& field : *details)
        if (const auto* text = std::get_if<std::string>(&field.value)) {
            EXPECT_EQ(text->find("sEcReT"), std::string::npos) << field.key;
        }
    EXPECT_FALSE(control_->needs_scrub());
    answer(id);
    EXPECT_EQ(task(id).upload.url, "");
    EXPECT_FALSE(task(id).has_secrets);
    EXPECT_TRUE(control_->needs_scrub());
    control_->scrub();
    EXPECT_EQ(read_file(path_).find("sEcReT"), std::string::npos);
    EXPECT_EQ(read_file(path_ + "-wal").find("sEcReT"), std::string::npos);
}

// --- the answer ---

TEST_F(Upload, AnswerIsKeptUntilItsEventIsAcknowledged) {
    auto id = must_upload();
    EXPECT_EQ(code_of(control_->open_result(kMe, id)), ErrorCode::InvalidState) << "not yet";
    answer(id, {.status = 201,
                .fields = {{"Location", "/x"}, {"X-A", "1"}, {"x-a", "2"}},
                .body = "created",
                .is_truncated = true});
    auto details = *control_->task_details(kMe, id);
    EXPECT_EQ(*find(details, "reply-headers"), (Value{Texts{{"location", "/x"}, {"x-a", "1, 2"}}}));
    EXPECT_EQ(*find(details, "reply-size"), Value{std::uint64_t{7}});
    EXPECT_EQ(*find(details, "reply-truncated"), Value{true});
    EXPECT_EQ(*find(details, "status"), Value{std::uint16_t{201}});
    crash();
    boot();
    auto opened = control_->open_result(kMe, id);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(read_all(*opened), "created");
    EXPECT_EQ(code_of(control_->open_result(kStranger, id)), ErrorCode::NoSuchTask);
    auto last = control_->events(kMe, open_session(), {0}, 0)->back().number;
    ASSERT_TRUE(control_->acknowledge(kMe, open_session(), last));
    settle();
    EXPECT_EQ(code_of(control_->open_result(kMe, id)), ErrorCode::InvalidState);
    EXPECT_EQ(find(*control_->task_details(kMe, id), "reply-size"), nullptr);
}

TEST_F(Upload, AnswerOfAFailureIsKeptToo) {
    auto id = must_upload();
    control_->on_transfer(
        {.task = id,
         .attempt = {1},
         .fact = model::fact::Interrupted{.ending = Ending::Final,
                                          .reason = model::Reason::HttpStatus,
                                          .text = "status 413",
                                          .entity = {.status = 413},
                                          .reply =
                                              model::Reply{.status = 413, .fields = {}, .body = "too large"}},
         .last = true});
    settle();
    EXPECT_EQ(state(id), "failed");
    EXPECT_EQ(read_all(*control_->open_result(kMe, id)), "too large");
    ASSERT_TRUE(control_->remove(kMe, id));
    settle();
    EXPECT_FALSE(*journal_->replies.of(id)) << "it goes with its task at the latest";
}

TEST_F(Upload, AnswerOfAnAttemptThatGoesOnIsNot) {
    auto id = must_upload();
    control_->on_transfer(
        {.task = id,
         .attempt = {1},
         .fact =
             model::fact::Interrupted{.ending = Ending::Retry,
                                      .reason = model::Reason::HttpStatus,
                                      .text = "status 503",
                                      .reply = model::Reply{.status = 503, .fields = {}, .body = "later"}},
         .last = true});
    settle();
    EXPECT_EQ(state(id), "waiting");
    EXPECT_FALSE(*journal_->replies.of(id));
}

// --- taking it back ---

TEST_F(Upload, CancelTellsTheServerWithAllThatThatTakes) {
    auto options = parts_of(2);
    options.push_back({"headers", Texts{{"X-Key", "sEcReT"}}});
    auto id = must_upload(options);
    transfers_->move(id,
                     {.protocol = UploadProtocol::S3, .url = kAtServer, .offset = 500, .etags = {"a", ""}});
    settle();
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Cancel{}));
    settle();
    ASSERT_EQ(transfers_->forgotten.size(), 1U);
    const auto& request = transfers_->forgotten[0];
    EXPECT_EQ(request.upload->state.url, kAtServer);
    EXPECT_EQ(request.upload->plan.abort_url, "http://h/abort?sign=sEcReT");
    ASSERT_EQ(request.secrets.headers.size(), 1U);
    EXPECT_EQ(request.secrets.headers[0].value, "sEcReT");
    EXPECT_EQ(task(id).upload.url, "");
    EXPECT_TRUE(journal_->secrets.of(id)->is_empty());
}

TEST_F(Upload, FinishedOneIsNeverTakenBack) {
    auto id = must_upload({resumable("tus")});
    transfers_->move(id, {.protocol = UploadProtocol::Tus, .url = kAtServer, .offset = 1000});
    answer(id);
    EXPECT_FALSE(control_->command(kMe, id, model::fact::Cancel{}));
    ASSERT_TRUE(control_->remove(kMe, id));
    settle();
    EXPECT_TRUE(transfers_->forgotten.empty());
}

// --- changes and details ---

TEST_F(Upload, OptionsMayChangeBeforeItIsResumed) {
    auto waiting = order_of(kPhoto);
    std::erase_if(waiting.request.options, [](const auto& field) { return field.key == "start"; });
    auto id = upload(std::move(waiting))->at(0);
    for (const auto& [key, value] : std::map<std::string, std::string>{{"file", "/s/other"},
                                                                       {"file-fd", "0"},
                                                                       {"form", "a=b"},
                                                                       {"snapshot", "copy"},
                                                                       {"destination", "/d/file"},
                                                                       {"expected-size", "5"},
                                                                       {"resumable", "s3"},
                                                                       {"abort-url", "http://h/"},
                                                                       {"connections", "2"}})
        EXPECT_EQ(code_of(control_->set_option(kMe, id, key, value)), ErrorCode::InvalidArgument) << key;
    ASSERT_TRUE(control_->set_option(kMe, id, "method", "POST"));
    ASSERT_TRUE(control_->set_option(kMe, id, "resumable", "tus"));
    EXPECT_FALSE(control_->set_option(kMe, id, "method", "PATCH")) << "tus posts";
    EXPECT_TRUE(control_->set_header(kMe, id, "If-Match", "\"one\"")) << "its own condition";
    settle();
    EXPECT_EQ(task(id).source_file.path, kPhoto);
    ASSERT_TRUE(control_->command(kMe, id, model::fact::Resume{}));
    settle();
    EXPECT_EQ(started().state.protocol, UploadProtocol::Tus);
    EXPECT_EQ(started().plan.size, 1000U);
    EXPECT_FALSE(control_->set_option(kMe, id, "method", "POST")) << "it was resumed";
}

TEST_F(Upload, DetailsSayWhatIsSentAndHow) {
    auto id = must_upload();
    auto details = *control_->task_details(kMe, id);
    EXPECT_EQ(*find(details, "kind"), Value{std::string{"upload"}});
    EXPECT_EQ(*find(details, "file"), Value{kPhoto});
    EXPECT_EQ(*find(details, "method"), Value{std::string{"PUT"}});
    EXPECT_EQ(*find(details, "resumable"), Value{std::string{"auto"}});
    EXPECT_EQ(*find(details, "protocol"), Value{std::string{"auto"}});
    EXPECT_EQ(*find(details, "bytes-total"), Value{std::int64_t{1000}});
    EXPECT_EQ(find(details, "destination"), nullptr);
    EXPECT_EQ(find(details, "content-type"), nullptr);
    transfers_->move(id, {.protocol = UploadProtocol::Ietf, .url = kAtServer, .offset = 400});
    settle();
    details = *control_->task_details(kMe, id);
    EXPECT_EQ(*find(details, "resumable"), Value{std::string{"auto"}}) << "the client's word";
    EXPECT_EQ(*find(details, "protocol"), Value{std::string{"ietf"}}) << "and what came of it";
    EXPECT_EQ(*find(details, "bytes-done"), Value{std::uint64_t{400}});
    id =
        upload(order_of_descriptor({{"snapshot", std::string{"copy"}}, {"content-type", std::string{"a/b"}}}))
            ->at(0);
    details = *control_->task_details(kMe, id);
    EXPECT_EQ(find(details, "file"), nullptr) << "a copy of ours is nobody's business";
    EXPECT_EQ(*find(details, "content-type"), Value{std::string{"a/b"}});
    EXPECT_EQ(*find(details, "snapshot"), Value{std::string{"copy"}});
}

TEST_F(Upload, SecretsOfPartsAreNotShown) {
    auto id = must_upload(parts_of(2));
    auto details = *control_->task_details(kMe, id);
    EXPECT_EQ(find(details, "part-urls"), nullptr);
    EXPECT_EQ(find(details, "abort-url"), nullptr);
    EXPECT_EQ(*find(details, "part-size"), Value{std::uint64_t{500}});
    EXPECT_EQ(task(id).options.find("sEcReT"), std::string::npos);
}

}  // namespace
}  // namespace haul::control
