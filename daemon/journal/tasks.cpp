#include "journal/tasks.hpp"

#include "journal/task_row.hpp"
#include "journal/upload_codec.hpp"

namespace haul::journal {
namespace {
constexpr const char* kList =
    "SELECT id,kind,state,reason,done,total FROM tasks WHERE session=?1 AND id>?2 ORDER BY id LIMIT ?3";
constexpr const char* kListState =
    "SELECT id,kind,state,reason,done,total FROM tasks WHERE session=?1 AND id>?2 AND state=?4 ORDER BY id "
    "LIMIT ?3";

constexpr const char* kPendingTask =
    "SELECT id,kind,state,blocked,priority,url,deadline,next_attempt,session,gate,window,predecessors,source,"
    "CASE WHEN source>0 THEN options END FROM tasks ";

constexpr auto kDelays = static_cast<std::uint32_t>(model::Block::RetryDelay | model::Block::DiskSpace |
                                                    model::Block::File | model::Block::Network);
constexpr Duration kLongestDelay = std::chrono::days{10};  // a time farther away was not counted from now on

Result<std::vector<TaskId>> ids(Query query) {
    std::vector<TaskId> found;
    while (TRY(query.step())) found.push_back({query.count(0)});
    return found;
}

Result<std::vector<PendingTask>> pending_tasks(Query& query) {
    std::vector<PendingTask> tasks;
    while (TRY(query.step()))
        tasks.push_back({.id = {query.count(0)},
                         .kind = enum_at<model::TaskKind>(query, 1),
                         .state = enum_at<model::TaskState>(query, 2),
                         .blocked = enum_at<model::Block>(query, 3),
                         .priority = query.real(4),
                         .url = query.text(5),
                         .deadline = time_at(query, 6),
                         .next_attempt = time_at(query, 7),
                         .session = {query.count(8)},
                         .gate = enum_at<model::Gate>(query, 9),
                         .window = query.text(10),
                         .predecessors = static_cast<std::uint32_t>(query.number(11)),
                         .source = static_cast<std::uint32_t>(query.number(12)),
                         .options = query.text(13)});
    return tasks;
}

}  // namespace

PendingTask to_pending(const model::Task& task) {
    return {.id = task.id,
            .kind = task.kind,
            .state = task.state,
            .blocked = task.blocked,
            .priority = task.priority,
            .url = task.url,
            .deadline = task.deadline,
            .next_attempt = task.next_attempt,
            .session = task.session,
            .gate = task.gate,
            .window = task.window,
            .predecessors = task.predecessors,
            .source = task.source,
            .options = task.source > 0 ? task.options : std::string{}};
}

Result<Tasks> Tasks::prepare(Database& database) {
    auto* db = database.handle();
    Tasks tasks;
    tasks.next_id_ = TRY(Statement::prepare(db,
                                            "SELECT max(ifnull((SELECT max(id) FROM tasks),0), "
                                            "ifnull((SELECT value FROM meta WHERE key='last-task'),0))+1"));
    tasks.remember_removed_ = TRY(Statement::prepare(db,
                                                     "INSERT INTO meta(key,value) VALUES('last-task',?1) ON "
                                                     "CONFLICT(key) DO UPDATE SET value=max(value,?1)"));
    tasks.insert_ = TRY(Statement::prepare(db, kInsertTask));
    tasks.update_ = TRY(Statement::prepare(db, kUpdateTask));
    tasks.remove_ = TRY(Statement::prepare(db, "DELETE FROM tasks WHERE id=?"));
    tasks.find_ = TRY(Statement::prepare(db, kFindTask));
    tasks.find_token_ = TRY(Statement::prepare(db, "SELECT id FROM tasks WHERE session=? AND token=?"));
    tasks.session_of_ = TRY(Statement::prepare(db, "SELECT session FROM tasks WHERE id=?"));
    tasks.counts_ = TRY(Statement::prepare(
        db, "SELECT session,count(*),total(state BETWEEN 1 AND 3) FROM tasks GROUP BY session"));
    tasks.in_states_ = TRY(Statement::prepare(
        db, "SELECT id FROM tasks WHERE session=? AND state BETWEEN ? AND ? ORDER BY id LIMIT ?"));
    tasks.part_paths_ =
        TRY(Statement::prepare(db, "SELECT part_path FROM tasks WHERE part_path IS NOT NULL"));
    tasks.exists_ = TRY(Statement::prepare(db, "SELECT 1 FROM tasks WHERE id=?"));
    tasks.list_ = TRY(Statement::prepare(db, kList));
    tasks.list_state_ = TRY(Statement::prepare(db, kListState));
    auto prepare_pending = [db](const char* which) {
        return Statement::prepare(db, std::string{kPendingTask} + which);
    };
    tasks.pending_ = TRY(prepare_pending("WHERE id>? AND state BETWEEN 1 AND 3 ORDER BY id LIMIT ?"));
    tasks.waiting_ = TRY(prepare_pending("WHERE session=? AND id>? AND state=1 ORDER BY id LIMIT ?"));
    tasks.interrupted_ = TRY(Statement::prepare(db, "SELECT id FROM tasks WHERE state IN (2,3) ORDER BY id"));
    tasks.with_bytes_ = TRY(Statement::prepare(
        db,
        "SELECT id FROM tasks WHERE (attempts>0 OR part_path IS NOT NULL OR kind=1) AND (state<=3 OR "
        "flags&4) "
        "ORDER BY id"));
    tasks.spooled_ = TRY(Statement::prepare(
        db, "SELECT session,source_path,source_identity FROM tasks WHERE kind=1 AND state<=3 AND flags&64"));
    tasks.set_forget_after_ =
        TRY(Statement::prepare(db, "UPDATE tasks SET forget_after=? WHERE id=? AND forget_after IS NULL"));
    tasks.forgettable_ = TRY(Statement::prepare(
        db,
        "SELECT id FROM tasks WHERE forget_after<? AND id NOT IN (SELECT predecessor FROM chains) LIMIT ?"));
    tasks.shift_ = TRY(Statement::prepare(
        db, "UPDATE tasks SET created=created+?1,deadline=deadline+?1 WHERE state<=3 AND created<=?2"));
    tasks.shift_delays_ = TRY(Statement::prepare(
        db,
        "UPDATE tasks SET next_attempt=next_attempt+?1 WHERE state=1 AND blocked&?2 AND next_attempt<=?3"));
    tasks.forget_delays_ = TRY(Statement::prepare(
        db,
        "UPDATE tasks SET next_attempt=?1 WHERE state=1 AND blocked&?2 AND next_attempt>?1 AND ?1<(SELECT "
        "max(created) FROM tasks)"));
    tasks.any_work_ =
        TRY(Statement::prepare(db,
                               "SELECT 1 WHERE EXISTS (SELECT 1 FROM tasks WHERE state BETWEEN 1 AND 3) OR "
                               "EXISTS (SELECT 1 FROM wakes WHERE next_launch IS NOT NULL)"));
    return tasks;
}

Result<TaskId> Tasks::next_id() const {
    auto query = next_id_.use();
    TRY(query.step());
    return TaskId{query.count(0)};
}

Result<> Tasks::insert(const model::Task& task) const {
    auto query = insert_.use();
    bind_insert(query, task);
    return query.run();
}

Result<> Tasks::update(const model::Task& task) const {
    auto query = update_.use();
    bind_update(query, task);
    return query.run();
}

Result<> Tasks::remove(TaskId task) const {
    TRY(remember_removed_.use().bind(task.value).run());
    return remove_.use().bind(task.value).run();
}

Result<std::optional<model::Task>> Tasks::find(TaskId task) const {
    auto query = find_.use();
    if (!TRY(query.bind(task.value).step())) return std::nullopt;
    return to_task(query);
}

Result<std::optional<TaskId>> Tasks::find_token(SessionId session, std::string_view token) const {
    auto query = find_token_.use();
    if (!TRY(query.bind(session.value).bind(token).step())) return std::nullopt;
    return TaskId{query.count(0)};
}

Result<std::optional<SessionId>> Tasks::session_of(TaskId task) const {
    auto query = session_of_.use();
    if (!TRY(query.bind(task.value).step())) return std::nullopt;
    return SessionId{query.count(0)};
}

Result<std::vector<TaskCount>> Tasks::counts() const {
    auto query = counts_.use();
    std::vector<TaskCount> counts;
    while (TRY(query.step())) counts.push_back({{query.count(0)}, query.count(1), query.count(2)});
    return counts;
}

Result<std::vector<TaskLine>> Tasks::list(SessionId session, std::optional<model::TaskState> state,
                                          TaskId after, std::uint32_t max) const {
    auto query = (state ? list_state_ : list_).use();
    query.bind(session.value).bind(after.value).bind(max);
    if (state) query.bind(static_cast<std::uint64_t>(*state));
    std::vector<TaskLine> lines;
    while (TRY(query.step()))
        lines.push_back({.id = {query.count(0)},
                         .kind = enum_at<model::TaskKind>(query, 1),
                         .state = enum_at<model::TaskState>(query, 2),
                         .reason = enum_at<model::Reason>(query, 3),
                         .done = query.count(4),
                         .total = size_at(query, 5)});
    return lines;
}

Result<std::vector<TaskId>> Tasks::in_states(SessionId session, model::TaskState first, model::TaskState last,
                                             std::uint32_t max) const {
    auto query = in_states_.use();
    query.bind(session.value)
        .bind(static_cast<std::uint64_t>(first))
        .bind(static_cast<std::uint64_t>(last))
        .bind(max);
    std::vector<TaskId> found;
    while (TRY(query.step())) found.push_back({query.count(0)});
    return found;
}

Result<bool> Tasks::exists(TaskId task) const {
    auto query = exists_.use();
    return query.bind(task.value).step();
}

Result<std::vector<std::string>> Tasks::part_paths() const {
    auto query = part_paths_.use();
    std::vector<std::string> paths;
    while (TRY(query.step())) paths.push_back(query.text(0));
    return paths;
}

Result<std::vector<PendingTask>> Tasks::pending(TaskId after, std::uint32_t max) const {
    auto query = pending_.use();
    return pending_tasks(query.bind(after.value).bind(max));
}

Result<std::vector<PendingTask>> Tasks::waiting(SessionId session, TaskId after, std::uint32_t max) const {
    auto query = waiting_.use();
    return pending_tasks(query.bind(session.value).bind(after.value).bind(max));
}

Result<std::vector<TaskId>> Tasks::interrupted() const {
    return ids(interrupted_.use());
}

Result<std::vector<TaskId>> Tasks::with_bytes() const {
    return ids(with_bytes_.use());
}

Result<std::vector<SpooledSource>> Tasks::spooled() const {
    auto query = spooled_.use();
    std::vector<SpooledSource> sources;
    while (TRY(query.step()))
        sources.push_back({{query.count(0)}, query.text(1), decode_identity(query.text(2)).size});
    return sources;
}

Result<> Tasks::set_forget_after(TaskId task, WallTime time) const {
    return set_forget_after_.use().bind(to_usec(time)).bind(task.value).run();
}

Result<std::vector<TaskId>> Tasks::forgettable(WallTime now, std::uint32_t max) const {
    auto query = forgettable_.use();
    query.bind(to_usec(now)).bind(max);
    std::vector<TaskId> found;
    while (TRY(query.step())) found.push_back({query.count(0)});
    return found;
}

Result<> Tasks::shift(Duration by, WallTime before) const {
    TRY(shift_.use().bind(by.count()).bind(to_usec(before)).run());
    auto delays = shift_delays_.use();
    return delays.bind(by.count()).bind(std::int64_t{kDelays}).bind(to_usec(before + kLongestDelay)).run();
}

Result<> Tasks::forget_delays_of_lost_clock(WallTime now) const {
    return forget_delays_.use().bind(to_usec(now)).bind(std::int64_t{kDelays}).run();
}

Result<bool> Tasks::any_work() const {
    return any_work_.use().step();
}

}  // namespace haul::journal
