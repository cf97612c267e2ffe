#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/link.hpp"
#include "app/loop.hpp"
#include "haul/completion.hpp"
#include "haul/details.hpp"
#include "haul/error.hpp"
#include "haul/progress.hpp"
#include "haul/session_handle.hpp"
#include "haul/types.hpp"

namespace haul::detail {

enum class Rival { Keep, Replace };

/// What became of an event that was handed over.
enum class Handling {
    Taken,    ///< it is handled when the consumer is ready again
    Refused,  ///< it has to come again
};

/// Who a feed's events are for. Called on the loop's thread, outside of everything else; may end the feed.
class Consumer {
public:
    virtual ~Consumer() = default;
    /// Whether it is done with what it was given, and takes more; else Feed::on_ready will say.
    virtual bool is_ready() = 0;
    virtual Handling on_event(const Event& event) = 0;
    virtual void on_progress(TaskId task, const Progress& progress) = 0;
    virtual void on_state_changed(TaskId task, TaskState state) = 0;
    virtual void on_all_events_delivered(EventNumber last, Completion completion) = 0;
    virtual void on_detached(Detachment why) = 0;
};

/// The queue that a feed reads, over whatever connection there is. Each call is made once.
class EventQueue {
public:
    virtual Result<void> attach(Rival rival) = 0;
    virtual void detach() = 0;
    virtual Result<std::vector<Event>> read(const EventQuery& query) = 0;
    virtual Result<void> acknowledge(EventNumber last) = 0;
    /// `presence` lives as long as the Completion has not been completed.
    virtual Completion make_completion(WakeNumber wake, std::shared_ptr<const WakeNumber> presence) = 0;
    virtual void warn(const std::string& text) = 0;

protected:
    ~EventQueue() = default;
};

/// Being a session's live client for as long as somebody wants to be: reads events, hands them to the
/// consumer in order, acknowledges what it has handled, and attaches again where the daemon or the bus went
/// away. Everything is done on the loop's thread, in turns of its own: never within a call or a signal.
class Feed : public std::enable_shared_from_this<Feed> {
public:
    Feed(Loop& loop, std::weak_ptr<EventQueue> queue, std::unique_ptr<Consumer> consumer);

    /// Attaches, once.
    Result<void> begin(Rival rival);
    /// Detaches, from within a handler when that has returned; the consumer is not called any more.
    void end();
    /// The event that was handed over last is not handled: it comes again, after a delay.
    void take_back();
    /// The last event that the consumer was given.
    EventNumber taken() const { return taken_; }
    bool is_over() const { return state_ == State::Ending || state_ == State::Over; }

    void on_events_available();
    void on_progress(TaskId task, const Progress& progress);
    void on_state_changed(TaskId task, TaskState state);
    void on_all_events_delivered(EventNumber last, WakeNumber wake);
    void on_detached(Detachment why);
    /// The connection is lost, or the daemon has left.
    void on_lost();

    /// The consumer is ready again.
    void on_ready() { turn_.set_after({}); }

private:
    enum class State {
        Away,      ///< not attached, and trying to be
        Attached,  ///< events come
        Ending,    ///< ended from within a handler, whose event is still to be acknowledged
        Over,      ///< ended, by either side
    };
    /// What is told to who is there, and not kept.
    using Report = std::variant<Progress, TaskState>;

    void turn();
    void attach_again();
    void deliver_reports();
    void deliver_events();
    Handling deliver(const Event& event);
    void deliver_end_of_queue();
    void deliver_parting();
    void acknowledge();
    void leave();
    bool fill_page();
    void refuse();
    void on_trouble(const Error& error);
    /// Lets the consumer do something; what it throws is told.
    template <typename Function>
    void tell(const std::string& what, Function function);

    std::weak_ptr<EventQueue> owner_;
    EventQueue* queue_ = nullptr;  ///< while a turn keeps its owner
    std::unique_ptr<Consumer> consumer_;
    State state_ = State::Away;
    bool is_in_turn_ = false;
    bool is_turn_due_ = false;  ///< whether another one was asked for meanwhile
    Loop::Timer turn_;
    Backoff search_ = make_search();
    Loop::Timer again_;  ///< for an event that was refused; nothing else is delivered before
    bool is_refused_ = false;
    Backoff retry_{std::chrono::seconds(1), std::chrono::minutes(1)};

    std::deque<Event> page_;
    bool has_more_ = false;     ///< whether the daemon has events that were not read
    EventNumber taken_;         ///< the last one that the consumer was given
    EventNumber handled_;       ///< the last one that it has handled
    EventNumber acknowledged_;  ///< the last one of which the daemon knows that
    Loop::Clock::time_point last_acknowledgement_;

    std::vector<std::pair<TaskId, Report>> reports_;
    std::optional<std::pair<EventNumber, WakeNumber>> drained_;
    std::optional<Detachment> parted_;
    std::weak_ptr<const WakeNumber> offered_;  ///< the wake whose Completion somebody still has
};

}  // namespace haul::detail
