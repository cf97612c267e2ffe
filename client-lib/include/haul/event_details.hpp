#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "haul/details.hpp"
#include "haul/export.hpp"

namespace haul {

/// What a "redirected" event tells: once for each new final URL. URLs are without user info and query.
struct Redirection {
    std::string url;
    std::string final_url;
    std::optional<std::uint64_t> status;  ///< of the redirect, such as 301
};

/// What a "credentials-needed" event tells: the task waits until Task::provide_credential or
/// Task::set_header.
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

}  // namespace haul
