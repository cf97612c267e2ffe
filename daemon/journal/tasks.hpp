#pragma once

#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "journal/database.hpp"
#include "journal/statement.hpp"
#include "model/task.hpp"

namespace haul::journal {

/// What the scheduler has to know of a task that may run some day; kept small, for there may be a million.
struct PendingTask {
    TaskId id;
    model::TaskKind kind{};
    model::TaskState state{};
    model::Block blocked{};
    double priority = 0;
    std::string url;
    std::optional<WallTime> deadline;
    std::optional<WallTime> next_attempt;
    SessionId session{};
    model::Gate gate{};
    std::string window{};
    std::uint32_t predecessors = 0;
    std::uint32_t source = 0;
    std::string options{};  ///< where source is not 0
};
PendingTask to_pending(const model::Task& task);

/// A line of a list of tasks.
struct TaskLine {
    TaskId id;
    model::TaskKind kind{};
    model::TaskState state{};
    model::Reason reason{};
    Bytes done = 0;
    std::optional<Bytes> total;
};

/// How many tasks a session has.
struct TaskCount {
    SessionId session;
    std::uint64_t tasks = 0;
    std::uint64_t work = 0;  ///< of these: that wait, run or are publishing
};

/// A copy in the spool that an upload is read from.
struct SpooledSource {
    SessionId session;
    std::string path;
    Bytes size = 0;
};

/// The table of tasks.
class Tasks {
public:
    static Result<Tasks> prepare(Database& database);

    /// The lowest id that no task has had.
    Result<TaskId> next_id() const;
    Result<> insert(const model::Task& task) const;
    /// Writes what may change in a task's life.
    Result<> update(const model::Task& task) const;
    Result<> remove(TaskId task) const;
    Result<std::optional<model::Task>> find(TaskId task) const;
    Result<std::optional<TaskId>> find_token(SessionId session, std::string_view token) const;

    /// Which session a task is in.
    Result<std::optional<SessionId>> session_of(TaskId task) const;
    /// How many tasks each session has.
    Result<std::vector<TaskCount>> counts() const;
    /// By rising id, after `after`, at most `max`.
    Result<std::vector<TaskLine>> list(SessionId session, std::optional<model::TaskState> state, TaskId after,
                                       std::uint32_t max) const;
    /// At most `max` of a session's tasks in these states.
    Result<std::vector<TaskId>> in_states(SessionId session, model::TaskState first, model::TaskState last,
                                          std::uint32_t max) const;
    Result<bool> exists(TaskId task) const;
    /// Part files that were taken over from other tasks.
    Result<std::vector<std::string>> part_paths() const;
    /// The next ones to plan with after `after`: suspended ones are left out.
    Result<std::vector<PendingTask>> pending(TaskId after, std::uint32_t max) const;
    /// A session's tasks that wait, by rising id, after `after`, at most `max`.
    Result<std::vector<PendingTask>> waiting(SessionId session, TaskId after, std::uint32_t max) const;
    /// Tasks that a crash may have caught in the middle: running or publishing.
    Result<std::vector<TaskId>> interrupted() const;
    /// Tasks with bytes in a part file that are not a result yet.
    Result<std::vector<TaskId>> with_bytes() const;
    /// What uploads that have not ended have in the spool.
    Result<std::vector<SpooledSource>> spooled() const;
    /// From when on the task may be forgotten, unless that is known already.
    Result<> set_forget_after(TaskId task, WallTime time) const;
    /// At most `max` tasks that may be forgotten now.
    Result<std::vector<TaskId>> forgettable(WallTime now, std::uint32_t max) const;
    /// The clock was set by so much, from `before`: tasks made under the old one were made so much later, and
    /// end and are tried again so much later.
    Result<> shift(Duration by, WallTime before) const;
    /// Where the clock has lost its time with the machine's power: tasks are tried again now and not in
    /// years.
    Result<> forget_delays_of_lost_clock(WallTime now) const;
    /// Whether any task waits, runs or publishes, or any client has to be launched.
    Result<bool> any_work() const;

private:
    Statement next_id_, remember_removed_, insert_, update_, remove_, find_, find_token_, session_of_,
        counts_, list_, list_state_, pending_, waiting_, interrupted_, with_bytes_, spooled_,
        set_forget_after_, forgettable_, any_work_, shift_, shift_delays_, forget_delays_, in_states_,
        exists_, part_paths_;
};

}  // namespace haul::journal
