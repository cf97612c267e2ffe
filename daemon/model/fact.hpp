#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/units.hpp"
#include "model/challenge.hpp"
#include "model/entity.hpp"
#include "model/reply.hpp"
#include "model/task.hpp"

/// What can happen to a task: each is told once, and model::step says what follows.
namespace haul::model::fact {

// A client asks.
struct Resume {};
struct Suspend {};
struct Cancel {
    Reason reason = Reason::Client;
};
struct CancelKeeping {};  ///< likewise, but its bytes may be continued by another task
/// Fetch it from there instead.
struct ReplaceUrl {
    std::string url;
    bool has_secrets = false;
};
/// Say goodbye to the peer of a WebSocket when what is queued is sent.
struct Close {
    std::uint16_t code = 0;
    std::string reason;
    bool has_queue = false;  ///< whether messages wait to be sent
};
struct CredentialsGiven {};  ///< new ones are in the journal

// The clock and the scheduler.
struct Admit {};           ///< there is room for it to run
struct DeadlinePassed {};  ///< its resource timeout is over
struct NetworkBetter {};   ///< it may reach more than it did
struct RoomMade {};        ///< its disk has room again
/// The machine's conditions, or its window, do not let it run on.
struct Halted {
    Block blocks = Block::None;
};
/// A task that must have finished first has ended.
struct PredecessorEnded {
    TaskId predecessor;
    bool has_finished = false;
    bool is_needed = true;  ///< whether this task is cancelled where the other one has not finished
};
/// What an upload is to be read from, whose file is looked at when its turn has come.
struct SourceFound {
    SourceFile source;
};
/// It is not there, or not what can be sent.
struct SourceLacking {
    bool is_final = false;  ///< whether that will never get better
    std::string text;
};

// The engine reports of the running attempt.

/// The body arrives, of an entity that is worth to be remembered.
struct Began {
    Entity entity;
    Coverage done;
};
/// The bytes so far can't be continued; the engine holds the new body back until this is committed.
struct Restarted {
    Entity entity;
    std::string why;
};
/// More connections are about to write: from now on the part file's size tells nothing. The engine begins
/// with them when this is committed.
struct Segmented {
    Entity entity;
    Coverage done;
};
/// What several connections have brought so far.
struct Covered {
    Coverage done;
};
struct Progressed {
    Bytes done = 0;
    std::optional<Bytes> total;
};
/// All bytes are in the part file.
struct Arrived {
    Entity entity;
    Bytes size = 0;
    std::uint64_t inode = 0;   ///< of the part file
    bool is_verified = false;  ///< whether they have been checked against all digests
};
/// The server says that what the client has is still right (304).
struct NotModified {
    std::uint16_t status = 0;
};
/// How an attempt ended without its file.
enum class Ending : std::uint8_t {
    Stopped,        ///< on our own wish; its bytes are kept
    Retry,          ///< it may go better another time
    Unreachable,    ///< likewise, when the network leads to the server again
    Refetch,        ///< the answer did not fit the bytes so far, or the server has forgotten the upload:
                    ///< without them, and at once
    ResumeRefused,  ///< the server did not let us go on, though the entity is the same: bytes are kept
    NotHere,        ///< this source has another entity than the bytes are of
    Credentials,    ///< the server or a proxy wants to know who asks
    SourceMissing,  ///< the file to send is not there; looked at again later
    DiskFull,       ///< goes on when there is room again
    DiskFailed,     ///< unsynced bytes are lost: from what is on disk for certain
    Final,          ///< it will never go better
};
struct Interrupted {
    Ending ending{};
    Reason reason = Reason::None;
    std::string text{};                     ///< for people
    std::optional<Duration> asked_delay{};  ///< Retry-After
    std::string challenger{};               ///< redacted URL of who wants credentials; "" = the task's own
    std::vector<Challenge> challenges{};    ///< of Credentials
    Coverage done{};                        ///< good bytes in the part file
    bool progressed = false;                ///< whether this attempt brought any
    bool is_segmented = false;              ///< whether several connections wrote it
    bool has_lane_trouble = false;          ///< whether the server did not like several connections
    Entity entity{};  ///< of the bytes in the part file; the status is the last response's
    std::optional<UploadState> upload{};  ///< of an upload: how far it is
    std::optional<Reply> reply{};         ///< likewise: what the server said, where that is worth keeping
};

/// How far an upload is. Where it is held, the engine sends the rest when this is committed.
struct Uploaded {
    UploadState state;
    bool is_held = false;
};
/// The server has the whole upload.
struct Answered {
    UploadState state;
    Reply reply;
    std::string final_url;  ///< redacted; "" where no redirect led anywhere
};

// The ear reports of a WebSocket's connection.

struct Opened {
    std::uint16_t status = 0;
    std::string subprotocol{};
    std::string final_url{};  ///< redacted; "" where no redirect led anywhere
};
/// The peer said goodbye; the ear answers when this is committed, with every message before it.
struct Goodbye {
    std::uint16_t code = 0;
    std::string reason{};
};
/// A connection that was open has ended, as nobody here wished or as both sides did.
struct Closed {
    std::uint16_t code = 0;
    std::string reason{};
    bool is_clean = false;    ///< whether both sides said goodbye
    bool was_steady = false;  ///< whether it was open long enough to end a row of failures
    std::string text{};       ///< for people, where something went wrong
};

// The storeroom reports.

/// So much of the part file is on disk for certain.
struct Synced {
    Coverage bytes;
};
/// Bytes that were written are lost.
struct SyncFailed {
    std::string text;
};
struct Published {
    std::string path;
};
struct Unpublished {
    Ending ending{};  ///< DiskFull, DiskFailed or Final
    Reason reason = Reason::Destination;
    std::string text;
};

// The daemon starts.
struct Recovered {
    bool same_boot = false;  ///< the machine has run ever since the journal was last written
};

}  // namespace haul::model::fact

namespace haul::model {

using Fact =
    std::variant<fact::Resume, fact::Suspend, fact::Cancel, fact::CancelKeeping, fact::ReplaceUrl,
                 fact::Close, fact::CredentialsGiven, fact::Admit, fact::DeadlinePassed, fact::NetworkBetter,
                 fact::RoomMade, fact::Halted, fact::PredecessorEnded, fact::SourceFound, fact::SourceLacking,
                 fact::Began, fact::Restarted, fact::Segmented, fact::Covered, fact::Progressed,
                 fact::Arrived, fact::NotModified, fact::Interrupted, fact::Uploaded, fact::Answered,
                 fact::Opened, fact::Goodbye, fact::Closed, fact::Synced, fact::SyncFailed, fact::Published,
                 fact::Unpublished, fact::Recovered>;

}  // namespace haul::model
