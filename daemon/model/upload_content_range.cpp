// A session URL, bytes with a Content-Range, and a 308 that says how many of them there are: what Google's
// services and those made like them do.

#include "model/text.hpp"
#include "model/upload_protocols.hpp"
#include "model/upload_steps.hpp"

namespace haul::model {
namespace {

using Kind = UploadAsk::Kind;

constexpr std::uint16_t kResumeIncomplete = 308;

UploadAsk create(const UploadPlan& plan) {
    UploadAsk ask{.kind = Kind::Create,
                  .method = "POST",
                  .url = plan.url,
                  .fields = {{"X-Upload-Content-Length", std::to_string(plan.size)}}};
    if (!plan.content_type.empty()) ask.fields.push_back({"X-Upload-Content-Type", plan.content_type});
    return ask;
}

UploadAsk ask_session(const UploadState& state, Kind kind, std::string range) {
    return {.kind = kind,
            .method = "PUT",
            .url = state.url,
            .fields = {{"Content-Range", "bytes " + std::move(range)}},
            .is_direct = true};
}

/// How many bytes "bytes=0-K" says that there are; none where the field is missing. No value where it says
/// something else.
std::optional<Bytes> parse_range(std::string_view field) {
    if (field.empty()) return 0;
    if (field.starts_with("bytes=")) field.remove_prefix(6);
    if (!field.starts_with("0-")) return std::nullopt;
    auto last = parse_number(field.substr(2));
    return last ? std::optional{*last + 1} : std::nullopt;
}

/// A 308: the server waits for more, also where there is no more.
UploadVerdict judge_incomplete(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                               UploadState& state) {
    auto offset = parse_range(answer.field("Range"));
    if (!offset)
        return fail_upload(Reason::Protocol, "the server's answer with status 308 has no usable Range");
    state.may_be_there = false;
    auto verdict =
        move_offset(plan, state, *offset, asked.body ? std::optional{asked.body->begin} : std::nullopt);
    if (verdict.kind == UploadVerdict::Kind::Failed || *offset < plan.size) return verdict;
    return find_again(state, "the server has all bytes, and waits for more");
}

class ContentRangeUpload final : public UploadStrategy {
public:
    std::optional<UploadAsk> next(const UploadPlan& plan, const UploadState& state, bool is_known,
                                  const std::vector<std::uint32_t>&) const override {
        if (state.url.empty()) return create(plan);
        auto size = std::to_string(plan.size);
        bool is_sure = is_known && !state.is_unsure && state.offset < plan.size;
        // Of an empty source the question is the answer, too.
        auto kind = is_sure || plan.size == 0 ? Kind::Append : Kind::Find;
        auto ask = ask_session(state, kind, "*/" + size);
        ask.is_last = kind == Kind::Append;
        if (!is_sure) return ask;
        ask.body = Span{state.offset, plan.size};
        ask.fields.front().value =
            "bytes " + std::to_string(state.offset) + "-" + std::to_string(plan.size - 1) + "/" + size;
        if (!plan.content_type.empty()) ask.fields.push_back({"Content-Type", plan.content_type});
        return ask;
    }

    UploadVerdict judge(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                        UploadState& state) const override {
        if (asked.kind == Kind::Create) {
            if (!is_success(answer)) return judge_status(answer);
            if (answer.location.empty())
                return fail_upload(Reason::Protocol,
                                   "the server began no session: its answer has no usable Location");
            state.url = answer.location;
            return {.kind = UploadVerdict::Kind::GoOn};
        }
        if (is_success(answer)) return finish_upload(plan, state);
        if (answer.status == kResumeIncomplete) return judge_incomplete(plan, asked, answer, state);
        if (answer.status == 404 || answer.status == 410) return begin_anew(plan, state, answer);
        if (answer.status == 409) return find_again(state, status_text(answer));
        return judge_resource_status(answer);
    }
};

}  // namespace

const UploadStrategy& content_range_upload() {
    static const ContentRangeUpload strategy;
    return strategy;
}

}  // namespace haul::model
