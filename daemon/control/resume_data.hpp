#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"

namespace haul::control {

/// What a client keeps of a task whose bytes it may want to continue with another one. It names the bytes;
/// they and what is known of them stay with the daemon.
struct ResumeData {
    std::string instance;  ///< of the daemon's journal
    OwnerId owner;
    TaskId task;
    std::string url;  ///< "" where it had secrets
    std::uint64_t nonce = 0;
    friend bool operator==(const ResumeData&, const ResumeData&) = default;
};

/// Resume data for a client, which it can't change unnoticed: a magic word and version, the fields, and an
/// HMAC-SHA-256 (RFC 2104) over both. Nothing in it is hidden.
std::string seal(const ResumeData& data, std::string_view key);

/// The resume data again. No value where they were not sealed with this key, or by a daemon that writes
/// another version.
std::optional<ResumeData> unseal(std::string_view bytes, std::string_view key);

}  // namespace haul::control
