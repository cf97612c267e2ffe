#pragma once

#include <vector>

#include "base/ids.hpp"
#include "journal/database.hpp"
#include "journal/statement.hpp"
#include "model/event.hpp"

namespace haul::journal {

/// The lowest and the highest number that wait in a queue; equal to 0 where none does.
struct EventRange {
    EventNumber first;
    EventNumber last;
    bool is_empty() const { return last.value == 0; }
};

/// Messages of a WebSocket in a queue.
struct Inbox {
    TaskId task;
    std::uint64_t messages = 0;
    Bytes bytes = 0;  ///< as the journal has them
};

/// The table of events: one queue a session.
class Events {
public:
    static Result<Events> prepare(Database& database);

    /// The event's number must be the one behind the queue's last. How many bytes its details take.
    Result<Bytes> insert(SessionId session, const model::Event& event) const;
    Result<EventRange> range(SessionId session) const;
    /// Whether one of them is about a task that waits for its client.
    Result<bool> needs_client(SessionId session) const;
    /// The last one of those in front that are older; 0 where there is none.
    Result<EventNumber> last_before(SessionId session, WallTime time) const;
    /// By rising number, after `after`: at most `max`, and no more than come to kMaxPageBytes.
    Result<std::vector<model::Event>> list(SessionId session, EventNumber after, std::uint32_t max) const;
    /// Tasks whose terminal event is one of those up to `last`.
    Result<std::vector<TaskId>> ended_tasks(SessionId session, EventNumber last) const;
    Result<> remove_up_to(SessionId session, EventNumber last) const;

    /// Removes what tells that messages of this task were sent.
    Result<> remove_sent(SessionId session, TaskId task) const;
    /// The messages that wait, of each task that has any, up to a number.
    Result<std::vector<Inbox>> inboxes(SessionId session, EventNumber last) const;
    /// Puts one event `messages-dropped` in the place of a task's oldest messages and of the one that told of
    /// those before them. What went.
    Result<Inbox> drop_messages(SessionId session, TaskId task, std::uint64_t messages) const;

private:
    Statement insert_, range_, needing_client_, older_, list_, ended_tasks_, remove_, inboxes_,
        oldest_messages_, told_dropped_, remove_one_, replace_, remove_sent_;
};

}  // namespace haul::journal
