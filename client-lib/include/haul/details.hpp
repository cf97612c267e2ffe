#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "haul/close_code.hpp"
#include "haul/export.hpp"
#include "haul/types.hpp"

namespace haul {

/// A task's state, and why where it failed or was cancelled, or finished with nothing to fetch.
struct TaskStatus {
    TaskState state;
    std::string reason;  ///< of a finished task "not-modified" or empty
};

/// One line of a list of tasks.
struct TaskSummary {
    TaskId id;
    TaskKind kind;
    TaskState state;
    std::string reason;  ///< why it failed or was cancelled, else empty
    Bytes bytes_done;
    std::optional<Bytes> bytes_total;  ///< absent while unknown
};

/// What a task waits for.
struct WaitingTask {
    TaskId id;
    std::vector<std::string> blocked_by;  ///< the same as in TaskDetails; at least one word
    std::optional<Time> next_attempt;     ///< likewise
};

/// What the daemon tells about an upload besides. Text without a value is empty.
struct UploadDetails {
    std::string file;          ///< path of what is sent; empty where that is in the spool alone
    std::string method;        ///< of the request: "PUT", …
    std::string resumable;     ///< how it was to go on after an interruption: "auto", "tus", …
    std::string protocol;      ///< how it does, as far as that is known: "off", "auto", "ietf", …
    std::string content_type;  ///< of the body
    std::map<std::string, std::string>
        reply_headers;  ///< of the last answer, without Set-Cookie; at most 16 KiB
    std::optional<Bytes>
        reply_size;           ///< of the answer's body that TaskHandle::open_result gives; absent: none yet
    bool is_reply_truncated;  ///< whether more than 1 MiB came, and the rest was dropped
};

/// What the daemon tells about a WebSocket besides.
struct WebSocketDetails {
    bool is_open;              ///< whether there is a connection
    std::string subprotocol;   ///< the one that the server chose; empty: none
    CloseCode close_code;      ///< of the last connection that was closed
    std::string close_reason;  ///< likewise
};

/// Everything that the daemon tells about a task. Text without a value is empty.
struct TaskDetails {
    TaskId id;
    TaskKind kind;
    TaskState state;
    std::string session_path;  ///< object path of its session
    std::string url;           ///< without user info and query
    std::string final_url;     ///< where redirects led; the same way
    std::string destination;   ///< where the file is to go; empty: the spool
    std::string filename;      ///< its name in a destination that is a directory, once it is known
    std::string path;          ///< of the finished file
    Bytes bytes_done;
    std::optional<Bytes> bytes_total;
    std::optional<bool> resumable;  ///< of a download: whether the bytes can be continued; absent before its
                                    ///< first answer
    std::uint64_t attempts;
    std::vector<std::string> blocked_by;  ///< what keeps a waiting task: "network", "credentials", …
    /// For people: what a waiting task waits for, and what would let it go on; sentences with "; " between
    /// them.
    std::string why;
    std::optional<Time> next_attempt;  ///< when it is looked at again; absent: not by time, or not again
    std::optional<double> priority;
    std::optional<std::uint64_t> status;  ///< HTTP status of the last answer
    std::string reason;                   ///< of a finished task that had nothing to fetch: "not-modified"
    std::string error;                    ///< one word, also for the last attempt of a task that retries
    std::string error_text;               ///< a sentence for people
    std::optional<Time> created;
    std::optional<Time> ended;
    std::string token;                           ///< as its client named it
    std::optional<UploadDetails> upload;         ///< of an upload alone
    std::optional<WebSocketDetails> web_socket;  ///< of a WebSocket alone
    Values options;                              ///< the options in force, and whatever a newer daemon says
};

/// Everything that the daemon tells about a session.
struct SessionDetails {
    std::string identifier;
    std::uint64_t tasks;
    std::uint64_t events;  ///< not acknowledged yet
    EventNumber last_event;
    EventNumber acknowledged;
    bool attached;                ///< whether some client is its live client now
    bool invalidating;            ///< whether it takes no more tasks and goes when those that it has are over
    WakeNumber wake;              ///< the one to complete; 0: none
    std::uint64_t wake_attempts;  ///< how often its client was launched for that
    std::optional<Time> next_wake;  ///< when it will be launched, for the first time or again
    std::string wake_error;         ///< why the last launch failed; else empty
    std::uint64_t relaunches;       ///< wakes in a row that found what the one before had made or left
    Values options;                 ///< the defaults in force, and whatever a newer daemon says
};

/// Something that a client must learn, kept by the daemon until it is acknowledged.
struct HAUL_API Event {
    EventNumber number;
    TaskId task;
    std::string type;  ///< "completed", "failed", "cancelled", "resumed-from-zero", …
    Time time;
    Values details;
};

}  // namespace haul
