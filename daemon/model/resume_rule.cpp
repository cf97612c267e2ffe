#include "model/resume_rule.hpp"

#include <algorithm>

#include "model/credential.hpp"

namespace haul::model {
namespace {

bool is_strong(const std::string& etag) {
    return etag.size() >= 2 && etag.front() == '"' && etag.back() == '"';
}

Judgement refetch(std::string why) {
    return {.verdict = Verdict::Refetch, .text = std::move(why)};
}

Judgement failed(Reason reason, std::string why) {
    return {.verdict = Verdict::Fail, .reason = reason, .text = std::move(why)};
}

/// What a 206 says of the range of which its body is; or what is wrong with it.
struct PartialBody {
    ContentRange range{};
    std::optional<Bytes> total{};  ///< of the file
    std::string fault{};
};

PartialBody read_partial(const PartState& part, const Wish& wish, const RangeRequest& asked,
                         const ResponseHead& head) {
    auto range = parse_content_range(head.content_range());
    if (!range) return {.fault = "the server answered a range request without a usable Content-Range"};
    if (range->first != asked.first)
        return {.fault = "the server sent bytes from " + std::to_string(range->first) + ", not from " +
                         std::to_string(asked.first)};
    if (asked.last && range->last > *asked.last)
        return {.fault = "the server sent more bytes than were asked for"};
    if (!range->total) return {.fault = "the server sent a part of an entity without its complete length"};
    if (head.is_encoded()) return {.fault = "the server sent the part in a coding"};
    if (head.content_length() && *head.content_length() != range->last - range->first + 1)
        return {.fault = "the Content-Length of the part does not fit its Content-Range"};
    auto end =
        wish.slice && wish.slice->last ? std::min(*wish.slice->last + 1, *range->total) : *range->total;
    auto total = end - wish.base();
    if (part.total && *part.total != total)
        return {.fault = "the complete length changed from " + std::to_string(*part.total) + " to " +
                         std::to_string(total)};
    return {.range = *range, .total = total};
}

/// A 206 in answer to a range: promise 4 of the design, clause by clause.
Judgement judge_partial(const PartState& part, const Wish& wish, const RangeRequest& asked,
                        const ResponseHead& head, const Validator& validator) {
    auto body = read_partial(part, wish, asked, head);
    const auto& known = part.validator;
    bool goes_on = asked.continues;
    if (body.fault.empty() && goes_on && !known.etag.empty() && !head.etag().empty() &&
        known.etag != head.etag())
        body.fault = "the entity tag of the part is another one";
    if (body.fault.empty() && goes_on && !known.last_modified.empty() && !head.last_modified().empty() &&
        known.last_modified != head.last_modified())
        body.fault = "the Last-Modified of the part is another one";
    if (!body.fault.empty()) return goes_on ? refetch(body.fault) : failed(Reason::Protocol, body.fault);
    return {.verdict = goes_on ? Verdict::Continue : Verdict::FromStart,
            .total = body.total,
            .validator = goes_on ? known : validator,
            .end = body.range.last + 1 - wish.base()};
}

bool has_body_of_file(const Wish& wish, std::uint16_t status) {
    if (wish.accept_status) return wish.accept_status->contains(status);
    return status >= 200 && status <= 299 && status != 204 && status != 205;
}

}  // namespace

bool is_redirect(const ResponseHead& head, const Wish& wish) {
    auto status = head.status();
    if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308) return false;
    return !head.location().empty() || !has_body_of_file(wish, status);
}

bool can_continue(const Validator& validator) {
    return is_strong(validator.etag) || !validator.last_modified.empty();
}

bool leaves_good_bytes(const Task& task) {
    bool is_worthless = task.reason == Reason::Changed || task.reason == Reason::Checksum ||
                        task.reason == Reason::Limit || task.reason == Reason::Destination;
    return !is_worthless && !task.done.is_empty() && can_continue(task.validator);
}

Validator usable_validator(const ResponseHead& head,
                           std::optional<std::chrono::seconds> modified_before_date) {
    if (head.is_encoded()) return {};  // the next coding of the same entity may have other bytes
    Validator validator{.etag = head.etag(), .last_modified = {}};
    if (modified_before_date && *modified_before_date >= std::chrono::seconds{1})
        validator.last_modified = head.last_modified();
    return validator;
}

RangeRequest plan_request(const PartState& part, const Wish& wish) {
    if (part.size == 0 || !can_continue(part.validator) || (part.total && part.size >= *part.total))
        return plan_look(wish);
    RangeRequest request = plan_span(part.validator, wish, {part.size, part.size + 1});
    request.last = wish.slice ? wish.slice->last : std::nullopt;
    return request;
}

RangeRequest plan_span(const Validator& validator, const Wish& wish, Span span) {
    return {.is_range = true,
            .continues = true,
            .first = wish.base() + span.begin,
            .last = wish.base() + span.end - 1,
            .if_range = is_strong(validator.etag) ? validator.etag : validator.last_modified};
}

RangeRequest plan_look(const Wish& wish) {
    if (!wish.slice) return {};
    return {.is_range = true, .first = wish.slice->first, .last = wish.slice->last};
}

Judgement judge(const PartState& part, const Wish& wish, const RangeRequest& asked, const ResponseHead& head,
                const Validator& validator) {
    auto status = head.status();
    auto says = "the server answered with status " + std::to_string(status);
    if (!head.fault().empty())
        return failed(Reason::Protocol, "the server's answer is broken: " + head.fault());
    if (is_redirect(head, wish)) return {.verdict = Verdict::Redirect};
    if (status == 206 && asked.is_range) return judge_partial(part, wish, asked, head, validator);
    if ((status == 412 || status == 416) && asked.continues)
        return {.verdict = Verdict::Look,
                .text = "the server refused to continue with status " + std::to_string(status)};
    if (status == 304 && wish.is_conditional) return {.verdict = Verdict::NotModified};
    if (!has_body_of_file(wish, status)) {
        if (status == kUnauthorized || status == kProxyAuthenticationRequired)
            return {.verdict = Verdict::Credentials, .reason = Reason::Credentials, .text = says};
        if (is_retried(status))
            return {.verdict = Verdict::Retry, .reason = Reason::HttpStatus, .text = says};
        return failed(Reason::HttpStatus, status == 204 || status == 205 ? says + ": no content" : says);
    }
    if (status == 206)
        return failed(Reason::Protocol, "the server sent a part (206) where the whole was asked for");
    if (wish.slice && status >= 200 && status <= 299)
        return asked.continues
                   ? refetch("the server has another entity now")
                   : failed(Reason::Protocol, "the server sent the whole where a part was asked for");
    bool gives_up_bytes = can_continue(part.validator);
    return {.verdict = gives_up_bytes ? Verdict::Restart : Verdict::FromStart,
            .text = gives_up_bytes
                        ? "the server sent the whole entity, another one or one that it can't continue"
                        : "",
            .total = head.is_encoded() ? std::nullopt : head.content_length(),
            .validator = status == 200 ? validator : Validator{}};
}

Judgement judge_look(const PartState& part, const Wish& wish, const ResponseHead& head,
                     const Validator& validator) {
    // Another length is another entity, not a fault of the answer.
    auto judgement = judge({.size = part.size, .total = {}, .validator = part.validator}, wish,
                           plan_look(wish), head, validator);
    if (judgement.verdict != Verdict::Restart && judgement.verdict != Verdict::FromStart) return judgement;
    if (judgement.verdict == Verdict::FromStart) judgement.verdict = Verdict::Restart;
    bool is_same = can_continue(judgement.validator) && judgement.validator == part.validator &&
                   (!part.total || !judgement.total || judgement.total == part.total);
    if (!is_same) {
        judgement.text = "the server has another entity now";
        return judgement;
    }
    bool is_whole = judgement.total && *judgement.total == part.size;
    judgement.verdict = is_whole ? Verdict::Whole : Verdict::Refused;
    judgement.reason = Reason::HttpStatus;
    return judgement;
}

}  // namespace haul::model
