#include "journal/task_row.hpp"

#include "journal/socket_codec.hpp"
#include "journal/upload_codec.hpp"

namespace haul::journal {

const char* const kInsertTask =
    "INSERT INTO tasks(id,session,kind,state,reason,blocked,url,destination,if_exists,priority,token,options,"
    "created,deadline,next_attempt,ended,attempts,failures,done,total,synced,trust,etag,last_modified,status,"
    "error_text,path,part_inode,flags,done_islands,synced_islands,digest,modified,failed_resumes,filename,"
    "final_url,source,sources_tried,dead_sources,part_path,source_path,source_identity,upload,"
    "question,remarks,socket,gate,window,predecessors) "
    "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"
    ")";
const char* const kFindTask =
    "SELECT id,session,kind,state,reason,blocked,url,destination,if_exists,priority,token,options,created,"
    "deadline,next_attempt,ended,attempts,failures,done,total,synced,trust,etag,last_modified,status,"
    "error_text,path,part_inode,flags,done_islands,synced_islands,digest,modified,failed_resumes,filename,"
    "final_url,source,sources_tried,dead_sources,part_path,source_path,source_identity,upload,"
    "question,remarks,socket,gate,window,predecessors FROM tasks WHERE id=?";
const char* const kUpdateTask =
    "UPDATE tasks SET "
    "state=?,reason=?,blocked=?,url=?,destination=?,if_exists=?,priority=?,token=?,options=?,"
    "deadline=?,next_attempt=?,ended=?,attempts=?,failures=?,done=?,total=?,synced=?,trust=?,etag=?,"
    "last_modified=?,status=?,error_text=?,path=?,part_inode=?,flags=?,done_islands=?,synced_islands=?,"
    "digest=?,modified=?,failed_resumes=?,filename=?,final_url=?,source=?,sources_tried=?,dead_sources=?,"
    "part_path=?,source_path=?,source_identity=?,upload=?,question=?,remarks=?,socket=?,gate=?,"
    "window=?,predecessors=? WHERE id=?";
namespace {

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

/// What makes no sense counts as nothing: the bytes are fetched again.
model::Coverage coverage_at(const Query& row, int bytes, int islands) {
    if (row.is_null(islands)) return model::Coverage{row.count(bytes)};
    return model::decode_coverage(row.count(bytes), row.text(islands)).value_or(model::Coverage{});
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
    query.bind(unless_zero(static_cast<std::uint64_t>(task.gate)))
        .bind_text_or_null(task.window)
        .bind(unless_zero(task.predecessors));
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

}  // namespace

void bind_insert(Query& query, const model::Task& task) {
    query.bind(task.id.value).bind(task.session.value).bind(static_cast<std::uint64_t>(task.kind));
    bind_plan(query, task);
    query.bind(to_usec(task.created));
    bind_progress(query, task);
}

void bind_update(Query& query, const model::Task& task) {
    bind_plan(query, task);
    bind_progress(query, task);
    query.bind(task.id.value);
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
    task.gate = enum_at<model::Gate>(row, 46);
    task.window = row.text(47);
    task.predecessors = static_cast<std::uint32_t>(row.number(48));
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

}  // namespace haul::journal
