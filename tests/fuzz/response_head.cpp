// The head of a response, and what is made of it: six choices say what bytes there are and what was asked
// for, then come the lines of the head.

#include <algorithm>
#include <array>

#include "fuzz/target.hpp"
#include "model/limits.hpp"
#include "model/resume_rule.hpp"
#include "model/utf8.hpp"

namespace haul::fuzz {
namespace {

using model::Verdict;

constexpr std::array<Bytes, 4> kSizes{0, 1, 500, 1000};
constexpr std::array<std::optional<Bytes>, 3> kTotals{std::nullopt, 1000, 5};
const std::array<model::Validator, 4> kValidators{model::Validator{}, model::Validator{"\"one\"", ""},
                                                  model::Validator{"W/\"one\"", ""},
                                                  model::Validator{"", "Mon, 01 Jan 2024 00:00:00 GMT"}};
constexpr std::array<std::optional<std::chrono::seconds>, 3> kModifiedBefore{
    std::nullopt, std::chrono::seconds{0}, std::chrono::seconds{60}};
const std::array<model::Wish, 6> kWishes{
    model::Wish{},
    model::Wish{.slice = model::Slice{100, 1099}, .accept_status = {}},
    model::Wish{.slice = model::Slice{100, std::nullopt}, .accept_status = {}, .is_conditional = true},
    model::Wish{.slice = {}, .accept_status = model::StatusSet::parse("any")},
    model::Wish{
        .slice = {}, .accept_status = model::StatusSet::parse("200,206,304,401,404"), .is_conditional = true},
    model::Wish{.slice = model::Slice{0, 0}, .accept_status = model::StatusSet::parse("206")}};

bool is_same(const model::ResponseHead& a, const model::ResponseHead& b) {
    return a.status() == b.status() && a.content_length() == b.content_length() &&
           a.is_encoded() == b.is_encoded() && a.content_range() == b.content_range() &&
           a.etag() == b.etag() && a.last_modified() == b.last_modified() && a.date() == b.date() &&
           a.fault() == b.fault() && a.retry_after() == b.retry_after() && a.location() == b.location();
}

/// Gathers a head as the engine does; and beside it the last one alone, which has to be the same.
model::ResponseHead gather(Choices& choices) {
    model::ResponseHead head, last;
    while (!choices.at_end() && !head.is_oversize()) {
        auto line = choices.line();
        if (line.starts_with("HTTP/")) last = {};
        head.take(line);
        last.take(line);
    }
    require(is_same(head, last), "interim responses leave nothing behind");
    return head;
}

void require_sound(const model::ResponseHead& head) {
    require(head.status() == 0 || (head.status() >= 100 && head.status() <= 999),
            "a status has three digits");
    require(!head.content_length() || *head.content_length() <= INT64_MAX, "a length fits a file");
    require(model::is_utf8(head.fault()), "a fault is text");
    require(head.etag().size() <= model::kMaxText && head.last_modified().size() <= model::kMaxText,
            "validators have their bound");
}

/// Bytes of a part go behind others only where everything fits.
void require_fitting(const model::PartState& part, const model::Wish& wish, const model::RangeRequest& asked,
                     const model::ResponseHead& head, const model::Judgement& judgement) {
    auto range = model::parse_content_range(head.content_range());
    require(asked.is_range && head.status() == 206, "only a part that was asked for is taken");
    require(range && range->first == asked.first, "a part begins where it was asked for");
    require(!asked.last || range->last <= *asked.last, "a part is no longer than what was asked for");
    require(range->total.has_value(), "a part says the complete length");
    auto end =
        wish.slice && wish.slice->last ? std::min(*wish.slice->last + 1, *range->total) : *range->total;
    require(judgement.total == end - wish.base(), "the file has what its slice has of the complete length");
    require(!part.total || part.total == judgement.total, "the length of the file stays");
    require(judgement.end == range->last + 1 - wish.base(), "a part ends where it says");
    require(judgement.end <= *judgement.total, "a part lies within the file");
    require(!head.is_encoded(), "a part has no coding");
    require(!head.content_length() || *head.content_length() == range->last + 1 - range->first,
            "a part has the length of its range");
}

void require_same_entity(const model::Validator& known, const model::ResponseHead& head) {
    require(known.etag.empty() || head.etag().empty() || known.etag == head.etag(), "the entity tag stays");
    require(known.last_modified.empty() || head.last_modified().empty() ||
                known.last_modified == head.last_modified(),
            "the date stays");
}

/// One sentence a verdict: what has to be so for it.
void require_sound(const model::PartState& part, const model::Wish& wish, const model::RangeRequest& asked,
                   const model::ResponseHead& head, const model::Judgement& judgement) {
    auto status = head.status();
    bool is_success =
        wish.accept_status ? wish.accept_status->contains(status) : status >= 200 && status <= 299;
    require(model::is_utf8(judgement.text), "a judgement's text is text");
    require(head.fault().empty() || judgement.verdict == Verdict::Fail, "a fault fails");
    switch (judgement.verdict) {
        case Verdict::Continue:
            require(asked.continues, "bytes are continued only where there are some");
            require_fitting(part, wish, asked, head, judgement);
            require_same_entity(part.validator, head);
            break;
        case Verdict::FromStart:
        case Verdict::Restart:
            if (status == 206) return require_fitting(part, wish, asked, head, judgement);
            require(is_success, "only success has the file");
            require(!wish.slice || status > 299, "the whole is no slice");
            break;
        case Verdict::Refetch:
        case Verdict::Look:
            require(asked.continues && !judgement.text.empty(),
                    "only a range is asked for again, and for a reason");
            break;
        case Verdict::Whole:
        case Verdict::Refused:
            require(is_success, "only success tells of the entity");
            require(model::can_continue(part.validator), "only a strong validator tells that it is the same");
            require_same_entity(part.validator, head);
            break;
        case Verdict::NotModified:
            require(status == 304 && wish.is_conditional, "only who asks is told that nothing is new");
            break;
        case Verdict::Credentials:
            require((status == 401 || status == 407) && !is_success, "credentials are for who may not pass");
            break;
        case Verdict::Redirect:
            require(model::is_redirect(head, wish) && status >= 300 && status <= 399,
                    "a redirect has its status");
            break;
        case Verdict::Retry:
        case Verdict::Fail:
            require(judgement.reason != model::Reason::None && !judgement.text.empty(),
                    "a failure has a reason");
            break;
    }
}

void require_sound_plan(const model::PartState& part, const model::Wish& wish,
                        const model::RangeRequest& asked) {
    require(asked.is_range == (asked.continues || wish.slice), "a range is asked for where one is wanted");
    require(!asked.continues || (part.size > 0 && asked.first == wish.base() + part.size),
            "what is continued is asked for from there");
    require(asked.continues != asked.if_range.empty() && !asked.if_range.starts_with("W/"),
            "what is continued is the same by a strong validator");
}

}  // namespace

void try_input(std::string_view input) {
    Choices choices{input};
    model::PartState part;
    part.size = choices.one_of(kSizes);
    part.total = choices.one_of(kTotals);
    part.validator = choices.one_of(kValidators);
    auto modified_before = choices.one_of(kModifiedBefore);
    const auto& wish = choices.one_of(kWishes);
    auto span_begin = choices.byte();
    auto head = gather(choices);
    require_sound(head);
    auto validator = model::usable_validator(head, modified_before);
    require(!head.is_encoded() || validator == model::Validator{}, "encoded bytes are never continued");

    auto asked = model::plan_request(part, wish);
    require_sound_plan(part, wish, asked);
    auto judgement = model::judge(part, wish, asked, head, validator);
    require(judgement.verdict != Verdict::Whole && judgement.verdict != Verdict::Refused,
            "only a look tells that");
    require_sound(part, wish, asked, head, judgement);

    auto look = model::judge_look(part, wish, head, validator);
    require(look.verdict != Verdict::Continue && look.verdict != Verdict::Look &&
                look.verdict != Verdict::Refetch,
            "a look is the last one");
    require(look.verdict != Verdict::Whole || look.total == part.size, "what is whole has its length");
    require_sound({part.size, {}, part.validator}, wish, model::plan_look(wish), head, look);

    if (!model::can_continue(part.validator)) return;
    auto span = model::plan_span(part.validator, wish, {span_begin, span_begin + Bytes{64}});
    auto of_span = model::judge(part, wish, span, head, validator);
    require_sound(part, wish, span, head, of_span);
    require(of_span.verdict != Verdict::Continue || of_span.end <= span_begin + Bytes{64},
            "a connection brings no more than its span");
}

}  // namespace haul::fuzz
