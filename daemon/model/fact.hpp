#pragma once

#include <optional>
#include <string>
#include <variant>

#include "base/units.hpp"
#include "model/task.hpp"

/// What can happen to a task: each is told once, and model::step says what follows.
namespace haul::model::fact {

// A client asks.
struct Resume {};
struct Suspend {};
struct Cancel {};

// The clock and the scheduler.
struct Admit {};           ///< there is room for it to run
struct DeadlinePassed {};  ///< its resource timeout is over

// The engine reports of the running attempt.

/// The body arrives, of an entity that is worth to be remembered.
struct Began {
    Validator validator;
    std::optional<Bytes> total;
    std::uint16_t status = 0;
    Bytes done = 0;
};
/// The bytes so far can't be continued; the engine holds the new body back until this is committed.
struct Restarted {
    Began entity;
    std::string why;
};
struct Progressed {
    Bytes done = 0;
    std::optional<Bytes> total;
};
/// All bytes are in the part file.
struct Arrived {
    Bytes size = 0;
    std::uint64_t inode = 0;  ///< of the part file
    std::uint16_t status = 0;
};
/// How an attempt ended without its file.
enum class Ending : std::uint8_t {
    Stopped,     ///< on our own wish; its bytes are kept
    Retry,       ///< it may go better another time
    Refetch,     ///< the answer did not fit the bytes so far: without them, and at once
    DiskFull,    ///< goes on when there is room again
    DiskFailed,  ///< unsynced bytes are lost: from what is on disk for certain
    Final,       ///< it will never go better
};
struct Interrupted {
    Ending ending{};
    Reason reason = Reason::None;
    std::string text;  ///< for people
    std::uint16_t status = 0;
    std::optional<Duration> asked_delay;  ///< Retry-After
    Bytes done = 0;                       ///< good bytes in the part file
    bool progressed = false;              ///< whether this attempt brought any
    std::optional<Bytes> total;
    Validator validator;  ///< of the bytes in the part file
};

// The storeroom reports.

/// So much of the part file is on disk for certain.
struct Synced {
    Bytes offset = 0;
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
    std::string text;
};

// The daemon starts.
struct Recovered {
    bool same_boot = false;  ///< the machine has run ever since the journal was last written
};

}  // namespace haul::model::fact

namespace haul::model {

using Fact =
    std::variant<fact::Resume, fact::Suspend, fact::Cancel, fact::Admit, fact::DeadlinePassed, fact::Began,
                 fact::Restarted, fact::Progressed, fact::Arrived, fact::Interrupted, fact::Synced,
                 fact::SyncFailed, fact::Published, fact::Unpublished, fact::Recovered>;

}  // namespace haul::model
