#include "model/resume_rule.hpp"

namespace haul::model {
namespace {

bool is_strong(const std::string& etag) {
    return etag.size() >= 2 && etag.front() == '"' && etag.back() == '"';
}

bool is_retried(std::uint16_t status) {
    return status == 408 || status == 425 || status == 429 || status == 500 || status == 502 ||
           status == 503 || status == 504;
}

Judgement refetch(std::string why) {
    return {.verdict = Verdict::Refetch, .text = std::move(why)};
}

Judgement failed(Reason reason, std::string why) {
    return {.verdict = Verdict::Fail, .reason = reason, .text = std::move(why)};
}

/// A 206 in answer to a range: promise 4 of the design, clause by clause.
Judgement judge_partial(const PartState& part, const RangeRequest& asked, const ResponseHead& head) {
    auto range = parse_content_range(head.content_range());
    if (!range) return refetch("the server answered a range request without a usable Content-Range");
    if (range->first != asked.offset)
        return refetch("the server sent bytes from " + std::to_string(range->first) + ", not from " +
                       std::to_string(asked.offset));
    if (!range->total) return refetch("the server sent a part of an entity without its complete length");
    if (part.total && *part.total != *range->total)
        return refetch("the complete length changed from " + std::to_string(*part.total) + " to " +
                       std::to_string(*range->total));
    if (head.is_encoded()) return refetch("the server sent the part in a coding");
    if (head.content_length() && *head.content_length() != range->last - range->first + 1)
        return refetch("the Content-Length of the part does not fit its Content-Range");
    const auto& known = part.validator;
    if (!known.etag.empty() && !head.etag().empty() && known.etag != head.etag())
        return refetch("the entity tag of the part is another one");
    if (!known.last_modified.empty() && !head.last_modified().empty() &&
        known.last_modified != head.last_modified())
        return refetch("the Last-Modified of the part is another one");
    return {.verdict = Verdict::Continue, .total = range->total, .validator = known, .end = range->last + 1};
}

}  // namespace

bool can_continue(const Validator& validator) {
    return is_strong(validator.etag) || !validator.last_modified.empty();
}

Validator usable_validator(const ResponseHead& head,
                           std::optional<std::chrono::seconds> modified_before_date) {
    if (head.is_encoded()) return {};  // the next coding of the same entity may have other bytes
    Validator validator{.etag = head.etag(), .last_modified = {}};
    if (modified_before_date && *modified_before_date >= std::chrono::seconds{1})
        validator.last_modified = head.last_modified();
    return validator;
}

RangeRequest plan_request(const PartState& part) {
    if (part.size == 0 || !can_continue(part.validator) || (part.total && part.size >= *part.total))
        return {};
    return {.offset = part.size,
            .if_range = is_strong(part.validator.etag) ? part.validator.etag : part.validator.last_modified};
}

Judgement judge(const PartState& part, const RangeRequest& asked, const ResponseHead& head,
                const Validator& validator) {
    auto status = head.status();
    if (!head.fault().empty())
        return failed(Reason::Protocol, "the server's answer is broken: " + head.fault());
    if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308)
        return {.verdict = Verdict::Redirect};
    if (is_retried(status))
        return {.verdict = Verdict::Retry,
                .reason = Reason::HttpStatus,
                .text = "the server answered with status " + std::to_string(status)};
    if (status == 206 && asked.offset > 0) return judge_partial(part, asked, head);
    if ((status == 412 || status == 416) && asked.offset > 0)
        return refetch("the server refused to continue with status " + std::to_string(status));
    if (status == 206)
        return failed(Reason::Protocol, "the server sent a part (206) where the whole was asked for");
    if (status == 204 || status == 205)
        return failed(Reason::HttpStatus,
                      "the server answered with status " + std::to_string(status) + ": no content");
    if (status < 200 || status > 299)
        return failed(Reason::HttpStatus, "the server answered with status " + std::to_string(status));
    bool gives_up_bytes = can_continue(part.validator);
    return {.verdict = gives_up_bytes ? Verdict::Restart : Verdict::FromStart,
            .text = gives_up_bytes
                        ? "the server sent the whole entity, another one or one that it can't continue"
                        : "",
            .total = head.content_length(),
            .validator = validator};
}

}  // namespace haul::model
