#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/units.hpp"
#include "model/options.hpp"
#include "model/response.hpp"
#include "model/task.hpp"

namespace haul::model {

/// The bytes that there are, and what proves where they come from.
struct PartState {
    Bytes size = 0;              ///< from the start on without a gap
    std::optional<Bytes> total;  ///< of the file
    Validator validator;
};

/// What is wanted of the object: its part, and which statuses have it.
struct Wish {
    std::optional<Slice> slice;              ///< no value: the whole
    std::optional<StatusSet> accept_status;  ///< no value: 2xx that have a body
    bool is_conditional = false;             ///< whether 304 is an answer

    /// Where in the object the file begins.
    Bytes base() const { return slice ? slice->first : 0; }
};

/// What a request asks for: everything, or a range (RFC 9110, 13.1.5 and 14.2). Offsets are the object's.
struct RangeRequest {
    bool is_range = false;
    bool continues = false;  ///< whether there are bytes of the entity already
    Bytes first = 0;
    std::optional<Bytes> last;
    std::string if_range{};  ///< the If-Range value that goes with it; "" = none
};

/// What to do with a response.
enum class Verdict : std::uint8_t {
    FromStart,  ///< its body is the entity from its first byte, and there are no bytes to give up
    Continue,   ///< its body begins exactly behind the bytes that there are, of the same entity
    Restart,  ///< its body is the entity from its first byte; what the journal knows of the bytes so far has
              ///< to go first
    Refetch,  ///< it does not fit and has to go; so do the bytes: ask again for everything
    Look,     ///< the server refuses the range: a look at the whole tells whether the entity is the same one
    Whole,    ///< the look tells: the bytes that there are, are all of it
    Refused,  ///< the look tells: the entity is the same one, and the range was refused all the same
    NotModified,  ///< the client has it already
    Credentials,  ///< the server or a proxy wants to know who asks
    Redirect,     ///< to its Location
    Retry,        ///< the server asks to come back later
    Fail,
};

struct Judgement {
    Verdict verdict{};
    Reason reason = Reason::None;  ///< for Retry and Fail
    std::string text{};            ///< for people: what is wrong with it; empty where nothing is
    std::optional<Bytes> total{};  ///< of the entity, for the first three
    Validator validator{};         ///< likewise
    Bytes end = 0;                 ///< of Continue: the offset behind its last byte
};

/// Bytes may be continued only with a strong entity tag or a strong Last-Modified.
bool can_continue(const Validator& validator);

/// Whether the bytes of a task that ended so are still worth something.
bool leaves_good_bytes(const Task& task);

/// The validator of a response that bytes can be continued by later. `modified_before_date` says how long
/// before its Date the Last-Modified lies, where both are known: it is strong from one second on (RFC
/// 9110, 8.8.2.2).
Validator usable_validator(const ResponseHead& head,
                           std::optional<std::chrono::seconds> modified_before_date);

/// Whether the response leads somewhere else (RFC 9110, 15.4).
bool is_redirect(const ResponseHead& head, const Wish& wish);

/// The request for everything that is missing behind the part's bytes.
RangeRequest plan_request(const PartState& part, const Wish& wish);
/// The request for a span of the file, for one of several connections.
RangeRequest plan_span(const Validator& validator, const Wish& wish, Span span);
/// A request for the same thing that no condition and no range can make fail.
RangeRequest plan_look(const Wish& wish);

/// Judges the head of a final response to a request. A fault in it fails the task, whatever its status.
Judgement judge(const PartState& part, const Wish& wish, const RangeRequest& asked, const ResponseHead& head,
                const Validator& validator);
/// Likewise, of a response to `plan_look`.
Judgement judge_look(const PartState& part, const Wish& wish, const ResponseHead& head,
                     const Validator& validator);

}  // namespace haul::model
