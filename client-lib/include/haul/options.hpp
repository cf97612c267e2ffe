#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "haul/types.hpp"

namespace haul {

/// Which redirects a transfer follows.
enum class Redirects {
    Follow,      ///< any, but from https to http only with TransferOptions::allow_downgrade
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

/// A digest that can be asked of a file.
enum class DigestAlgorithm { Sha256, Sha512 };

/// What the bytes of a finished file must amount to.
struct Checksum {
    DigestAlgorithm algorithm;
    std::string hex;  ///< 64 or 128 hexadecimal digits
};

/// A part of an object (RFC 9110, section 14.1.2); both ends belong to it.
struct ByteRange {
    Bytes first;
    std::optional<Bytes> last = {};  ///< absent: to the object's end
};

/// DownloadOptions::connections: as many as bring speed.
inline constexpr std::uint32_t kAutoConnections = 0;

/// What a transfer may be told, whatever its kind. A field without a value leaves it to the session's
/// defaults, and those to the daemon's.
struct TransferOptions {
    std::optional<std::string> description = {};                     ///< for people, shown in lists
    std::map<std::string, std::string> headers = {};                 ///< request headers; values are secrets
    std::optional<std::chrono::microseconds> request_timeout = {};   ///< silence that ends an attempt
    std::optional<std::chrono::microseconds> resource_timeout = {};  ///< life of the task since its creation
    std::optional<double> priority = {};                             ///< 0 to 1; higher ones start first
    std::optional<std::string> accept_status = {};  ///< what counts as success: "200-299,404", or "any"
    std::optional<Redirects> redirects = {};
    std::optional<std::uint32_t> max_redirects = {};  ///< 0 to 20; one more fails the task
    std::optional<bool> redirect_headers = {};        ///< headers and credentials may go to another origin
    std::optional<bool> allow_downgrade = {};         ///< a redirect from https to http may be followed
    std::optional<std::chrono::microseconds> retry_delay = {};  ///< before the second attempt; then it grows
    std::optional<std::chrono::microseconds> retry_delay_max = {};  ///< it never grows past this
    std::optional<std::uint32_t> retries = {};                      ///< absent: until the resource timeout
    /// URL with http, https, socks4, socks4a, socks5 or socks5h, or "none"; user info in it is a secret.
    /// Absent: the daemon's configuration, then its environment.
    std::optional<std::string> proxy = {};
    std::optional<std::string> no_proxy = {};  ///< hosts and domains reached without it, comma separated
    std::optional<Bytes> max_rate = {};        ///< bytes a second, at least 1
    std::optional<std::filesystem::path> ca_file = {};      ///< certificates to trust, PEM; absolute
    std::optional<std::filesystem::path> client_cert = {};  ///< the client's own certificate, PEM; absolute
    std::optional<std::filesystem::path> client_key = {};   ///< its private key, PEM; absolute
    std::optional<std::string> public_key_pin = {};         ///< "sha256//BASE64", several separated by ";"
    std::optional<bool> cookies = {};                       ///< share the session's cookies
    std::optional<bool> compressed = {};   ///< accept gzip and store what it decodes to; such a
                                           ///< download cannot be continued
    std::optional<bool> remote_time = {};  ///< the file's time is the answer's Last-Modified
    std::optional<bool> preallocate = {};  ///< reserve the file's space once its size is known; usually true
};

/// What a session may be told: defaults for the tasks that it makes from now on.
struct SessionOptions {
    TransferOptions transfer = {};
};

/// What a download may be told.
struct DownloadOptions {
    TransferOptions transfer = {};
    /// Absolute; absent: kept in the spool. A directory (it is one, or ends with "/") gets a file named after
    /// `filename`, else Content-Disposition, else the final URL, made safe.
    std::optional<std::filesystem::path> destination = {};
    /// A directory that the caller has open, in place of `destination`; it stays the caller's. The daemon has
    /// to reach it by a path.
    std::optional<int> destination_descriptor = {};
    std::optional<std::string> filename = {};  ///< a name in the destination; only where that is a directory
    std::optional<IfExists> if_exists = {};    ///< absent: Fail, and Rename in a directory
    std::optional<std::uint32_t> mode = {};    ///< permission bits of the finished file
    std::optional<std::string> token = {};     ///< the same token in the same session is the same task
    std::optional<Start> start = {};           ///< absent: Suspended
    std::optional<Time> not_before = {};       ///< the first attempt is not made earlier
    std::optional<Bytes> max_size = {};        ///< a longer file fails the task
    std::optional<Bytes> expected_size = {};   ///< a file of another length fails the task
    std::optional<Checksum> checksum = {};     ///< another one fails the task, and the file never appears
    std::vector<std::string> mirrors = {};     ///< up to 32 more URLs of the same entity, tried in order
    std::optional<std::uint32_t> connections = {};  ///< 1 to 16 at the same time, or kAutoConnections
    std::optional<ByteRange> range = {};            ///< the file is this part of the object
    std::optional<std::string> if_none_match = {};  ///< entity tags; one that still holds ends the task as
                                                    ///< finished, with the reason "not-modified" and no file
    std::optional<std::vector<std::uint8_t>> resume_data = {};  ///< go on with the bytes of an ended task;
                                                                ///< see Task::cancel_producing_resume_data
};

}  // namespace haul
