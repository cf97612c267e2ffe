#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/units.hpp"
#include "model/block.hpp"
#include "model/coverage.hpp"
#include "model/gate.hpp"

namespace haul::model {

/// The numbers are stored: append, never change.
enum class TaskKind : std::uint8_t {
    Download = 0,
    Upload = 1,
    WebSocket = 2,
};

/// The numbers are stored: append, never change.
enum class TaskState : std::uint8_t {
    Suspended = 0,   ///< as created, or put aside by its client; no timer runs
    Waiting = 1,     ///< wants to run; `blocked` says what for it waits
    Running = 2,     ///< an attempt is under way
    Publishing = 3,  ///< all bytes are there; they are made durable and get their final name
    Finished = 4,
    Failed = 5,
    Cancelled = 6,
};

/// Why a task failed or was cancelled. The numbers are stored: append, never change.
enum class Reason : std::uint8_t {
    None = 0,
    HttpStatus = 1,    ///< a status outside accept-status
    Redirect = 2,      ///< a redirect that may not be followed, or too many
    Protocol = 3,      ///< an answer that HTTP does not allow
    Incomplete = 4,    ///< fewer bytes than announced
    Connection = 5,    ///< no connection, or it broke
    Tls = 6,           ///< the server's certificate or the handshake failed
    Timeout = 7,       ///< the request timeout ended the last attempt that the task had
    Deadline = 8,      ///< the resource timeout is over
    Limit = 9,         ///< larger than max-size or another limit
    Destination = 10,  ///< the destination can't be written
    Client = 11,       ///< cancelled by its client
    Changed = 12,      ///< not the entity that was asked for, or not the file that was to be sent
    NotModified = 13,  ///< of a finished task: the server has nothing newer than the client (if-none-match)
    Checksum = 14,     ///< the bytes are not those that a checksum promised
    Encoding = 15,     ///< a content coding that can't be undone
    Credentials = 16,  ///< the server or a proxy wants to know who asks
    Source = 17,       ///< the file to send can't be read
    Rejected = 18,     ///< the server goes on refusing what it is sent
    Session = 19,      ///< cancelled because its session was invalidated
    Predecessor = 20,  ///< cancelled because a task that had to finish first has not
};

/// What tells which bytes of the part file are good.
enum class PartTrust : std::uint8_t {
    Size = 0,     ///< its size: they came in order, and the machine has run ever since
    Synced = 1,   ///< `synced` alone: the machine went down in between
    Covered = 2,  ///< `done` alone: several connections write it
};

/// What happens to a file that stands at the destination already.
enum class IfExists : std::uint8_t { Fail = 0, Replace = 1, Rename = 2 };

/// Whether the client is asked before the task's first attempt. The numbers are stored: append, never change.
enum class Question : std::uint8_t {
    None = 0,     ///< it is not, or it has answered
    Pending = 1,  ///< it will be, when the task could start
    Asked = 2,    ///< it has to say how to go on: Resume, ReplaceUrl, Cancel
};

/// What proves that bytes belong to the same entity (RFC 9110, 8.8). Empty strings: not known.
struct Validator {
    std::string etag;           ///< as sent, with quotes and a W/ of a weak one
    std::string last_modified;  ///< as sent; kept only where it is a strong validator (RFC 9110, 8.8.2.2)
    friend bool operator==(const Validator&, const Validator&) = default;
};

/// What tells one state of a file from another (stat(2)).
struct FileIdentity {
    std::uint64_t device = 0;  ///< 0: not compared, since the machine was restarted in between
    std::uint64_t inode = 0;
    Bytes size = 0;
    std::int64_t modified_ns = 0;  ///< since 1970
    std::int64_t changed_ns = 0;   ///< likewise, of the inode
    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// Where an upload's bytes are read.
struct SourceFile {
    std::string path;
    FileIdentity identity;    ///< as it was when it was first looked at; without a value before that
    bool is_spooled = false;  ///< whether it is a copy of the daemon's own, which goes with the task

    bool is_found() const { return identity.inode != 0; }
};

/// How an upload talks to its server. The numbers are stored: append, never change.
enum class UploadProtocol : std::uint8_t {
    Off = 0,           ///< one request with the whole body
    Auto = 1,          ///< likewise, with an offer of Ietf that a server takes up with a 104
    Ietf = 2,          ///< draft-ietf-httpbis-resumable-upload
    Tus = 3,           ///< tus 1.0
    ContentRange = 4,  ///< a session URL, and 308 with a Range
    S3 = 5,            ///< parts with pre-signed URLs
};

/// How far an upload is, as far as the server said so. Its URL is a secret.
struct UploadState {
    UploadProtocol protocol = UploadProtocol::Off;  ///< in force
    std::string url{};                              ///< of the upload resource; "" = none yet
    Bytes offset = 0;                               ///< bytes that the server has
    std::vector<std::string> etags{};               ///< S3: of each part; "" = not there yet
    std::optional<Bytes> max_append{};              ///< Ietf: bytes of one request
    std::optional<WallTime> expires{};              ///< when the server forgets the upload resource
    std::string checksum{};                         ///< Tus: the function that the server checks by
    std::uint32_t conflicts = 0;                    ///< answers in a row that led nowhere
    bool is_discovered = false;  ///< Tus: whether the server was asked what it can do; Ietf: whether to
                                 ///< create without bytes, as the first try with all of them led nowhere
    bool may_be_there = false;   ///< whether the server may have everything, and may have acted on it
    Bytes furthest = 0;          ///< the highest offset so far: only bytes behind it end a row of conflicts
    bool is_unsure = false;      ///< whether the server has to be asked how far it is; need not be stored
    friend bool operator==(const UploadState&, const UploadState&) = default;
};

/// How a WebSocket is, and what its client has asked of it.
struct SocketState {
    bool is_open = false;
    std::string subprotocol{};       ///< the server's choice; "" = none
    std::uint16_t close_code = 0;    ///< of the last connection that ended; 0 = none has
    std::string close_reason{};      ///< likewise
    std::uint16_t goodbye_code = 0;  ///< the peer's, which is being answered; 0 = it has said none
    std::string goodbye_reason{};    ///< likewise
    std::uint16_t closing_code = 0;  ///< what the client wants to close with; 0 = it does not
    std::string closing_reason{};    ///< likewise
    std::uint64_t last_number = 0;   ///< of outgoing messages

    bool is_closing() const { return closing_code != 0; }
    friend bool operator==(const SocketState&, const SocketState&) = default;
};

/// A row of the journal's task table.
struct Task {
    TaskId id;
    SessionId session;
    TaskKind kind = TaskKind::Download;
    TaskState state = TaskState::Suspended;
    Reason reason = Reason::None;
    Block blocked = Block::None;
    std::string url;          ///< redacted once the task has ended
    std::string destination;  ///< absolute path; "" = the spool
    IfExists if_exists = IfExists::Fail;
    double priority = 0.5;  ///< 0..1
    std::string token;      ///< the client's own name for it; "" = none
    std::string options;    ///< encoded Fields: the options that have no column
    WallTime created;
    std::optional<WallTime> deadline;      ///< creation + resource-timeout
    std::optional<WallTime> next_attempt;  ///< not-before, or the end of a retry delay
    std::optional<WallTime> ended;
    Attempt attempts;
    std::uint32_t failures = 0;  ///< attempts in a row that brought no byte
    Coverage done;               ///< as last reported
    std::optional<Bytes> total;
    Coverage synced;  ///< bytes of the part file that are on disk for certain
    PartTrust trust = PartTrust::Size;
    Validator validator;               ///< of the bytes in the part file
    std::string digest;                ///< what the server promised them to be, as "sha-256=HEX"
    std::optional<WallTime> modified;  ///< their Last-Modified
    std::uint32_t failed_resumes = 0;  ///< in a row: requests for the rest that the server refused
    std::string filename;              ///< from the server, where the destination is a directory
    std::string final_url;             ///< redacted; where redirects led
    std::uint32_t source = 0;          ///< whom to ask: 0 = url, n = the n-th mirror
    std::uint32_t sources_tried = 0;   ///< in a row, in vain
    std::uint64_t dead_sources = 0;    ///< bits of those that failed for good
    std::uint16_t status = 0;          ///< of the last response
    std::string error_text;            ///< of the last failed attempt
    std::string path;                  ///< of the published file
    std::string part_path;             ///< of a part file taken over with resume data; "" = the usual one
    std::uint64_t part_inode = 0;      ///< of the part file, known while publishing
    bool resumed_before = false;       ///< whether Resume was called once
    bool has_secrets = false;          ///< whether the journal has any: headers, credentials, parts of URLs
    bool keeps_part = false;           ///< whether its part file outlives it, for resume data
    bool has_lane_trouble = false;     ///< whether one connection at a time is better for it
    bool told_disk_full = false;       ///< whether its client knows that it waits for room on the disk
    bool told_missing = false;         ///< likewise, for its source file
    bool told_unreachable = false;     ///< likewise, for a network that leads to its server
    Gate gate{};                       ///< what it demands of the machine
    std::string window;                ///< when it may run, as windows.hpp has it; "" = always
    std::uint32_t predecessors = 0;    ///< tasks that must have ended first, and have not yet
    Question question = Question::None;
    std::uint32_t remarks = 0;  ///< events besides that of its end, which are a limited number
    SourceFile source_file;     ///< of an upload
    UploadState upload;         ///< likewise; its URL goes with the task's end
    SocketState socket;         ///< of a WebSocket
};

/// Whether the server has something that an upload can go on with.
inline bool has_resource(const UploadState& upload) {
    return !upload.url.empty() || upload.protocol == UploadProtocol::S3;
}
inline bool is_terminal(TaskState state) {
    return state >= TaskState::Finished;
}
/// Waiting, running or publishing: the daemon has something to do for it.
inline bool is_work(TaskState state) {
    return state == TaskState::Waiting || state == TaskState::Running || state == TaskState::Publishing;
}

/// Bytes that a download has still to put on its disk; where nobody knows how many, what is worth to begin.
Bytes find_wanted_room(const Task& task);

std::string_view to_word(TaskKind kind);
std::string_view to_word(TaskState state);
std::string_view to_word(Reason reason);  ///< "" for None
std::string_view to_word(IfExists choice);
std::string_view to_word(UploadProtocol protocol);
std::optional<UploadProtocol> to_upload_protocol(std::string_view word);
std::optional<TaskState> to_task_state(std::string_view word);

}  // namespace haul::model
