#include "app/session_core.hpp"

#include <iostream>

#include "haul/client.hpp"
#include "paths.hpp"

namespace haul::detail {

/// Tells the coroutines that wait for tasks after whoever reads the session's events.
class SessionCore::Watching final : public Consumer {
public:
    Watching(TaskWatches& watches, std::unique_ptr<Consumer> consumer)
        : watches_(watches), consumer_(std::move(consumer)) {}

    bool is_ready() override { return consumer_->is_ready() && watches_.is_ready(); }
    Handling on_event(const Event& event) override {
        const auto given = watches_.give(event);
        const auto handling = given ? *given : consumer_->on_event(event);
        if (handling != Handling::Refused) watches_.on_event(event);
        return handling;
    }
    void on_progress(TaskId task, const Progress& progress) override {
        consumer_->on_progress(task, progress);
        watches_.on_progress(task, progress);
    }
    void on_state_changed(TaskId task, TaskState state) override { consumer_->on_state_changed(task, state); }
    void on_all_events_delivered(EventNumber last, Completion completion) override {
        consumer_->on_all_events_delivered(last, std::move(completion));
    }
    void on_detached(Detachment why) override {
        watches_.close();
        consumer_->on_detached(why);
    }

private:
    TaskWatches& watches_;
    std::unique_ptr<Consumer> consumer_;
};

Result<std::shared_ptr<SessionCore>> SessionCore::open(std::shared_ptr<Loop> loop,
                                                       SessionConfiguration configuration) {
    // It is made and destroyed where its sources are, on the loop's thread, whoever lets go of it last.
    return loop->call([&] {
        std::shared_ptr<SessionCore> core(new SessionCore(loop, std::move(configuration)),
                                          [loop](SessionCore* last) {
                                              std::shared_ptr<SessionCore> owner(last);
                                              if (!loop->is_here()) loop->post([owner = std::move(owner)] {});
                                          });
        return core->on_session([](const SessionHandle&) -> Result<void> { return {}; }).map([&] {
            return core;
        });
    });
}

SessionCore::SessionCore(std::shared_ptr<Loop> loop, SessionConfiguration configuration)
    : loop_(std::move(loop)),
      configuration_(std::move(configuration)),
      link_(loop_, configuration_.bus, configuration_.patience,
            {.on_open =
                 [this](Connection& connection) {
                     return connection.set_tap(
                         [this](const std::string& path, const Signal& signal) { on_signal(path, signal); });
                 },
             .on_lost = [this] { on_lost(); }}) {}

SessionCore::~SessionCore() = default;

Result<void> SessionCore::find(const std::shared_ptr<Connection>& connection) {
    const Client client(connection);
    auto session = client.open_session(identifier(), configuration_.options);
    // One that was invalidated takes no options, but its events wait.
    if (!session && session.error().code == ErrorCode::InvalidState)
        session = client.find_session(identifier());
    if (!session) return tl::unexpected(std::move(session.error()));
    path_ = session->path();
    return {};
}

Result<void> SessionCore::begin(std::unique_ptr<Consumer> consumer, Rival rival) {
    return loop_->call([&]() -> Result<void> {
        if (feed_ && !feed_->is_over()) {
            return tl::unexpected(Error{.code = ErrorCode::InvalidState,
                                        .message = "the session is attached already: detach it first",
                                        .name = {}});
        }
        const auto feed = std::make_shared<Feed>(*loop_, weak_from_this(),
                                                 std::make_unique<Watching>(watches_, std::move(consumer)));
        feed_ = feed;  // what comes with the answer is for it
        auto done = link_.perform([&](const std::shared_ptr<Connection>&) { return feed->begin(rival); });
        if (!done) feed_.reset();
        return done;
    });
}

void SessionCore::end() {
    (void)loop_->call([this]() -> Result<void> {
        if (const auto feed = std::exchange(feed_, nullptr)) feed->end();
        watches_.close();
        return {};
    });
}

Result<void> SessionCore::invalidate(Unfinished tasks) {
    return on_session(
        [&](const SessionHandle& session) {
            is_invalidated_ = true;  // before, so that one that is gone is not made anew to be invalidated
            return session.invalidate(tasks);
        },
        ErrorCode::NoSuchSession);
}

std::shared_ptr<EndSlot> SessionCore::await_end(TaskId task) {
    auto slot = std::make_shared<EndSlot>(loop_);
    const auto registered = loop_->call([&]() -> Result<void> {
        if (!feed_ || feed_->is_over()) {
            return tl::unexpected(Error{.code = ErrorCode::InvalidState,
                                        .message = "attach the session before you wait for its tasks",
                                        .name = {}});
        }
        if (!watches_.is_open(task)) {
            const auto details = on_task(task, [](const TaskHandle& handle) { return handle.details(); });
            if (!details) return tl::unexpected(details.error());
            if (const auto ending = to_ending(*details)) {
                slot->put(*ending);
                return {};
            }
        }
        watches_.add(task, slot);
        return {};
    });
    if (!registered) slot->put(tl::unexpected(registered.error()));
    return slot;
}

std::shared_ptr<ProgressSlot> SessionCore::follow(TaskId task) {
    auto slot = std::make_shared<ProgressSlot>(loop_);
    const auto registered = loop_->call([&]() -> Result<bool> {
        const bool is_attached = feed_ && !feed_->is_over();
        if (is_attached) watches_.add(task, slot);
        return is_attached;
    });
    if (!registered.value_or(false)) slot->close();
    return slot;
}

Result<std::shared_ptr<SocketSlot>> SessionCore::open_stream(TaskId task) {
    return loop_->call([&]() -> Result<std::shared_ptr<SocketSlot>> {
        const auto slot = std::make_shared<SocketSlot>(loop_, [weak = weak_from_this()] {
            if (const auto core = weak.lock()) core->on_ready();
        });
        const auto details = on_task(task, [](const TaskHandle& handle) { return handle.details(); });
        if (!details) return tl::unexpected(details.error());
        const auto ending = to_ending(*details);
        const auto comes = ending ? is_end_to_come(task) : Result<bool>(true);
        if (!comes) return tl::unexpected(comes.error());
        if (*comes) {
            watches_.add(task, slot);
        } else {
            slot->put(*ending);
            slot->close();
        }
        return slot;
    });
}

/// Whether the event of a task's end was not handed to anybody yet.
Result<bool> SessionCore::is_end_to_come(TaskId task) {
    EventQuery query{.after = feed_ ? feed_->taken() : EventNumber{}};
    for (;;) {
        const auto events = on_session([&](const SessionHandle& session) { return session.events(query); });
        if (!events) return tl::unexpected(events.error());
        for (const auto& event : *events) {
            if (event.task == task && to_ending(event)) return true;
        }
        if (events->size() < query.max) return false;
        query.after = events->back().number;
    }
}

void SessionCore::close_stream(const std::shared_ptr<SocketSlot>& slot) {
    (void)loop_->call([&]() -> Result<void> {
        slot->close();
        if (!watches_.remove(slot) && feed_) feed_->take_back();
        return {};
    });
}

std::shared_ptr<PongSlot> SessionCore::ping(TaskId task) {
    auto slot = std::make_shared<PongSlot>(loop_);
    const auto begun = loop_->call([&] {
        return link_.perform([&](const std::shared_ptr<Connection>& connection) {
            return connection->ping(task_path(task), [slot](Result<std::chrono::microseconds> answer) {
                slot->put(std::move(answer));
            });
        });
    });
    if (!begun) slot->put(tl::unexpected(begun.error()));
    return slot;
}

void SessionCore::on_made(TaskId task) {
    if (feed_ && !feed_->is_over()) watches_.on_made(task);
}

void SessionCore::on_ready() {
    if (feed_) feed_->on_ready();
}

void SessionCore::warn(const std::string& text) {
    const auto line = "session " + identifier() + ": " + text;
    if (configuration_.on_warning)
        configuration_.on_warning(line);
    else
        std::cerr << "libhaul: " << line << '\n';
}

template <typename Call>
Result<void> SessionCore::tell_once(Call call) {
    return link_.open().and_then([&](const std::shared_ptr<Connection>& connection) {
        const auto tell = [&](const SessionHandle& session) {
            return connection->on_session(session.path(), call);
        };
        return call_session(connection, tell);
    });
}

Result<void> SessionCore::attach(Rival rival) {
    return tell_once([&](SessionProxy& session) {
        if (rival == Rival::Replace)
            session.TakeOver();
        else
            session.Attach();
    });
}

void SessionCore::detach() {
    // A daemon that cannot be told has lost the attachment by itself.
    (void)tell_once([](SessionProxy& session) { session.Detach(); });
}

Result<std::vector<Event>> SessionCore::read(const EventQuery& query) {
    return call_once([&](const SessionHandle& session) { return session.events(query); });
}

Result<void> SessionCore::acknowledge(EventNumber last) {
    return call_once([&](const SessionHandle& session) { return session.acknowledge(last); });
}

Completion SessionCore::make_completion(WakeNumber number, std::shared_ptr<const WakeNumber> presence) {
    const auto core = shared_from_this();
    return {number,
            [core, presence = std::move(presence)](WakeNumber wake) {
                return core->on_session([&](const SessionHandle& session) { return session.complete(wake); },
                                        ErrorCode::InvalidState);
            },
            [core](std::string_view text) { core->warn(std::string(text)); }};
}

void SessionCore::on_signal(const std::string& path, const Signal& signal) {
    if (!feed_) return;
    if (std::holds_alternative<DaemonLeft>(signal)) return on_lost();
    if (const auto* progress = std::get_if<Progressed>(&signal)) {
        if (const auto task = task_id(path))
            feed_->on_progress(*task, {.done = progress->done, .total = progress->total});
    } else if (const auto* change = std::get_if<StateChanged>(&signal)) {
        if (const auto task = task_id(path)) feed_->on_state_changed(*task, change->state);
    }
    if (path != path_) return;
    if (std::holds_alternative<EventsAvailable>(signal)) {
        feed_->on_events_available();
    } else if (const auto* drained = std::get_if<AllEventsDelivered>(&signal)) {
        feed_->on_all_events_delivered(drained->last, drained->wake);
    } else if (const auto* parted = std::get_if<Detached>(&signal)) {
        if (parted->why == Detachment::Invalidated) is_invalidated_ = true;
        feed_->on_detached(parted->why);
    }
}

void SessionCore::on_lost() {
    if (feed_) feed_->on_lost();
}

}  // namespace haul::detail
