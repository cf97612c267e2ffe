// The head of a response, and what is made of it: four choices say what bytes there are and what was asked
// for, then come the lines of the head.

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

/// Bytes go behind others only where everything fits.
void require_fitting(const model::PartState& part, const model::RangeRequest& asked,
                     const model::ResponseHead& head, const model::Judgement& judgement) {
    auto range = model::parse_content_range(head.content_range());
    require(asked.offset > 0 && head.status() == 206, "only a part that was asked for is continued");
    require(range && range->first == asked.offset, "a part begins where the bytes end");
    require(range->total && judgement.total == range->total, "a part says the complete length");
    require(!part.total || part.total == range->total, "the complete length stays");
    require(judgement.end == range->last + 1 && judgement.end <= *range->total,
            "a part lies within the entity");
    require(!head.is_encoded(), "a part has no coding");
    require(!head.content_length() || *head.content_length() == judgement.end - asked.offset,
            "a part has the length of its range");
    require(part.validator.etag.empty() || head.etag().empty() || part.validator.etag == head.etag(),
            "the entity tag stays");
    require(part.validator.last_modified.empty() || head.last_modified().empty() ||
                part.validator.last_modified == head.last_modified(),
            "the date stays");
}

void require_sound(const model::PartState& part, const model::RangeRequest& asked,
                   const model::ResponseHead& head, const model::Judgement& judgement) {
    require(model::is_utf8(judgement.text), "a judgement's text is text");
    require(head.fault().empty() || judgement.verdict == Verdict::Fail, "a fault fails");
    switch (judgement.verdict) {
        case Verdict::Continue:
            require_fitting(part, asked, head, judgement);
            break;
        case Verdict::FromStart:
        case Verdict::Restart:
            require(head.status() != 206, "a part is not the whole");
            require(head.status() >= 200 && head.status() <= 299, "only success has the file");
            require((judgement.verdict == Verdict::Restart) == model::can_continue(part.validator),
                    "bytes that can be continued are given up openly");
            break;
        case Verdict::Refetch:
            require(asked.offset > 0 && !judgement.text.empty(),
                    "only a range is asked for again, and for a reason");
            break;
        case Verdict::Redirect:
            require(head.status() >= 300 && head.status() <= 399, "a redirect has its status");
            break;
        case Verdict::Retry:
        case Verdict::Fail:
            require(judgement.reason != model::Reason::None && !judgement.text.empty(),
                    "a failure has a reason");
            break;
    }
}

}  // namespace

void try_input(std::string_view input) {
    Choices choices{input};
    model::PartState part;
    part.size = choices.one_of(kSizes);
    part.total = choices.one_of(kTotals);
    part.validator = choices.one_of(kValidators);
    auto modified_before = choices.one_of(kModifiedBefore);
    auto head = gather(choices);
    require_sound(head);

    auto asked = model::plan_request(part);
    auto validator = model::usable_validator(head, modified_before);
    require(!head.is_encoded() || validator == model::Validator{}, "encoded bytes are never continued");
    require_sound(part, asked, head, model::judge(part, asked, head, validator));
}

}  // namespace haul::fuzz
