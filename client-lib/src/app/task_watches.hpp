#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "app/feed.hpp"
#include "app/slot.hpp"
#include "haul/details.hpp"
#include "haul/error.hpp"
#include "haul/event_details.hpp"
#include "haul/progress.hpp"
#include "haul/types.hpp"
#include "haul/web_socket_task.hpp"

namespace haul::detail {

using EndSlot = Slot<Result<Ending>>;
using ProgressSlot = Slot<Progress>;
using SocketSlot = Slot<WebSocketEvent>;

/// The coroutines that wait for single tasks of a session that is attached. Belongs to the loop's thread.
class TaskWatches {
public:
    void add(TaskId task, const std::shared_ptr<EndSlot>& slot);
    void add(TaskId task, const std::shared_ptr<ProgressSlot>& slot);

    /// A task was made since the session was attached: its end is still to come.
    void on_made(TaskId task) { open_.insert(task); }
    bool is_open(TaskId task) const { return open_.contains(task); }

    /// A stream that has a WebSocket's events from now on, in place of another one.
    void add(TaskId task, const std::shared_ptr<SocketSlot>& slot);
    /// The stream is no more; false where the event that it was given last has to come again by itself.
    bool remove(const std::shared_ptr<SocketSlot>& slot);
    /// Hands an event to its task's stream; nothing where there is none that wants it.
    std::optional<Handling> give(const Event& event);
    /// Whether what was given is handled.
    bool is_ready() const;

    void on_event(const Event& event);
    void on_progress(TaskId task, const Progress& progress);
    /// The session is not attached any more.
    void close();

private:
    template <typename Value>
    using Slots = std::multimap<TaskId, std::weak_ptr<Slot<Value>>>;

    std::set<TaskId> open_;
    Slots<Result<Ending>> ends_;
    Slots<Progress> followers_;
    std::map<TaskId, std::weak_ptr<SocketSlot>> streams_;
    std::weak_ptr<SocketSlot> given_;  ///< who has the last event
    bool is_giving_ = false;
    bool is_left_ = false;  ///< whether the stream went while it was given an event
};

}  // namespace haul::detail
