#pragma once

#include <vector>

#include "base/result.hpp"
#include "model/close_codes.hpp"
#include "model/event.hpp"
#include "model/fact.hpp"
#include "model/retry.hpp"
#include "model/task.hpp"

namespace haul::model {

/// What has to be done after the new state is committed.
enum class Effect : std::uint8_t {
    StartTransfer,    ///< begin the attempt
    ProceedTransfer,  ///< let the attempt that waits for a commit go on
    StopTransfer,     ///< end the attempt; nothing that it still reports counts
    Publish,          ///< make the part file durable and give it its name
    CheckAndPublish,  ///< likewise, after its bytes were read again and compared with the digests
    DiscardPart,      ///< remove the part file, or the copy that an upload was sent from
    AnswerGoodbye,    ///< say goodbye to the peer of a WebSocket that has said it
    CloseSocket,      ///< say goodbye to the peer of a WebSocket
    ForgetUpload,     ///< tell the server that it may forget what it has of the upload
};

/// What an event tells; its number and its place in the queue are the journal's.
struct News {
    EventType type{};
    Fields details;
    bool needs_client = false;  ///< whether the task can't go on before the client acts
};

struct Step {
    Task task;
    std::vector<News> news;
    std::vector<Effect> effects;
    UploadState forgotten{};  ///< of ForgetUpload
};

/// What a step depends on besides the task and the fact.
struct Surroundings {
    WallTime now;
    Backoff backoff{};
    double jitter = 0;                     ///< random, 0 up to 1
    std::optional<std::uint32_t> retries;  ///< how many attempts in a row may fail; no value: any number
    std::uint32_t sources = 1;             ///< the URL and its mirrors
    bool may_reconnect = true;             ///< whether a WebSocket connects again
    CloseCodes final_codes{};              ///< after which it does not
    bool has_queue = false;                ///< whether one that is to close has messages to send before
    bool may_repeat = true;                ///< whether an upload may be sent again that may have arrived
};

/// The next state of a task. Errors: InvalidState where a client asks for what the state does not allow.
/// Facts that come too late for the state they find change nothing.
///
///   suspended   Resume -> waiting
///   waiting     Admit -> running, or waiting for the answer of a client that wants to be asked;
///               Suspend -> suspended
///   running     Arrived -> publishing;  NotModified or Answered -> finished;  Interrupted -> waiting or
///   failed;
///               Suspend -> suspended;  ReplaceUrl -> waiting
///   running, of a WebSocket: while it connects and is open;  Closed -> waiting, finished or failed
///   publishing  Published -> finished;  Unpublished -> waiting or failed
///   all but publishing and ended:  Cancel -> cancelled;  DeadlinePassed -> failed
///   recovery    running -> waiting, or failed where that would send an upload twice;  publishing ->
///   publishing again (which finds out what was done before the crash)
Result<Step> step(Task task, const Fact& fact, const Surroundings& around);

/// How long a task waits for room on its disk at most, before it tries again: a quota's room shows nowhere.
inline constexpr Duration kDiskSpaceDelay = std::chrono::minutes{1};
/// How long it waits before it looks again whether its source file is there.
inline constexpr Duration kSourceDelay = std::chrono::seconds{10};

}  // namespace haul::model
