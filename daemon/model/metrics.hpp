#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/units.hpp"

namespace haul::model {

/// What one request cost, as URLSessionTaskTransactionMetrics has it. Durations count from its start; those
/// of what did not happen have no value.
struct RequestMetrics {
    std::uint32_t hop = 0;         ///< 0 for the first request of a chain of redirects
    std::uint32_t connection = 0;  ///< which of the attempt's connections
    std::string url;               ///< redacted
    std::uint16_t status = 0;      ///< 0: no answer
    WallTime started;
    std::optional<Duration> name_lookup;
    std::optional<Duration> connect;
    std::optional<Duration> tls;
    std::optional<Duration> first_byte;
    Duration total{};
    std::string local_address;   ///< "IP:PORT"
    std::string remote_address;  ///< likewise; the proxy's where there is one
    std::string protocol;        ///< "http/1.1", "h2"
    std::string tls_version;     ///< "TLSv1.3"
    bool reused = false;         ///< an open connection was used again
    bool proxy = false;
    Bytes received = 0;  ///< on the wire: heads and body
    Bytes sent = 0;
    Bytes written = 0;  ///< into the file

    friend bool operator==(const RequestMetrics&, const RequestMetrics&) = default;
};

}  // namespace haul::model
