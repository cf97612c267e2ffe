#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "app/feed.hpp"
#include "app/link.hpp"
#include "app/loop.hpp"
#include "app/task_watches.hpp"
#include "haul/session_configuration.hpp"
#include "haul/session_handle.hpp"
#include "haul/task_handle.hpp"

namespace haul::detail {

using PongSlot = Slot<Result<std::chrono::microseconds>>;

/// What a Session and its tasks share: the session's place at the daemon, over a connection of its own, so
/// that the progress that comes by it is of its tasks alone. Free for all threads, but for the EventQueue.
class SessionCore final : public EventQueue, public std::enable_shared_from_this<SessionCore> {
public:
    static Result<std::shared_ptr<SessionCore>> open(std::shared_ptr<Loop> loop,
                                                     SessionConfiguration configuration);

    SessionCore(std::shared_ptr<Loop> loop, SessionConfiguration configuration);
    ~SessionCore();

    const std::string& identifier() const { return configuration_.identifier; }
    const std::shared_ptr<Loop>& loop() const { return loop_; }

    /// Makes a call on the session, or on one of its tasks: see Link::perform. Its argument is a
    /// SessionHandle or a TaskHandle.
    template <typename Call>
    auto on_session(Call call, std::optional<ErrorCode> done_before = std::nullopt)
        -> std::invoke_result_t<Call, const SessionHandle&>;
    template <typename Call>
    auto on_task(TaskId task, Call call, std::optional<ErrorCode> done_before = std::nullopt)
        -> std::invoke_result_t<Call, const TaskHandle&>;

    Result<void> begin(std::unique_ptr<Consumer> consumer, Rival rival);
    /// Harmless where nobody is attached.
    void end();
    Result<void> invalidate(Unfinished tasks);

    /// What a coroutine waits with for a task.
    std::shared_ptr<EndSlot> await_end(TaskId task);
    std::shared_ptr<ProgressSlot> follow(TaskId task);
    /// What a coroutine waits with for a WebSocket's events, and for a pong.
    Result<std::shared_ptr<SocketSlot>> open_stream(TaskId task);
    void close_stream(const std::shared_ptr<SocketSlot>& slot);
    std::shared_ptr<PongSlot> ping(TaskId task);
    /// A task was made by this session. On the loop's thread, with the call that made it.
    void on_made(TaskId task);
    /// Whoever reads its events is ready again. On the loop's thread.
    void on_ready();

    void warn(const std::string& text) override;

private:
    class Watching;

    Result<void> attach(Rival rival) override;
    void detach() override;
    Result<std::vector<Event>> read(const EventQuery& query) override;
    Result<void> acknowledge(EventNumber last) override;
    Completion make_completion(WakeNumber wake, std::shared_ptr<const WakeNumber> presence) override;

    Result<bool> is_end_to_come(TaskId task);
    Result<void> find(const std::shared_ptr<Connection>& connection);
    void on_signal(const std::string& path, const Signal& signal);
    void on_lost();
    /// A call on the session over this connection, and once more where the daemon has forgotten it.
    template <typename Call>
    auto call_session(const std::shared_ptr<Connection>& connection, Call& call)
        -> std::invoke_result_t<Call, const SessionHandle&>;
    /// The same over the connection there is: made once.
    template <typename Call>
    auto call_once(Call call) -> std::invoke_result_t<Call, const SessionHandle&>;
    /// The same, of what only the bus's own proxy has.
    template <typename Call>
    Result<void> tell_once(Call call);

    std::shared_ptr<Loop> loop_;
    SessionConfiguration configuration_;
    Link link_;
    std::string path_;             ///< empty: not known yet, or not any more
    bool is_invalidated_ = false;  ///< then it is not made anew
    TaskWatches watches_;
    std::shared_ptr<Feed> feed_;
};

template <typename Call>
auto SessionCore::call_session(const std::shared_ptr<Connection>& connection, Call& call)
    -> std::invoke_result_t<Call, const SessionHandle&> {
    for (bool is_found_again = false;; is_found_again = true) {
        if (path_.empty()) {
            if (auto found = find(connection); !found) return tl::unexpected(std::move(found.error()));
        }
        auto answer = call(SessionHandle(connection, identifier(), path_));
        const bool is_forgotten = !answer && answer.error().code == ErrorCode::NoSuchSession;
        if (!is_forgotten || is_found_again || is_invalidated_) return answer;
        path_.clear();
    }
}

template <typename Call>
auto SessionCore::call_once(Call call) -> std::invoke_result_t<Call, const SessionHandle&> {
    return link_.open().and_then(
        [&](const std::shared_ptr<Connection>& connection) { return call_session(connection, call); });
}

template <typename Call>
auto SessionCore::on_session(Call call, std::optional<ErrorCode> done_before)
    -> std::invoke_result_t<Call, const SessionHandle&> {
    return loop_->call([&] {
        return link_.perform(
            [&](const std::shared_ptr<Connection>& connection) { return call_session(connection, call); },
            done_before);
    });
}

template <typename Call>
auto SessionCore::on_task(TaskId task, Call call, std::optional<ErrorCode> done_before)
    -> std::invoke_result_t<Call, const TaskHandle&> {
    return loop_->call([&] {
        return link_.perform(
            [&](const std::shared_ptr<Connection>& connection) { return call(TaskHandle(connection, task)); },
            done_before);
    });
}

}  // namespace haul::detail
