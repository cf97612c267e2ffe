#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "haul/details.hpp"
#include "haul/export.hpp"
#include "haul/types.hpp"

namespace haul {

/// What a "redirected" event tells: once for each new final URL. URLs are without user info and query.
struct Redirection {
    std::string url;
    std::string final_url;
    std::optional<std::uint64_t> status;  ///< of the redirect, such as 301
};

/// What a "credentials-needed" event tells: the task waits until TaskHandle::provide_credential or
/// TaskHandle::set_header.
struct Challenge {
    std::string scheme;                ///< the one that AuthScheme::Best would take: "basic", "digest", …
    std::vector<std::string> schemes;  ///< all that were offered
    std::string realm;                 ///< what the server calls what it guards
    bool proxy;                        ///< whether a proxy asks, and not the server
    std::string url;                   ///< without user info and query
    std::optional<std::uint64_t> status;
};

/// Nothing for an event of another type.
HAUL_API std::optional<Redirection> to_redirection(const Event& event);
HAUL_API std::optional<Challenge> to_challenge(const Event& event);

/// What DownloadOptions::resume_data goes on from, out of a "failed" or "cancelled" event; nothing where
/// the bytes cannot be continued.
HAUL_API std::optional<std::vector<std::uint8_t>> resume_data_of(const Event& event);

/// What a "finished-downloading" event tells: the file is complete, and the task's end comes next.
struct DownloadedFile {
    std::string path;  ///< empty where it is in the spool, until the task's end is acknowledged
    std::string url;   ///< of the task, without user info and query
    std::string token;
    Bytes size;
};

/// What a "waiting" event tells: the task is held back, and goes on by itself.
struct HAUL_API Hindrance {
    std::vector<std::string> blocked_by;  ///< "network", "disk-space", "file", …
    std::optional<Time> next_attempt;
    std::string error_text;  ///< a sentence for people
};

/// What an "about-to-start" event asks about: the task waits for Resume or Cancel.
struct StartQuestion {
    std::string url;  ///< without user info and query
    std::string token;
    std::optional<Time> not_before;
};

/// What a "resumed-from-zero" event tells: these bytes could not be continued.
struct Restart {
    Bytes bytes_lost;
    std::string error_text;  ///< why: a sentence for people
};

/// How a task ended. Text without a value is empty.
struct HAUL_API Ending {
    TaskState state;         ///< Finished, Failed or Cancelled
    std::string reason;      ///< why it failed or was cancelled; of a finished one "not-modified" or empty
    std::string error_text;  ///< a sentence for people
    std::string url;         ///< without user info and query
    std::string path;        ///< of the finished file; empty where it is in the spool
    std::string token;
    std::optional<std::uint64_t> status;  ///< HTTP status of the last answer
    Bytes bytes_done;
    /// What DownloadOptions::resume_data goes on from; nothing where the bytes cannot be continued.
    std::optional<std::vector<std::uint8_t>> resume_data;

    bool is_success() const { return state == TaskState::Finished; }
};

/// Nothing for an event of another type.
HAUL_API std::optional<DownloadedFile> to_downloaded_file(const Event& event);
HAUL_API std::optional<Hindrance> to_hindrance(const Event& event);
HAUL_API std::optional<StartQuestion> to_start_question(const Event& event);
HAUL_API std::optional<Restart> to_restart(const Event& event);
HAUL_API std::optional<Ending> to_ending(const Event& event);
/// Nothing for a task that has not ended.
HAUL_API std::optional<Ending> to_ending(const TaskDetails& details);

}  // namespace haul
