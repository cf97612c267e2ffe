#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/units.hpp"

namespace haul::model {

/// What a configuration may change; the names in the [limits] table stand beside each one.
struct Limits {
    std::uint64_t tasks_per_owner =
        1'000'000;                             ///< tasks-per-owner: tasks in the journal, ended ones included
    std::uint64_t sessions_per_owner = 1'000;  ///< sessions-per-owner
    std::uint64_t active_transfers = 32;       ///< active-transfers: running at the same time on this machine
    std::uint64_t active_per_host = 6;         ///< active-per-host: of these, with the same origin
    std::uint64_t active_per_owner = 0;        ///< active-per-owner: of these, one owner's; 0: see below
    std::uint64_t active_per_session = 0;      ///< active-per-session: of these, one session's; 0: see below
    std::uint64_t active_sockets = 4'096;   ///< active-websockets: connected at the same time on this machine
    std::uint64_t waits_per_owner = 1'000;  ///< waits-per-owner: calls of Wait without a reply yet
    /// spool-bytes-per-owner: bytes in the spool that uploads are read from
    std::uint64_t spool_bytes_per_owner = 10ULL * 1024 * 1024 * 1024;

    /// Unless it is set, three quarters of the whole, so that somebody who comes later finds a slot.
    std::uint64_t most_per_owner() const {
        return active_per_owner != 0 ? active_per_owner : three_quarters(active_transfers);
    }
    std::uint64_t most_per_session() const {
        return active_per_session != 0 ? active_per_session : three_quarters(most_per_owner());
    }

private:
    static std::uint64_t three_quarters(std::uint64_t whole) { return whole - whole / 4; }
};

inline constexpr std::array<std::string_view, 9> kLimitNames{
    "tasks-per-owner",   "sessions-per-owner", "active-transfers",
    "active-per-host",   "active-per-owner",   "active-per-session",
    "active-websockets", "waits-per-owner",    "spool-bytes-per-owner"};
/// The limit with this name; nullptr where there is none.
std::uint64_t* find_limit(Limits& limits, std::string_view name);

// Fixed bounds on what one call, client or server can make grow.
inline constexpr std::size_t kMaxUrl = 8192;               ///< bytes of a URL
inline constexpr std::size_t kMaxPath = 4095;              ///< bytes of a destination
inline constexpr std::size_t kMaxIdentifier = 255;         ///< bytes of a session's identifier and of a token
inline constexpr std::size_t kMaxText = 1024;              ///< bytes of any other string option
inline constexpr std::size_t kMaxHeaders = 64;             ///< request headers of one task
inline constexpr std::size_t kMaxHeaderBytes = 16 * 1024;  ///< names and values of them together
inline constexpr std::size_t kMaxCreateMany = 10'000;      ///< tasks of one CreateMany
inline constexpr std::uint32_t kMaxPage = 1'000;           ///< rows of one GetEvents or ListTasks
inline constexpr std::uint32_t kMaxListAll = 10'000;       ///< rows of the Manager's ListTasks
inline constexpr std::uint32_t kMaxRedirects = 20;         ///< hops of one attempt
inline constexpr std::uint32_t kMaxConnections = 16;       ///< of one task
inline constexpr std::size_t kMaxResumeData = 16 * 1024;   ///< bytes of sealed resume data
inline constexpr std::size_t kMaxMirrors = 32;             ///< of one task
inline constexpr std::size_t kMaxPredecessors = 64;        ///< of one task
inline constexpr std::size_t kMaxParts = 10'000;           ///< of one upload whose parts have URLs
inline constexpr std::size_t kMaxFilename = 255;           ///< bytes of a file's name that a client gives
inline constexpr std::size_t kMaxRequestsKept = 64;        ///< requests of one task whose metrics are kept
inline constexpr std::uint32_t kMaxFailedResumes = 3;      ///< in a row; then the transfer starts clean
inline constexpr std::size_t kMaxCredential = 4096;        ///< bytes of a user name or of a secret
inline constexpr std::size_t kMaxResponseHeaders = 256 * 1024;  ///< bytes of one response's header
inline constexpr std::size_t kMaxFormParts = 1'000;             ///< of one upload
inline constexpr std::size_t kMaxFormText = 1024 * 1024;        ///< bytes of a form that are not from files
inline constexpr std::uint32_t kMaxChecks = 16;      ///< of one owner: ways to launch that are being checked
inline constexpr std::uint32_t kMaxRemarks = 1'000;  ///< events of one task besides that of its end
inline constexpr std::size_t kMaxSubprotocols = 32;  ///< that one WebSocket offers
inline constexpr std::size_t kMaxSubprotocol = 128;  ///< bytes of one
inline constexpr Bytes kMaxDurableMessage = 16ULL * 1024 * 1024;  ///< what one event may carry over the bus
inline constexpr Bytes kMaxLiveMessage = 1024ULL * 1024 * 1024;
inline constexpr std::uint32_t kMaxInboxMessages = 1'000'000;
inline constexpr Bytes kMaxInboxBytes = 4ULL * 1024 * 1024 * 1024;
inline constexpr std::uint64_t kMaxOutboxMessages = 10'000;  ///< of one WebSocket, not sent yet
inline constexpr Bytes kMaxOutboxBytes = 64ULL * 1024 * 1024;
inline constexpr std::size_t kMaxPings = 100;        ///< of one WebSocket, not answered yet
inline constexpr std::size_t kMaxCloseReason = 123;  ///< bytes (RFC 6455, 5.5)
inline constexpr std::size_t kMaxPageBytes =
    8 << 20;                                       ///< of the details in one GetEvents; one event goes always
inline constexpr std::size_t kMaxErrorText = 512;  ///< bytes of an error-text kept in the journal

}  // namespace haul::model
