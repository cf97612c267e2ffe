#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/units.hpp"
#include "model/response.hpp"
#include "model/task.hpp"

namespace haul::model {

/// The bytes that there are, and what proves where they come from.
struct PartState {
    Bytes size = 0;
    std::optional<Bytes> total;
    Validator validator;
};

/// What the next request asks for: everything, or the rest of an entity (RFC 9110, 13.1.5 and 14.2).
struct RangeRequest {
    Bytes offset = 0;      ///< 0: no Range at all
    std::string if_range;  ///< the If-Range value that goes with it
};

/// What to do with a response.
enum class Verdict : std::uint8_t {
    FromStart,  ///< its body is the entity from its first byte, and there are no bytes to give up
    Continue,   ///< its body begins exactly behind the bytes that there are, of the same entity
    Restart,   ///< its body is the entity from its first byte; what the journal knows of the bytes so far has
               ///< to go first
    Refetch,   ///< it does not fit and has to go; so do the bytes: ask again for everything
    Redirect,  ///< to its Location
    Retry,     ///< the server asks to come back later
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

/// The validator of a response that bytes can be continued by later. `modified_before_date` says how long
/// before its Date the Last-Modified lies, where both are known: it is strong from one second on (RFC
/// 9110, 8.8.2.2).
Validator usable_validator(const ResponseHead& head,
                           std::optional<std::chrono::seconds> modified_before_date);

RangeRequest plan_request(const PartState& part);

/// Judges the head of a final response to a request. A fault in it fails the task, whatever its status.
Judgement judge(const PartState& part, const RangeRequest& asked, const ResponseHead& head,
                const Validator& validator);

}  // namespace haul::model
