#pragma once

#include <memory>

#include "app/feed.hpp"
#include "app/session_core.hpp"
#include "app/slot.hpp"
#include "haul/session.hpp"
#include "haul/session_delegate.hpp"

namespace haul::detail {

/// Hands events to the delegate of an application, and carries out what it answers.
class DelegateConsumer final : public Consumer {
public:
    DelegateConsumer(std::weak_ptr<SessionCore> core, std::shared_ptr<SessionDelegate> delegate)
        : core_(std::move(core)), delegate_(std::move(delegate)) {}

    bool is_ready() override { return true; }
    Handling on_event(const Event& event) override;
    void on_progress(TaskId task, const Progress& progress) override;
    void on_state_changed(TaskId task, TaskState state) override;
    void on_all_events_delivered(EventNumber last, Completion completion) override;
    void on_detached(Detachment why) override;

private:
    Task task(TaskId id) const { return {core_.lock(), id}; }
    /// False for an event that is none of a WebSocket's.
    bool tell_of_web_socket(const WebSocketTask& task, const Event& event) const;
    Handling answer(const Task& task, const Result<void>& told) const;
    Result<void> carry_out(const Task& task, const StartAnswer& answer) const;

    std::weak_ptr<SessionCore> core_;
    std::shared_ptr<SessionDelegate> delegate_;
};

/// Hands events to a coroutine that asks for one after the other.
class StreamConsumer final : public Consumer {
public:
    explicit StreamConsumer(std::shared_ptr<Slot<Delivery>> slot) : slot_(std::move(slot)) {}
    /// Whichever side ended the feed, the coroutine that waits goes on.
    ~StreamConsumer() override { slot_->close(); }
    StreamConsumer(const StreamConsumer&) = delete;
    StreamConsumer& operator=(const StreamConsumer&) = delete;

    bool is_ready() override { return slot_->is_awaited(); }
    Handling on_event(const Event& event) override;
    void on_progress(TaskId, const Progress&) override {}
    void on_state_changed(TaskId, TaskState) override {}
    void on_all_events_delivered(EventNumber last, Completion completion) override;
    void on_detached(Detachment) override { slot_->close(); }

private:
    std::shared_ptr<Slot<Delivery>> slot_;
};

}  // namespace haul::detail
