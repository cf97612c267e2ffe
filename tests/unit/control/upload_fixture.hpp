#pragma once

#include <fcntl.h>

#include "unit/control/control_test.hpp"

namespace haul::control {

inline const std::string kPhoto = "/s/photo.jpg";

/// A file of 1000 bytes, and uploads of it.
class UploadTest : public ControlTest {
protected:
    using Ids = Result<std::vector<TaskId>>;
    using Told = std::shared_ptr<std::optional<Ids>>;

    UploadTest() { disk_.open(kPhoto).size = 1000; }

    /// An order as the bus makes one, with an upload that starts at once.
    static Order order(Fields options, const std::string& url = kUrl) {
        options.push_back({"start", true});
        return {.request = {.kind = "upload", .url = url, .options = std::move(options)}};
    }
    static Order order_of(const std::string& path, Fields options = {}) {
        options.push_back({"file", path});
        return order(std::move(options));
    }
    /// With a descriptor in place of a path.
    static Order order_of_descriptor(Fields options = {}) {
        options.push_back({"file-fd", std::uint32_t{0}});
        auto made = order(std::move(options));
        made.descriptors.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        return made;
    }

    /// What is told, some day.
    Told ask(std::vector<Order> orders, const Caller& caller = kMe) {
        auto session = open_session("s", caller);
        auto told = std::make_shared<std::optional<Ids>>();
        control_->create(caller, session, std::move(orders), [told](Ids ids) { *told = std::move(ids); });
        return told;
    }
    Ids upload(Order order, const Caller& caller = kMe) {
        std::vector<Order> orders;
        orders.push_back(std::move(order));
        auto told = ask(std::move(orders), caller);
        settle();
        EXPECT_TRUE(*told) << "no reply";
        return *told ? std::move(**told) : Ids{};
    }
    TaskId must_upload(Fields options = {}, const std::string& path = kPhoto) {
        auto ids = upload(order_of(path, std::move(options)));
        EXPECT_TRUE(ids) << ids.error().message;
        return ids ? ids->at(0) : TaskId{};
    }
    TaskId must_copy(Fields options = {}) {
        options.push_back({"snapshot", std::string{"copy"}});
        return must_upload(std::move(options));
    }
    void answer(TaskId id, const model::Reply& reply = {.status = 201, .fields = {}, .body = ""}) {
        transfers_->answer(id, reply);
        settle();
    }
    /// The attempt breaks off when the server may have everything.
    void break_at_the_end(TaskId id) {
        auto state = task(id).upload;
        state.may_be_there = true;
        transfers_->move(id, state, true);
        settle();
        transfers_->interrupt(id, model::fact::Ending::Retry);
        settle();
    }
    const model::UploadWork& started() { return *transfers_->started.back().upload; }
    std::vector<std::string> copies() { return files_->list("/spool", ".source"); }
};

}  // namespace haul::control
