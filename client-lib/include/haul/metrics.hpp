#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "haul/types.hpp"

namespace haul {

/// One request of a task: how long its parts took, between whom, and what it carried. A time counts from the
/// request's start and is absent where that part did not happen: a connection that is used again needs no
/// name lookup. Text without a value is empty.
struct RequestMetrics {
    std::uint64_t attempt = 0;                 ///< the try that it belongs to, from 1
    std::uint64_t hop = 0;                     ///< 0 for the first request of a chain of redirects
    std::uint64_t connection = 0;              ///< which of the task's connections at the same time, from 0
    std::string url = {};                      ///< without user info and query
    std::optional<std::uint64_t> status = {};  ///< HTTP status; absent where no answer came
    std::optional<Time> started = {};
    std::optional<std::chrono::microseconds> name_lookup = {};
    std::optional<std::chrono::microseconds> connect = {};     ///< the connection, without TLS, stood
    std::optional<std::chrono::microseconds> tls = {};         ///< the TLS handshake was done
    std::optional<std::chrono::microseconds> first_byte = {};  ///< the answer began
    std::optional<std::chrono::microseconds> total = {};       ///< all was over
    std::string local_address = {};                            ///< "ip:port"
    std::string remote_address = {};                           ///< "ip:port", of the proxy where there is one
    std::string protocol = {};                                 ///< "http/1.0", "http/1.1" or "h2"
    std::string tls_version = {};                              ///< such as "TLSv1.3"
    bool reused = false;                                       ///< a connection that was there already
    bool proxy = false;                                        ///< through a proxy
    Bytes bytes_received = 0;                                  ///< on the wire, with headers
    Bytes bytes_sent = 0;                                      ///< on the wire, with headers
    Bytes bytes_written = 0;                                   ///< into the file
};

}  // namespace haul
