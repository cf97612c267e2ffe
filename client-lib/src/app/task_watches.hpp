#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "app/slot.hpp"
#include "haul/details.hpp"
#include "haul/error.hpp"
#include "haul/event_details.hpp"
#include "haul/progress.hpp"
#include "haul/types.hpp"

namespace haul::detail {

using EndSlot = Slot<Result<Ending>>;
using ProgressSlot = Slot<Progress>;

/// The coroutines that wait for single tasks of a session that is attached. Belongs to the loop's thread.
class TaskWatches {
public:
    void add(TaskId task, const std::shared_ptr<EndSlot>& slot);
    void add(TaskId task, const std::shared_ptr<ProgressSlot>& slot);

    /// A task was made since the session was attached: its end is still to come.
    void on_made(TaskId task) { open_.insert(task); }
    bool is_open(TaskId task) const { return open_.contains(task); }

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
};

}  // namespace haul::detail
