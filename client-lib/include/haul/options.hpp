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
    Suspended,  ///< it waits for TaskHandle::resume
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

/// How an upload goes on after an interruption, where it can.
enum class Resumable {
    Auto,          ///< as Ietf where the server takes the offer up, else as Off
    Ietf,          ///< draft-ietf-httpbis-resumable-upload
    Tus,           ///< tus 1.0; POST only
    ContentRange,  ///< a session URL, and 308 with a Range that tells how far the server is; POST only
    S3,            ///< parts with pre-signed URLs
    Off,           ///< one request with the whole body
};

/// What an upload sends while its file may still change.
enum class Snapshot {
    Auto,   ///< a reflink in the spool where the file system can, else the file itself
    Copy,   ///< a copy in the spool, where it counts against the limit spool-bytes-per-owner
    Never,  ///< the file itself; where it changes, the task fails
};

/// `connections` of a download or upload: as many as bring speed.
inline constexpr std::uint32_t kAutoConnections = 0;

/// What becomes of a task where one that must have finished before it does not: it failed, or was cancelled.
enum class AfterFailure {
    Cancel,    ///< it is cancelled too, with the reason "predecessor"
    Continue,  ///< it goes on as if that had finished
};

/// What a transfer may be told, whatever its kind. A field without a value leaves it to the session's
/// defaults, and those to the daemon's.
struct TransferOptions {
    std::optional<std::string> description = {};                     ///< for people, shown in lists
    std::map<std::string, std::string> headers = {};                 ///< request headers; values are secrets
    std::optional<std::chrono::microseconds> request_timeout = {};   ///< silence that ends an attempt
    std::optional<std::chrono::microseconds> resource_timeout = {};  ///< life of the task since its creation
    std::optional<double> priority = {};                             ///< 0 to 1; higher ones start first
    /// On which networks it may run; absent: on any. A task may narrow what its session allows, never widen
    /// it. What is unknown of the machine holds nothing back.
    std::optional<bool> allow_expensive = {};    ///< metered and mobile ones
    std::optional<bool> allow_constrained = {};  ///< while the data saver or the power saver is on
    std::optional<bool> allow_roaming = {};      ///< foreign mobile ones
    /// It can wait for a moment that disturbs nobody: a network that is neither expensive nor constrained,
    /// and mains power or enough in the battery. True of a session is true of its tasks.
    std::optional<bool> discretionary = {};
    std::optional<bool> keep_awake = {};            ///< the machine is kept from sleeping while bytes flow
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
    std::optional<Bytes> max_rate = {};  ///< bytes a second, at least 1; a session's: of its tasks together
    std::optional<std::filesystem::path> ca_file = {};      ///< certificates to trust, PEM; absolute
    std::optional<std::filesystem::path> client_cert = {};  ///< the client's own certificate, PEM; absolute
    std::optional<std::filesystem::path> client_key = {};   ///< its private key, PEM; absolute
    std::optional<std::string> public_key_pin = {};         ///< "sha256//BASE64", several separated by ";"
    std::optional<bool> cookies = {};                       ///< share the session's cookies
    /// Accept gzip and store what it decodes to; such a download cannot be continued. This and the next two
    /// do nothing for an upload.
    std::optional<bool> compressed = {};
    std::optional<bool> remote_time = {};  ///< the file's time is the answer's Last-Modified
    std::optional<bool> preallocate = {};  ///< reserve the file's space once its size is known; usually true
};

/// When a client that is not attached is launched because events wait for it.
enum class Wake {
    WhenAllDone,  ///< when no task goes on without it, or at once when an event needs it
    WhenNeeded,   ///< only when an event needs it: credentials, a missing file, a question
    EachEvent,    ///< for every event
    Never,
};

/// What a session may be told: defaults for the tasks that it makes from now on, and how its client is
/// launched. Without a name and a unit it never is.
struct SessionOptions {
    TransferOptions transfer = {};
    std::optional<Wake> wake = {};             ///< absent: WhenAllDone
    std::optional<std::string> bus_name = {};  ///< the application's own, which the bus can activate
    std::optional<std::string> unit = {};      ///< a systemd service unit; the fallback beside a bus name
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
    /// Parts of the week in the machine's own time, in which alone it runs: "22:00-06:00", "Mon-Fri
    /// 20:00-24:00; Sat,Sun 00:00-24:00"; up to 32. InvalidArgument for one that cannot be read or never
    /// opens.
    std::optional<std::string> window = {};
    /// Up to 64 of the caller's tasks that must have finished first. NoSuchTask for one that is not there,
    /// InvalidArgument for one that itself waits for this task.
    std::vector<TaskId> after = {};
    std::optional<AfterFailure> after_failure = {};  ///< absent: Cancel
    /// The client is asked by an "about-to-start" event before the first attempt: it answers with
    /// TaskHandle::resume, after TaskHandle::replace_url where it wants another request, or
    /// TaskHandle::cancel.
    std::optional<bool> ask_before_start = {};
    std::optional<Bytes> max_size = {};       ///< a longer file fails the task
    std::optional<Bytes> expected_size = {};  ///< a file of another length fails the task
    std::optional<Checksum> checksum = {};    ///< another one fails the task, and the file never appears
    std::vector<std::string> mirrors = {};    ///< up to 32 more URLs of the same entity, tried in order
    std::optional<std::uint32_t> connections = {};  ///< 1 to 16 at the same time, or kAutoConnections
    std::optional<ByteRange> range = {};            ///< the file is this part of the object
    std::optional<std::string> if_none_match = {};  ///< entity tags; one that still holds ends the task as
                                                    ///< finished, with the reason "not-modified" and no file
    std::optional<std::vector<std::uint8_t>> resume_data =
        {};  ///< go on with the bytes of an ended task;
             ///< see TaskHandle::cancel_producing_resume_data
};

/// One part of a form (multipart/form-data, RFC 7578): a value, or a file by its path or descriptor.
struct FormPart {
    std::string name;
    std::optional<std::string> value = {};
    std::optional<std::filesystem::path> file = {};  ///< absolute
    std::optional<int> file_descriptor = {};         ///< open for reading; it stays the caller's
    std::optional<std::string> filename = {};        ///< what the server is told; only with a file
    std::optional<std::string> content_type = {};    ///< of this part (RFC 9110, section 8.3); likewise
};

/// What an upload may be told. Its source is a file that is named when it is made, `file_descriptor` or
/// `form`; a body from memory is written to a file first.
struct UploadOptions {
    TransferOptions transfer = {};
    std::optional<std::string> method = {};  ///< PUT, POST or PATCH; absent: PUT, and POST with a form
    /// The file, open for reading, in place of a path; it stays the caller's. SourceUnreadable for what is
    /// no regular file or cannot be read. InvalidArgument where the daemon has no path to it (a deleted file,
    /// a memfd): Snapshot::Copy takes it nevertheless.
    std::optional<int> file_descriptor = {};
    std::optional<std::string> content_type = {};  ///< of the body (RFC 9110, section 8.3)
    /// Parts of a form in place of a file. The body is built in the spool before the call returns, and
    /// counts against the limit spool-bytes-per-owner.
    std::vector<FormPart> form = {};
    std::optional<Resumable> resumable = {};    ///< absent: Auto
    std::optional<std::uint32_t> interop = {};  ///< version of Ietf's draft: 3, 4, 5, 6 or 8; absent: 8
    /// Tus: what Upload-Metadata says besides filename and filetype.
    std::map<std::string, std::string> metadata = {};
    /// S3: the pre-signed URL of each part, in order; secrets. The task's own URL is the one that completes
    /// the upload (CompleteMultipartUpload).
    std::vector<std::string> part_urls = {};
    std::optional<Bytes> part_size = {};        ///< S3: of each part but the last
    std::optional<std::string> abort_url = {};  ///< S3: pre-signed AbortMultipartUpload; a secret
    std::optional<Snapshot> snapshot = {};      ///< absent: Auto
    /// POST and PATCH may be sent again although the server may have acted on them already. Without it, and
    /// without an Idempotency-Key among the headers, such a task fails where its answer was lost.
    std::optional<bool> retry_non_idempotent = {};
    std::optional<std::string> token = {};   ///< the same token in the same session is the same task
    std::optional<Start> start = {};         ///< absent: Suspended
    std::optional<Time> not_before = {};     ///< the first attempt is not made earlier
    std::optional<std::string> window = {};  ///< this and the next two as of a download
    std::vector<TaskId> after = {};
    std::optional<AfterFailure> after_failure = {};
    std::optional<bool> ask_before_start = {};      ///< as of a download
    std::optional<std::uint32_t> connections = {};  ///< S3: parts at the same time, 1 to 16, or
                                                    ///< kAutoConnections
    std::optional<std::string> if_none_match = {};  ///< entity tags, or "*": sent only where the server has
                                                    ///< none of them (RFC 9110, section 13.1.2)
};

}  // namespace haul
