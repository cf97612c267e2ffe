#include "app/feed.hpp"

#include <exception>

#include "errors.hpp"

namespace haul::detail {

namespace {

/// How long events may be handled before the daemon hears of it. Each acknowledgement is a commit of its;
/// what is handled and not acknowledged comes again after a crash.
constexpr std::chrono::milliseconds kLongestSilence{100};

/// "task 7", "event 3 (completed)".
std::string name_of(TaskId task) {
    return "task " + std::to_string(task.number);
}

std::string name_of(const Event& event) {
    return "event " + std::to_string(event.number.number) + " (" + event.type + ")";
}

}  // namespace

Feed::Feed(Loop& loop, std::weak_ptr<EventQueue> queue, std::unique_ptr<Consumer> consumer)
    : owner_(std::move(queue)),
      consumer_(std::move(consumer)),
      turn_(loop, [this] { turn(); }),
      again_(loop, [this] {
          is_refused_ = false;
          turn();
      }) {}

Result<void> Feed::begin(Rival rival) {
    auto done = owner_.lock()->attach(rival);
    if (done) state_ = State::Attached;
    return done;
}

void Feed::end() {
    if (is_over()) return;
    const bool is_attached = state_ == State::Attached;
    state_ = is_attached ? State::Ending : State::Over;
    if (is_attached && !is_in_turn_) turn();
}

void Feed::on_events_available() {
    has_more_ = true;
    turn_.set_after({});
}

void Feed::on_progress(TaskId task, const Progress& progress) {
    reports_.emplace_back(task, progress);
    turn_.set_after({});
}

void Feed::on_state_changed(TaskId task, TaskState state) {
    reports_.emplace_back(task, state);
    turn_.set_after({});
}

void Feed::on_all_events_delivered(EventNumber last, WakeNumber wake) {
    drained_ = {last, wake};
    turn_.set_after({});
}

void Feed::on_detached(Detachment why) {
    parted_ = why;
    turn_.set_after({});
}

void Feed::on_lost() {
    if (state_ != State::Attached) return;
    state_ = State::Away;
    drained_.reset();
    turn_.set_after({});
}

void Feed::turn() {
    if (is_in_turn_) {
        is_turn_due_ = true;  // a handler lets its loop run
        return;
    }
    const auto self = shared_from_this();
    const auto owner = owner_.lock();
    if (!owner || state_ == State::Over) return;
    queue_ = owner.get();
    is_in_turn_ = true;
    if (state_ == State::Away && !parted_) attach_again();
    deliver_reports();
    deliver_events();
    acknowledge();
    deliver_end_of_queue();
    deliver_parting();
    if (state_ == State::Ending) leave();
    is_in_turn_ = false;
    if (std::exchange(is_turn_due_, false)) turn_.set_after({});
}

void Feed::attach_again() {
    const auto done = queue_->attach(Rival::Keep);
    if (done) {
        state_ = State::Attached;
        search_.reset();
    } else if (done.error().code == ErrorCode::InvalidState) {
        parted_ = Detachment::TakenOver;
    } else if (done.error().code == ErrorCode::NoSuchSession) {
        parted_ = Detachment::Invalidated;
    } else {
        turn_.set_after(search_.next());
    }
}

void Feed::deliver_reports() {
    for (const auto& [task, report] : std::exchange(reports_, {})) {
        if (state_ != State::Attached) return;
        tell("the handler of a report on " + name_of(task), [&, task = task, report = report] {
            if (const auto* progress = std::get_if<Progress>(&report))
                consumer_->on_progress(task, *progress);
            else
                consumer_->on_state_changed(task, std::get<TaskState>(report));
        });
    }
}

void Feed::deliver_events() {
    // One page in a turn: whoever shares the loop has his turn, too.
    if (state_ != State::Attached || is_refused_ || !consumer_->is_ready() || !fill_page()) return;
    last_acknowledgement_ = Loop::Clock::now();
    while (state_ == State::Attached && !page_.empty() && consumer_->is_ready()) {
        handled_ = taken_;
        const auto event = std::move(page_.front());
        page_.pop_front();
        const auto handling = deliver(event);
        if (handling == Handling::Refused) {
            refuse();
            return;
        }
        retry_.reset();
        taken_ = event.number;
        if (Loop::Clock::now() - last_acknowledgement_ > kLongestSilence) acknowledge();
    }
    if (state_ == State::Attached && has_more_ && consumer_->is_ready()) turn_.set_after({});
}

/// What follows handled_ is read again, later.
void Feed::refuse() {
    page_.clear();
    has_more_ = is_refused_ = true;
    again_.set_after(retry_.next());
}

void Feed::take_back() {
    if (is_over()) return;
    taken_ = handled_;
    refuse();
}

bool Feed::fill_page() {
    if (page_.empty() && std::exchange(has_more_, false)) {
        // Where the daemon's journal was replaced, its numbers begin anew: what is acknowledged is over.
        const EventQuery query{.after = taken_ > acknowledged_ ? taken_ : EventNumber{}};
        auto events = queue_->read(query);
        if (!events) {
            on_trouble(events.error());
            return false;
        }
        has_more_ = events->size() == query.max;
        page_ = {std::make_move_iterator(events->begin()), std::make_move_iterator(events->end())};
    }
    return !page_.empty();
}

Handling Feed::deliver(const Event& event) {
    auto handling = Handling::Refused;
    tell("the handler of " + name_of(event) + ", which comes again,",
         [&] { handling = consumer_->on_event(event); });
    return handling;
}

void Feed::acknowledge() {
    if (consumer_->is_ready()) handled_ = taken_;
    const bool is_attached = state_ == State::Attached || state_ == State::Ending;
    if (!is_attached || handled_ <= acknowledged_) return;
    last_acknowledgement_ = Loop::Clock::now();
    const auto done = queue_->acknowledge(handled_);
    if (done) {
        acknowledged_ = handled_;
    } else if (done.error().code == ErrorCode::InvalidArgument) {
        queue_->warn("the daemon does not know event " + std::to_string(handled_.number) +
                     ": its journal is another one, whose events are read from the beginning");
        taken_ = handled_ = acknowledged_ = {};
        page_.clear();
        on_events_available();
    } else {
        on_trouble(done.error());
    }
}

void Feed::deliver_end_of_queue() {
    if (state_ != State::Attached || !drained_ || !page_.empty() || !consumer_->is_ready()) return;
    const auto [last, wake] = *std::exchange(drained_, std::nullopt);
    const auto offered = offered_.lock();
    if (wake.number != 0 && offered && *offered == wake) return;  // somebody still has it
    auto presence = std::make_shared<const WakeNumber>(wake);
    offered_ = presence;
    tell("the handler of the end of the queue", [&, last = last, wake = wake] {
        consumer_->on_all_events_delivered(last, queue_->make_completion(wake, std::move(presence)));
    });
}

void Feed::deliver_parting() {
    if (is_over() || !parted_) return;
    state_ = State::Over;
    tell("the handler of the end of an attachment", [&] { consumer_->on_detached(*parted_); });
}

void Feed::leave() {
    acknowledge();
    state_ = State::Over;
    queue_->detach();
}

void Feed::on_trouble(const Error& error) {
    if (!may_work_later(error))
        queue_->warn("events cannot be read or acknowledged, which is tried again: " + error.message);
    if (is_over()) return;
    state_ = State::Away;
    page_.clear();
    has_more_ = true;
    drained_.reset();
    turn_.set_after(search_.next());
}

template <typename Function>
void Feed::tell(const std::string& what, Function function) {
    try {
        function();
    } catch (const std::exception& thrown) {
        queue_->warn(what + " has thrown: " + thrown.what());
    } catch (...) {
        queue_->warn(what + " has thrown");
    }
}

}  // namespace haul::detail
