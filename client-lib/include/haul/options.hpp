#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "haul/types.hpp"

namespace haul {

/// Which redirects a transfer follows.
enum class Redirects {
    Follow,      ///< any, but never from https to http
    SameOrigin,  ///< only to the same scheme, host and port
    Deny,        ///< none: a redirect fails the task
};

/// What happens where the destination exists already.
enum class IfExists {
    Fail,     ///< the task is refused
    Replace,  ///< the old file stays until the new one takes its place
    Rename,   ///< the new file gets a free name beside it
};

/// Whether a new task starts at once.
enum class Start {
    Suspended,  ///< it waits for Task::resume
    AtOnce,
};

/// What a transfer may be told, whatever its kind. A field without a value leaves it to the session's
/// defaults, and those to the daemon's.
struct TransferOptions {
    std::optional<std::string> description = {};                     ///< for people, shown in lists
    std::map<std::string, std::string> headers = {};                 ///< request headers; values are secrets
    std::optional<std::chrono::microseconds> request_timeout = {};   ///< silence that ends an attempt
    std::optional<std::chrono::microseconds> resource_timeout = {};  ///< life of the task since its creation
    std::optional<double> priority = {};                             ///< 0 to 1; higher ones start first
    std::optional<Redirects> redirects = {};
    std::optional<std::chrono::microseconds> retry_delay = {};  ///< before the second attempt; then it grows
    std::optional<std::chrono::microseconds> retry_delay_max = {};  ///< it never grows past this
    std::optional<std::uint32_t> retries = {};                      ///< absent: until the resource timeout
    std::optional<std::filesystem::path> ca_file = {};              ///< certificates to trust, PEM
};

/// What a session may be told: defaults for the tasks that it makes from now on.
struct SessionOptions {
    TransferOptions transfer = {};
};

/// What a download may be told.
struct DownloadOptions {
    TransferOptions transfer = {};
    std::optional<std::filesystem::path> destination = {};  ///< absolute; absent: kept in the spool
    std::optional<IfExists> if_exists = {};
    std::optional<std::uint32_t> mode = {};   ///< permission bits of the finished file
    std::optional<std::string> token = {};    ///< the same token in the same session is the same task
    std::optional<Start> start = {};          ///< absent: Suspended
    std::optional<Time> not_before = {};      ///< the first attempt is not made earlier
    std::optional<Bytes> max_size = {};       ///< a longer file fails the task
    std::optional<Bytes> expected_size = {};  ///< a file of another length fails the task
};

}  // namespace haul
