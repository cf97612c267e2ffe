// What uploads are read from: the file itself, a reflink, a copy or a form, and how much of the spool that
// may take.

#include "unit/control/upload_fixture.hpp"

namespace haul::control {
namespace {

using model::fact::Ending;
using Words = std::vector<std::string>;

class UploadSource : public UploadTest {
protected:
    void limit_spool(Bytes bytes) {
        settings_.limits.spool_bytes_per_owner = bytes;
        crash();
        boot();
    }
    static std::vector<Order> both(Order first, Order second) {
        std::vector<Order> orders;
        orders.push_back(std::move(first));
        orders.push_back(std::move(second));
        return orders;
    }
};

const Field kCopy{"snapshot", std::string{"copy"}};
const Field kNever{"snapshot", std::string{"never"}};

TEST_F(UploadSource, PathIsReadInPlace) {
    auto id = must_upload();
    EXPECT_EQ(state(id), "running");
    EXPECT_EQ(started().source.path, kPhoto);
    EXPECT_FALSE(started().source.is_spooled);
    EXPECT_EQ(started().plan.method, "PUT");
    EXPECT_EQ(started().plan.size, 1000U);
    EXPECT_EQ(started().plan.filename, "photo.jpg");
    EXPECT_EQ(started().state.protocol, model::UploadProtocol::Auto);
    EXPECT_EQ(task(id).total, 1000U);
    answer(id);
    EXPECT_EQ(state(id), "finished");
    EXPECT_EQ(events(task(id).session), Words{"completed"});
    EXPECT_TRUE(files_->discards.empty());
    EXPECT_TRUE(disk_.has(kPhoto));
}

TEST_F(UploadSource, MissingFileIsNoTask) {
    EXPECT_EQ(code_of(upload(order_of("/s/nothing"))), ErrorCode::SourceUnreadable);
    EXPECT_EQ(*find(*control_->session_details(kMe, open_session()), "tasks"), Value{std::uint64_t{0}});
}

TEST_F(UploadSource, ExactlyOneIsWanted) {
    EXPECT_EQ(code_of(upload(order({}))), ErrorCode::InvalidArgument);
    FormParts parts{{{"name", "a"}, {"value", "b"}}};
    EXPECT_EQ(code_of(upload(order_of(kPhoto, {{"form", parts}}))), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of(upload(order_of_descriptor({{"form", parts}}))), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of(upload(order_of_descriptor({{"file", kPhoto}}))), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of(upload(order({{"file-fd", std::uint32_t{0}}, kCopy}))), ErrorCode::InvalidArgument)
        << "no descriptor came with it";
    EXPECT_TRUE(files_->spooled.empty());
}

TEST_F(UploadSource, CopyIsThereBeforeTheReply) {
    std::vector<Order> orders;
    orders.push_back(order_of(kPhoto, {kCopy}));
    auto told = ask(std::move(orders));
    control_->settle();
    EXPECT_FALSE(*told);
    EXPECT_FALSE(control_->is_idle());
    ASSERT_EQ(files_->spooled.size(), 1U);
    EXPECT_EQ(files_->spooled[0].pieces.at(0).path, kPhoto);
    EXPECT_EQ(files_->spooled[0].pieces.at(0).identity.size, 1000U) << "what it was when it was looked at";
    EXPECT_TRUE(transfers_->started.empty());
    settle();
    ASSERT_TRUE(*told && **told);
    auto id = (**told)->at(0);
    EXPECT_TRUE(started().source.is_spooled);
    EXPECT_EQ(copies(), Words{started().source.path});
    EXPECT_EQ(started().plan.filename, "photo.jpg") << "the client's name, not the copy's";
    answer(id);
    EXPECT_TRUE(copies().empty()) << "it goes with the task";
    EXPECT_TRUE(disk_.has(kPhoto));
}

TEST_F(UploadSource, CopyGoesWithEachKindOfEnd) {
    auto failed = must_copy();
    transfers_->interrupt(failed, Ending::Final, model::Reason::HttpStatus);
    settle();
    EXPECT_EQ(state(failed), "failed");
    EXPECT_TRUE(copies().empty());
    auto cancelled = must_copy();
    ASSERT_TRUE(control_->command(kMe, cancelled, model::fact::Cancel{}));
    settle();
    EXPECT_TRUE(copies().empty());
}

TEST_F(UploadSource, DescriptorWithoutAPathNeedsACopy) {
    auto refused = upload(order_of_descriptor());
    EXPECT_EQ(code_of(refused), ErrorCode::InvalidArgument);
    EXPECT_NE(refused.error().message.find("snapshot to copy"), std::string::npos) << refused.error().message;
    EXPECT_FALSE(upload(order_of_descriptor({kNever})));
    auto ids = upload(order_of_descriptor({kCopy}));
    ASSERT_TRUE(ids) << ids.error().message;
    EXPECT_TRUE(files_->spooled.back().pieces.at(0).fd);
    EXPECT_EQ(task(ids->at(0)).source_file.identity.size, 10U);
    EXPECT_EQ(started().plan.filename, "");
}

TEST_F(UploadSource, StrangersBringDescriptorsAndHaveThemCopied) {
    EXPECT_EQ(code_of(upload(order_of(kPhoto), kStranger)), ErrorCode::NotPermitted);
    EXPECT_EQ(code_of(upload(order_of(kPhoto, {kCopy}), kStranger)), ErrorCode::NotPermitted);
    EXPECT_EQ(code_of(upload(order_of_descriptor(), kStranger)), ErrorCode::InvalidArgument);
    EXPECT_TRUE(upload(order_of_descriptor({kCopy}), kStranger));
    FormParts by_path{{{"name", "a"}, {"file", kPhoto}}};
    EXPECT_EQ(code_of(upload(order({{"form", by_path}}), kStranger)), ErrorCode::NotPermitted);
    auto with_descriptor =
        order({{"form", FormParts{{{"name", "a"}, {"file-fd", "0"}}, {{"name", "b"}, {"value", "c"}}}}});
    with_descriptor.descriptors.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    EXPECT_TRUE(upload(std::move(with_descriptor), kStranger));
}

TEST_F(UploadSource, FormIsPutTogetherInTheSpool) {
    FormParts parts{{{"name", "a"}, {"value", "one"}}, {{"name", "b"}, {"file", kPhoto}}};
    auto ids = upload(order({{"form", parts}}));
    ASSERT_TRUE(ids) << ids.error().message;
    ASSERT_EQ(files_->spooled.size(), 1U);
    EXPECT_EQ(files_->spooled[0].pieces.size(), 3U);
    EXPECT_EQ(started().plan.method, "POST");
    EXPECT_TRUE(started().plan.content_type.starts_with("multipart/form-data; boundary="))
        << started().plan.content_type;
    EXPECT_GT(started().plan.size, 1000U);
    EXPECT_EQ(task(ids->at(0)).options.find("one"), std::string::npos) << "the values are in the spool alone";
    ids = upload(order({{"form", parts}, {"method", std::string{"PUT"}}}));
    ASSERT_TRUE(ids);
    EXPECT_EQ(started().plan.method, "PUT");
    parts[1]["file"] = "/s/nothing";
    EXPECT_EQ(code_of(upload(order({{"form", parts}}))), ErrorCode::SourceUnreadable);
}

TEST_F(UploadSource, ReflinkIsTakenWhereThereIsOne) {
    files_->can_clone = true;
    auto id = must_upload();
    EXPECT_TRUE(task(id).source_file.is_spooled);
    ASSERT_EQ(files_->spooled.size(), 1U);
    EXPECT_TRUE(files_->spooled[0].is_reflink);
    EXPECT_EQ(copies(), Words{started().source.path});
    EXPECT_EQ(started().plan.filename, "photo.jpg");
    answer(id);
    EXPECT_TRUE(copies().empty());
    must_upload({kNever});
    EXPECT_EQ(started().source.path, kPhoto);
    limit_spool(500);
    files_->can_clone = true;
    must_upload();
    EXPECT_EQ(started().source.path, kPhoto) << "no room for it is no reason to refuse";
}

TEST_F(UploadSource, FileItselfIsReadWhereTheReflinkFails) {
    limit_spool(1500);
    files_->can_clone = files_->clones_fail = true;
    auto id = must_upload();
    EXPECT_FALSE(task(id).source_file.is_spooled);
    EXPECT_EQ(started().source.path, kPhoto);
    EXPECT_TRUE(copies().empty());
    must_copy();  // for which there is all of the room
}

TEST_F(UploadSource, ManyAreAllOrNoneAndLeaveNoCopies) {
    auto told = ask(both(order_of(kPhoto, {kCopy}), order_of("/s/nothing")));
    settle();
    ASSERT_TRUE(*told);
    EXPECT_EQ(code_of(**told), ErrorCode::SourceUnreadable);
    EXPECT_TRUE(copies().empty());
    EXPECT_TRUE(transfers_->started.empty());
    files_->can_clone = true;
    told = ask(both(order_of(kPhoto), order_of("/s/nothing")));
    settle();
    EXPECT_EQ(code_of(**told), ErrorCode::SourceUnreadable);
    EXPECT_TRUE(copies().empty()) << "nor reflinks";
    told = ask(both(order_of(kPhoto, {kCopy}), {.request = {.url = kUrl}}));
    settle();
    ASSERT_TRUE(**told);
    EXPECT_EQ((**told)->size(), 2U) << "uploads and downloads in one call";
}

TEST_F(UploadSource, RequestThatIsRefusedWithItsSourceLeavesNoCopy) {
    Fields parts{{"resumable", std::string{"s3"}},
                 {"part-urls", Words{"http://h/1"}},
                 {"part-size", std::uint64_t{500}},
                 kCopy};
    EXPECT_EQ(code_of(upload(order_of(kPhoto, parts))), ErrorCode::InvalidArgument) << "it has two parts";
    EXPECT_TRUE(copies().empty());
}

TEST_F(UploadSource, CopyGoesWhereTheJournalFails) {
    std::vector<Order> orders;
    orders.push_back(order_of(kPhoto, {kCopy}));
    auto told = ask(std::move(orders));
    break_commits(true);
    settle();
    ASSERT_TRUE(*told);
    EXPECT_FALSE(**told);
    break_commits(false);
    pass(std::chrono::seconds{5});
    EXPECT_TRUE(copies().empty());
    EXPECT_TRUE(transfers_->started.empty());
}

TEST_F(UploadSource, SpoolIsALimitOfEachOwner) {
    limit_spool(1500);
    auto first = must_copy();
    EXPECT_EQ(code_of(upload(order_of(kPhoto, {kCopy}))), ErrorCode::LimitExceeded);
    EXPECT_TRUE(upload(order_of_descriptor({kCopy}), kStranger)) << "another owner's own limit";
    crash();
    boot();
    EXPECT_EQ(code_of(upload(order_of(kPhoto, {kCopy}))), ErrorCode::LimitExceeded) << "it is still there";
    settle();
    answer(first);
    auto second = must_copy();
    transfers_->interrupt(second, Ending::Final, model::Reason::HttpStatus);
    settle();
    auto third = must_copy();
    ASSERT_TRUE(control_->command(kMe, third, model::fact::Cancel{}));
    settle();
    must_copy();
}

TEST_F(UploadSource, CopiesThatCameToNothingDoNotCount) {
    limit_spool(1500);
    for (int i = 0; i < 2; ++i) {
        auto told = ask(both(order_of(kPhoto, {kCopy}), order_of("/s/nothing")));
        settle();
        EXPECT_EQ(code_of(**told), ErrorCode::SourceUnreadable) << "not the limit";
    }
    must_copy();
}

TEST_F(UploadSource, CopiesUnderWayCountToo) {
    limit_spool(1500);
    auto told = ask(both(order_of(kPhoto, {kCopy}), order_of(kPhoto, {kCopy})));
    settle();
    EXPECT_EQ(code_of(**told), ErrorCode::LimitExceeded);
    EXPECT_TRUE(copies().empty());
}

TEST_F(UploadSource, WhatNoTaskReadsIsSweptFromTheSpool) {
    auto kept = must_copy();
    disk_.open("/spool/orphan.source");
    auto result = "/spool/" + std::to_string(kept.value);
    disk_.open(result);
    disk_.open("/spool/777");
    disk_.open("/spool/.haul.another0.1.part");
    disk_.open("/spool/note");
    crash();
    boot();
    settle();
    EXPECT_EQ(copies(), Words{task(kept).source_file.path});
    EXPECT_TRUE(disk_.has(result)) << "that is a result";
    EXPECT_FALSE(disk_.has("/spool/777")) << "that was one, of no task";
    EXPECT_FALSE(disk_.has("/spool/.haul.another0.1.part")) << "of another journal";
    EXPECT_TRUE(disk_.has("/spool/note")) << "not one of ours";
}

TEST_F(UploadSource, SameTokenIsTheSameTaskAndNoOtherCopy) {
    Fields options{{"token", std::string{"t"}}};
    auto first = must_copy(options);
    EXPECT_EQ(must_copy(options), first);
    EXPECT_EQ(copies().size(), 1U);
    options.push_back(kCopy);
    auto told = ask(both(order_of(kPhoto, options), order_of(kPhoto, options)));
    settle();
    ASSERT_TRUE(*told && **told);
    EXPECT_EQ((**told)->at(1), first);
    EXPECT_EQ(copies().size(), 1U);
    disk_.files.erase(kPhoto);
    EXPECT_EQ(must_upload(options), first) << "its client may have removed the file since";
}

TEST_F(UploadSource, SameTokenTwiceInOneCallIsOneCopy) {
    Fields options{{"token", std::string{"t"}}, kCopy};
    auto told = ask(both(order_of(kPhoto, options), order_of(kPhoto, options)));
    settle();
    ASSERT_TRUE(*told && **told);
    EXPECT_EQ((**told)->at(0), (**told)->at(1));
    EXPECT_EQ(copies().size(), 1U);
}

}  // namespace
}  // namespace haul::control
