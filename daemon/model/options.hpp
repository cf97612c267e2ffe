#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "model/close_codes.hpp"
#include "model/field.hpp"
#include "model/header.hpp"
#include "model/status_set.hpp"
#include "model/task.hpp"
#include "model/wake.hpp"

namespace haul::model {

enum class RedirectPolicy : std::uint8_t {
    Follow,      ///< to any http or https origin, but never from https to http
    SameOrigin,  ///< only within the origin
    Deny,        ///< a redirect fails the task
};

/// A part of an object: the bytes from `first` to `last`, or to its end.
struct Slice {
    Bytes first = 0;
    std::optional<Bytes> last;
    friend bool operator==(const Slice&, const Slice&) = default;
};

/// What an upload is read from.
enum class Snapshot : std::uint8_t {
    Auto,   ///< a reflink in the spool where the file system can, else the file itself
    Copy,   ///< a copy in the spool
    Never,  ///< the file itself
};

/// How a WebSocket's messages reach its client.
enum class Delivery : std::uint8_t {
    Durable,  ///< as events
    Live,     ///< by a channel alone
};

/// What happens when messages of a WebSocket come faster than they are acknowledged.
enum class Overflow : std::uint8_t {
    Wait,        ///< nothing more is read
    DropOldest,  ///< the oldest ones go
};

/// What a task does when one that must have finished first has not.
enum class AfterFailure : std::uint8_t {
    Cancel,    ///< it is cancelled too
    Continue,  ///< it goes on all the same
};

/// Where an option is given. A session's options are defaults for its tasks.
enum class OptionScope : std::uint8_t { Session, Task };

using TextMap = std::map<std::string, std::string>;
/// URLs of which each is one; unlike a list of words they may not be given as one text.
struct UrlList {
    std::vector<std::string> urls;
};

/// The options of a session or a task; what is not set is for the configuration to say.
struct Options {
    // session and task
    std::optional<std::string> description;
    std::optional<Headers> headers;
    std::optional<Duration> request_timeout;
    std::optional<Duration> resource_timeout;
    std::optional<double> priority;
    std::optional<RedirectPolicy> redirects;
    std::optional<Duration> retry_delay;
    std::optional<Duration> retry_delay_max;
    std::optional<std::uint32_t> retries;
    std::optional<std::string> ca_file;
    std::optional<std::string> client_cert;
    std::optional<std::string> client_key;
    std::optional<std::string> public_key_pin;
    std::optional<StatusSet> accept_status;
    std::optional<std::uint32_t> max_redirects;
    std::optional<bool> redirect_headers;
    std::optional<bool> allow_downgrade;
    std::optional<std::string> proxy;  ///< may hold a password
    std::optional<std::string> no_proxy;
    std::optional<Bytes> max_rate;  ///< a second
    std::optional<bool> cookies;
    std::optional<bool> compressed;
    std::optional<bool> remote_time;
    std::optional<bool> preallocate;
    std::optional<bool> allow_expensive;
    std::optional<bool> allow_constrained;
    std::optional<bool> allow_roaming;
    std::optional<bool> discretionary;
    std::optional<bool> keep_awake;
    // session
    std::optional<WakePolicy> wake;
    std::optional<std::string> bus_name;
    std::optional<std::string> unit;
    // task
    std::optional<std::string> token;
    std::optional<bool> start;
    std::optional<std::string> destination;
    std::optional<IfExists> if_exists;
    std::optional<std::uint32_t> mode;
    std::optional<WallTime> not_before;
    std::optional<bool> ask_before_start;
    std::optional<std::string> window;  ///< as windows.hpp has it
    std::optional<std::vector<std::uint64_t>> after;
    std::optional<AfterFailure> after_failure;
    std::optional<Bytes> max_size;
    std::optional<Bytes> expected_size;
    std::optional<Digest> checksum;
    std::optional<std::vector<std::string>> mirrors;  ///< URLs, which may hold secrets
    std::optional<std::uint32_t> connections;         ///< 0 = auto
    std::optional<Slice> range;
    std::optional<std::string> if_none_match;
    std::optional<std::string> filename;
    std::optional<Blob> resume_data;
    // task, of uploads
    std::optional<std::string> method;
    std::optional<std::string> file;       ///< absolute path
    std::optional<std::uint32_t> file_fd;  ///< index of a descriptor that came with the call
    std::optional<std::string> content_type;
    std::optional<FormParts> form;  ///< in place of a file
    std::optional<UploadProtocol> resumable;
    std::optional<std::uint32_t> interop;
    std::optional<TextMap> upload_metadata;
    std::optional<UrlList> part_urls;  ///< secrets
    std::optional<Bytes> part_size;
    std::optional<std::string> abort_url;  ///< a secret
    std::optional<Snapshot> snapshot;
    std::optional<bool> retry_non_idempotent;
    // task, of WebSockets
    std::optional<std::vector<std::string>> subprotocols;
    std::optional<Delivery> delivery;
    std::optional<Bytes> max_message;
    std::optional<Duration> ping_interval;
    std::optional<Duration> pong_timeout;
    std::optional<bool> reconnect;
    std::optional<Duration> reconnect_max_delay;
    std::optional<CloseCodes> final_close_codes;
    std::optional<StatusSet> retried_status;
    std::optional<std::uint32_t> inbox_messages;
    std::optional<Bytes> inbox_bytes;
    std::optional<Overflow> overflow;
};

std::string_view to_word(Snapshot choice);
std::string_view to_word(AfterFailure choice);
std::string_view to_word(Delivery choice);
std::string_view to_word(Overflow choice);

/// Sets one option. Errors name the key: InvalidArgument for an unknown key, a wrong type or a bad value,
/// NotSupported for a key of the contract that this version does not know yet.
Result<> set_option(Options& options, OptionScope scope, std::string_view key, const Value& value);

/// Sets one option from text, as SetOption gives it.
Result<> set_option_from_text(Options& options, OptionScope scope, std::string_view key,
                              std::string_view text);

/// Sets all of them over what is there (a session's defaults, say).
Result<Options> read_options(const Fields& fields, OptionScope scope, Options defaults = {});

/// Whether all that is set is for tasks of this kind. Errors name the key: InvalidArgument.
Result<> check_kind(const Options& options, TaskKind kind);

/// What a session does not allow its tasks, none of them gets.
void narrow(Options& options, const Options& session);

/// The options that are set, in the contract's types. Header values are secrets and left out, and so are
/// resume data and forms; the secret parts of `proxy`, `mirrors`, `part-urls` and `abort-url` are in it.
Fields to_fields(const Options& options);

}  // namespace haul::model
