#include "journal/tasks.hpp"

#include "journal/socket_codec.hpp"
#include "journal/upload_codec.hpp"

namespace haul::journal {
namespace {

constexpr const char* kInsert =
    "INSERT INTO tasks(id,session,kind,state,reason,blocked,url,destination,if_exists,priority,token,options,"
    "created,deadline,next_attempt,ended,attempts,failures,done,total,synced,trust,etag,last_modified,status,"
    "error_text,path,part_inode,flags,done_islands,synced_islands,digest,modified,failed_resumes,filename,"
    "final_url,source,sources_tried,dead_sources,part_path,source_path,source_identity,upload,"
    "question,remarks,socket) "
    "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
constexpr const char* kFind =
    "SELECT id,session,kind,state,reason,blocked,url,destination,if_exists,priority,token,options,created,"
    "deadline,next_attempt,ended,attempts,failures,done,total,synced,trust,etag,last_modified,status,"
    "error_text,path,part_inode,flags,done_islands,synced_islands,digest,modified,failed_resumes,filename,"
    "final_url,source,sources_tried,dead_sources,part_path,source_path,source_identity,upload,"
    "question,remarks,socket FROM tasks WHERE id=?";
constexpr const char* kUpdate =
    "UPDATE tasks SET "
    "state=?,reason=?,blocked=?,url=?,destination=?,if_exists=?,priority=?,token=?,options=?,"
    "deadline=?,next_attempt=?,ended=?,attempts=?,failures=?,done=?,total=?,synced=?,trust=?,etag=?,"
    "last_modified=?,status=?,error_text=?,path=?,part_inode=?,flags=?,done_islands=?,synced_islands=?,"
    "digest=?,modified=?,failed_resumes=?,filename=?,final_url=?,source=?,sources_tried=?,dead_sources=?,"
    "part_path=?,source_path=?,source_identity=?,upload=?,question=?,remarks=?,socket=? WHERE id=?";
constexpr const char* kList =
    "SELECT id,kind,state,reason,done,total FROM tasks WHERE session=?1 AND id>?2 ORDER BY id LIMIT ?3";
constexpr const char* kListState =
    "SELECT id,kind,state,reason,done,total FROM tasks WHERE session=?1 AND id>?2 AND state=?4 ORDER BY id "
    "LIMIT ?3";

constexpr std::uint32_t kResumedBefore = 1;
constexpr std::uint32_t kHasSecrets = 2;
constexpr std::uint32_t kKeepsPart = 4;
constexpr std::uint32_t kToldDiskFull = 8;
constexpr std::uint32_t kLaneTrouble = 16;
constexpr std::uint32_t kToldMissing = 32;
constexpr std::uint32_t kSpooledSource = 64;
constexpr std::uint32_t kToldUnreachable = 128;

std::uint32_t flags_of(const model::Task& task) {
    return (task.resumed_before ? kResumedBefore : 0U) | (task.has_secrets ? kHasSecrets : 0U) |
           (task.keeps_part ? kKeepsPart : 0U) | (task.told_disk_full ? kToldDiskFull : 0U) |
           (task.has_lane_trouble ? kLaneTrouble : 0U) | (task.told_missing ? kToldMissing : 0U) |
           (task.source_file.is_spooled ? kSpooledSource : 0U) |
           (task.told_unreachable ? kToldUnreachable : 0U);
}

/// Zero is stored as NULL, which takes no room.
std::optional<std::uint64_t> unless_zero(std::uint64_t value) {
    return value == 0 ? std::nullopt : std::optional{value};
}

/// Likewise, for a number that uses all of its 64 bits.
std::optional<std::int64_t> bits_unless_zero(std::uint64_t value) {
    return value == 0 ? std::nullopt : std::optional{static_cast<std::int64_t>(value)};
}

std::optional<std::int64_t> usec(const std::optional<WallTime>& time) {
    return time ? std::optional{to_usec(*time)} : std::nullopt;
}

std::optional<WallTime> time_at(const Query& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional{to_wall_time(row.number(column))};
}

std::optional<Bytes> size_at(const Query& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional{row.count(column)};
}

template <class Enum>
Enum enum_at(const Query& row, int column) {
    return static_cast<Enum>(row.number(column));
}

/// What makes no sense counts as nothing: the bytes are fetched again.
model::Coverage coverage_at(const Query& row, int bytes, int islands) {
    if (row.is_null(islands)) return model::Coverage{row.count(bytes)};
    return model::decode_coverage(row.count(bytes), row.text(islands)).value_or(model::Coverage{});
}

model::Task to_task(const Query& row) {
    model::Task task;
    task.id = {row.count(0)};
    task.session = {row.count(1)};
    task.kind = enum_at<model::TaskKind>(row, 2);
    task.state = enum_at<model::TaskState>(row, 3);
    task.reason = enum_at<model::Reason>(row, 4);
    task.blocked = enum_at<model::Block>(row, 5);
    task.url = row.text(6);
    task.destination = row.text(7);
    task.if_exists = enum_at<model::IfExists>(row, 8);
    task.priority = row.real(9);
    task.token = row.text(10);
    task.options = row.text(11);
    task.created = to_wall_time(row.number(12));
    task.deadline = time_at(row, 13);
    task.next_attempt = time_at(row, 14);
    task.ended = time_at(row, 15);
    task.attempts = {static_cast<std::uint32_t>(row.number(16))};
    task.failures = static_cast<std::uint32_t>(row.number(17));
    task.done = coverage_at(row, 18, 29);
    task.total = size_at(row, 19);
    task.synced = coverage_at(row, 20, 30);
    task.trust = enum_at<model::PartTrust>(row, 21);
    task.validator = {.etag = row.text(22), .last_modified = row.text(23)};
    task.status = static_cast<std::uint16_t>(row.number(24));
    task.error_text = row.text(25);
    task.path = row.text(26);
    task.part_inode = row.count(27);
    auto flags = row.number(28);
    task.resumed_before = (flags & kResumedBefore) != 0;
    task.has_secrets = (flags & kHasSecrets) != 0;
    task.keeps_part = (flags & kKeepsPart) != 0;
    task.told_disk_full = (flags & kToldDiskFull) != 0;
    task.has_lane_trouble = (flags & kLaneTrouble) != 0;
    task.told_unreachable = (flags & kToldUnreachable) != 0;
    task.question = enum_at<model::Question>(row, 43);
    task.remarks = static_cast<std::uint32_t>(row.number(44));
    task.digest = row.text(31);
    task.modified = time_at(row, 32);
    task.failed_resumes = static_cast<std::uint32_t>(row.number(33));
    task.filename = row.text(34);
    task.final_url = row.text(35);
    task.source = static_cast<std::uint32_t>(row.number(36));
    task.sources_tried = static_cast<std::uint32_t>(row.number(37));
    task.dead_sources = row.count(38);
    task.part_path = row.text(39);
    if (task.kind == model::TaskKind::WebSocket) task.socket = decode_socket(row.text(45));
    if (task.kind != model::TaskKind::Upload) return task;
    task.told_missing = (flags & kToldMissing) != 0;
    task.source_file = {.path = row.text(40),
                        .identity = decode_identity(row.text(41)),
                        .is_spooled = (flags & kSpooledSource) != 0};
    task.upload = decode_upload(row.text(42));
    return task;
}

void bind_islands(Query& query, const model::Coverage& coverage) {
    if (coverage.is_prefix())
        query.bind_null();
    else
        query.bind_copy(model::encode_islands(coverage));
}

/// The columns from `deadline` on, which insert and update bind in the same order.
void bind_progress(Query& query, const model::Task& task) {
    query.bind(usec(task.deadline))
        .bind(usec(task.next_attempt))
        .bind(usec(task.ended))
        .bind(unless_zero(task.attempts.value))
        .bind(unless_zero(task.failures))
        .bind(unless_zero(task.done.bytes()))
        .bind(task.total)
        .bind(unless_zero(task.synced.bytes()))
        .bind(unless_zero(static_cast<std::uint64_t>(task.trust)))
        .bind_text_or_null(task.validator.etag)
        .bind_text_or_null(task.validator.last_modified)
        .bind(unless_zero(task.status))
        .bind_text_or_null(task.error_text)
        .bind_text_or_null(task.path)
        .bind(bits_unless_zero(task.part_inode))
        .bind(unless_zero(flags_of(task)));
    bind_islands(query, task.done);
    bind_islands(query, task.synced);
    query.bind_text_or_null(task.digest)
        .bind(usec(task.modified))
        .bind(unless_zero(task.failed_resumes))
        .bind_text_or_null(task.filename)
        .bind_text_or_null(task.final_url)
        .bind(unless_zero(task.source))
        .bind(unless_zero(task.sources_tried))
        .bind(bits_unless_zero(task.dead_sources))
        .bind_text_or_null(task.part_path);
    if (task.kind == model::TaskKind::Upload)
        query.bind_text_or_null(task.source_file.path)
            .bind_copy(encode(task.source_file.identity))
            .bind_copy(encode(task.upload));
    else
        query.bind_null().bind_null().bind_null();
    query.bind(unless_zero(static_cast<std::uint64_t>(task.question))).bind(unless_zero(task.remarks));
    query.bind_copy(encode(task.socket));  // of another kind it is empty
}

/// The columns from `state` to `options`, likewise.
void bind_plan(Query& query, const model::Task& task) {
    query.bind(static_cast<std::uint64_t>(task.state))
        .bind(unless_zero(static_cast<std::uint64_t>(task.reason)))
        .bind(unless_zero(static_cast<std::uint64_t>(task.blocked)))
        .bind(std::string_view{task.url})
        .bind_text_or_null(task.destination)
        .bind(unless_zero(static_cast<std::uint64_t>(task.if_exists)))
        .bind(task.priority)
        .bind_text_or_null(task.token);
    if (task.options.empty())
        query.bind_null();
    else
        query.bind_blob(task.options);
}

Result<std::vector<TaskId>> ids(Query query) {
    std::vector<TaskId> found;
    while (TRY(query.step())) found.push_back({query.count(0)});
    return found;
}

}  // namespace

Result<Tasks> Tasks::prepare(Database& database) {
    auto* db = database.handle();
    Tasks tasks;
    tasks.next_id_ = TRY(Statement::prepare(db,
                                            "SELECT max(ifnull((SELECT max(id) FROM tasks),0), "
                                            "ifnull((SELECT value FROM meta WHERE key='last-task'),0))+1"));
    tasks.remember_removed_ = TRY(Statement::prepare(db,
                                                     "INSERT INTO meta(key,value) VALUES('last-task',?1) ON "
                                                     "CONFLICT(key) DO UPDATE SET value=max(value,?1)"));
    tasks.insert_ = TRY(Statement::prepare(db, kInsert));
    tasks.update_ = TRY(Statement::prepare(db, kUpdate));
    tasks.remove_ = TRY(Statement::prepare(db, "DELETE FROM tasks WHERE id=?"));
    tasks.find_ = TRY(Statement::prepare(db, kFind));
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
    tasks.pending_ =
        TRY(Statement::prepare(db,
                               "SELECT id,kind,state,blocked,priority,url,deadline,next_attempt FROM tasks "
                               "WHERE id>? AND state BETWEEN 1 AND 3 ORDER BY id LIMIT ?"));
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
    tasks.forgettable_ = TRY(Statement::prepare(db, "SELECT id FROM tasks WHERE forget_after<? LIMIT ?"));
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
    query.bind(task.id.value).bind(task.session.value).bind(static_cast<std::uint64_t>(task.kind));
    bind_plan(query, task);
    query.bind(to_usec(task.created));
    bind_progress(query, task);
    return query.run();
}

Result<> Tasks::update(const model::Task& task) const {
    auto query = update_.use();
    bind_plan(query, task);
    bind_progress(query, task);
    query.bind(task.id.value);
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
    query.bind(after.value).bind(max);
    std::vector<PendingTask> tasks;
    while (TRY(query.step()))
        tasks.push_back({.id = {query.count(0)},
                         .kind = enum_at<model::TaskKind>(query, 1),
                         .state = enum_at<model::TaskState>(query, 2),
                         .blocked = enum_at<model::Block>(query, 3),
                         .priority = query.real(4),
                         .url = query.text(5),
                         .deadline = time_at(query, 6),
                         .next_attempt = time_at(query, 7)});
    return tasks;
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

Result<bool> Tasks::any_work() const {
    return any_work_.use().step();
}

}  // namespace haul::journal
