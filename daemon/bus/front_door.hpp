#pragma once

#include <sdbus-c++/sdbus-c++.h>
#include <systemd/sd-bus.h>

#include <memory>
#include <optional>
#include <utility>

#include "bus/callers.hpp"
#include "bus/paths.hpp"
#include "bus/values.hpp"
#include "control/control.hpp"

namespace haul::bus {

/// What every object on the bus does with a call: find out who makes it, have control act, reply when that is
/// committed.
class FrontDoor {
public:
    explicit FrontDoor(control::Control& control) : control_(control) {}

    control::Control& control() { return control_; }

    /// The message that is being dispatched came from this caller. It goes to this object, which is kept
    /// until every reply of it is sent: the bus library compares replies with what the object had declared.
    void set_call(Result<control::Caller> caller, std::shared_ptr<void> object, sd_bus_message* call) {
        caller_ = std::move(caller);
        object_ = std::move(object);
        call_.reset(sd_bus_message_ref(call), &sd_bus_message_unref);
    }
    /// The call itself, for a reply that is made without the bus library.
    const std::shared_ptr<sd_bus_message>& call() const { return call_; }
    const Result<control::Caller>& caller() const { return caller_; }
    const std::shared_ptr<void>& object() const { return object_; }
    /// What becomes of the caller's descriptors: where it is us, paths do as well.
    FileFds file_fds() const {
        bool is_own = caller_ && caller_->owner == control_.settings().self;
        return is_own ? FileFds::ToPaths : FileFds::Travel;
    }

    /// Calls `act` with the caller, and replies with its result when the turn is settled.
    template <class... Out, class Act>
    void answer(sdbus::Result<Out...>&& reply, Act&& act) {
        if (!caller_) {
            reply.returnError(to_bus_error(caller_.error()));
            return;
        }
        auto result = act(*caller_);
        control_.when_settled(
            [reply = std::move(reply), result = std::move(result), object = object_](const Error* failure) {
                send(reply, failure ? decltype(result){tl::make_unexpected(*failure)} : result);
            });
    }

    /// Replies with a result.
    template <class... Out, class Outcome>
    static void send(const sdbus::Result<Out...>& reply, const Outcome& result) {
        try {
            if (!result)
                reply.returnError(to_bus_error(result.error()));
            else if constexpr (sizeof...(Out) == 0)
                reply.returnResults();
            else
                reply.returnResults(*result);
        } catch (const sdbus::Error&) {
            // The caller has gone; the bus has nobody to give the reply to.
        }
    }

    /// Refuses a member that a later version will have.
    template <class... Out>
    void refuse(sdbus::Result<Out...>&& reply, const char* what) {
        reply.returnError(to_bus_error(
            {ErrorCode::NotSupported,
             std::string{what} + " is not supported by this version: see the property Features"}));
    }

private:
    control::Control& control_;
    std::shared_ptr<void> object_;
    std::shared_ptr<sd_bus_message> call_;
    Result<control::Caller> caller_ = fail(ErrorCode::NotPermitted, "no call is being served");
};

/// A line of ListTasks.
using TaskRow = sdbus::Struct<std::uint64_t, sdbus::ObjectPath, std::string, std::string, std::string,
                              std::uint64_t, std::uint64_t>;
std::vector<TaskRow> to_rows(const std::vector<journal::TaskLine>& lines);

}  // namespace haul::bus
