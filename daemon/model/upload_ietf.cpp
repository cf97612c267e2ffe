// draft-ietf-httpbis-resumable-upload. The first creation brings all bytes, and a 104 names the upload
// resource while they are on their way. Where that was cut off before a 104 came, the next creation brings
// none and waits for the answer, so that there is something to go on with.

#include <algorithm>

#include "model/upload_draft.hpp"
#include "model/upload_protocols.hpp"
#include "model/upload_steps.hpp"

namespace haul::model {
namespace {

using Kind = UploadAsk::Kind;

constexpr std::uint32_t kWithMediaType = 6;  ///< the first interop version whose PATCH has one

UploadAsk ask_resource(const UploadPlan& plan, const UploadState& state, Kind kind, std::string method) {
    return {
        .kind = kind, .method = std::move(method), .url = state.url, .fields = {interop_field(plan.interop)}};
}

UploadAsk create(const UploadPlan& plan, bool is_careful) {
    UploadAsk ask{
        .kind = Kind::Create,
        .method = plan.method,
        .url = plan.url,
        .fields = creation_fields(plan, is_careful ? Completeness::Partial : Completeness::Complete)};
    if (is_careful) return ask;
    ask.body = Span{0, plan.size};
    ask.is_last = true;
    return ask;
}

/// The bytes that come next; none where the server only waits to hear that it has all of them.
UploadAsk append(const UploadPlan& plan, const UploadState& state) {
    auto begin = std::min(state.offset, plan.size);
    auto end = begin + std::min(plan.size - begin, state.max_append.value_or(plan.size));
    auto ask = ask_resource(plan, state, begin == plan.size ? Kind::Finish : Kind::Append, "PATCH");
    ask.is_last = end == plan.size;
    if (ask.kind == Kind::Append) ask.body = Span{begin, end};
    ask.fields.push_back({"Upload-Offset", std::to_string(begin)});
    ask.fields.push_back(
        completeness_field(plan.interop, ask.is_last ? Completeness::Complete : Completeness::Partial));
    if (plan.interop >= kWithMediaType) ask.fields.push_back({"Content-Type", "application/partial-upload"});
    return ask;
}

UploadVerdict fail_incomplete(const UploadPlan& plan, std::optional<Bytes> offset) {
    auto has = offset ? "with " + std::to_string(*offset) : std::string{"without all"};
    return fail_upload(Reason::Incomplete, "the server calls the upload complete " + has + " of " +
                                               std::to_string(plan.size) + " bytes");
}

UploadVerdict fail_too_large(const UploadPlan& plan, Bytes most) {
    return fail_upload(Reason::Limit, "the server takes uploads of at most " + std::to_string(most) +
                                          " bytes; this one has " + std::to_string(plan.size));
}

UploadVerdict judge_found(const UploadPlan& plan, const UploadAnswer& answer, UploadState& state) {
    auto complete = completeness_of(plan.interop, answer);
    auto most = take_limits(answer, state);
    auto offset = number_field(answer, "Upload-Offset");
    if (!offset) return fail_upload(Reason::Protocol, "the server's answer has no usable Upload-Offset");
    auto length = number_field(answer, "Upload-Length");
    if (!length && !answer.field("Upload-Length").empty())
        return fail_upload(Reason::Protocol, "the server's answer has no usable Upload-Length");
    if (complete == Completeness::Complete) {
        bool is_whole = *offset == plan.size && length.value_or(plan.size) == plan.size;
        return is_whole ? finish_upload(plan, state) : fail_incomplete(plan, length.value_or(*offset));
    }
    if (length.value_or(plan.size) != plan.size)
        return fail_upload(Reason::Protocol, "the server has another Upload-Length for the upload");
    if (complete || *offset < plan.size) state.may_be_there = false;
    if (most && *most < plan.size) return fail_too_large(plan, *most);
    return move_offset(plan, state, *offset);
}

/// A creation without bytes.
UploadVerdict judge_created(const UploadPlan& plan, const UploadAnswer& answer, UploadState& state) {
    auto most = take_limits(answer, state);
    if (most && *most < plan.size) return fail_too_large(plan, *most);
    if (completeness_of(plan.interop, answer) == Completeness::Complete)
        return plan.size == 0 ? finish_upload(plan, state) : fail_incomplete(plan, std::nullopt);
    if (state.url.empty()) state.url = answer.location;
    if (state.url.empty())
        return fail_upload(Reason::Protocol,
                           "the server made no upload resource: its answer has no usable Location");
    return {.kind = UploadVerdict::Kind::GoOn};
}

/// A success after bytes, or after the word that those were all.
UploadVerdict judge_brought(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                            UploadState& state) {
    auto complete = completeness_of(plan.interop, answer);
    auto offset = number_field(answer, "Upload-Offset");
    if (complete == Completeness::Complete)
        return asked.is_last && offset.value_or(plan.size) == plan.size ? finish_upload(plan, state)
                                                                        : fail_incomplete(plan, offset);
    if (asked.is_last && !complete && offset.value_or(plan.size) == plan.size)
        return finish_upload(plan, state);
    auto most = take_limits(answer, state);
    if (most && *most < plan.size) return fail_too_large(plan, *most);
    if (asked.is_last) {
        if (complete) state.may_be_there = false;
        if (state.url.empty() && asked.kind == Kind::Create) state.url = answer.location;
        if (state.url.empty())
            return fail_upload(Reason::Protocol, "the server did not take all, and made no upload resource");
        return find_again(state, "the server does not call the upload complete");
    }
    if (!offset && !answer.field("Upload-Offset").empty())
        return fail_upload(Reason::Protocol, "the server's answer has no usable Upload-Offset");
    if (!offset) {
        // A success means that the server took the piece; but so says one that does not know the draft.
        auto verdict = move_offset(plan, state, asked.body->end, asked.body->begin);
        state.is_unsure = !complete;
        return verdict;
    }
    if (*offset > asked.body->end)
        return fail_upload(Reason::Protocol, "the server has more bytes than it was sent");
    return move_offset(plan, state, *offset, asked.body->begin);
}

UploadVerdict judge_refused(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                            UploadState& state) {
    // What the server makes of a whole upload is the end of it, good or bad.
    if (asked.kind != Kind::Find && answer.status >= 400 &&
        completeness_of(plan.interop, answer) == Completeness::Complete)
        return fail_upload(Reason::HttpStatus, status_text(answer));
    if (answer.status == 413) {
        auto most = take_limits(answer, state);
        if (most && *most < plan.size) return fail_too_large(plan, *most);
        if (asked.body && state.max_append && *state.max_append < asked.body->size()) {
            state.is_discovered = true;
            return find_again(
                state, "the server takes at most " + std::to_string(*state.max_append) + " bytes at once");
        }
    }
    if (asked.kind == Kind::Create) {
        auto verdict = judge_resource_status(answer);
        if (verdict.kind == UploadVerdict::Kind::Retry) state.is_discovered = true;
        return verdict;
    }
    if (answer.status == 404 || answer.status == 410) return begin_anew(plan, state, answer);
    if (answer.status == 409) return find_again(state, status_text(answer));
    return judge_resource_status(answer);
}

class IetfUpload final : public UploadStrategy {
public:
    std::optional<UploadAsk> next(const UploadPlan& plan, const UploadState& state, bool is_known,
                                  const std::vector<std::uint32_t>&) const override {
        if (state.url.empty()) return create(plan, state.is_discovered || !is_known);
        if (!is_known || state.is_unsure) return ask_resource(plan, state, Kind::Find, "HEAD");
        return append(plan, state);
    }

    bool on_interim(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                    UploadState& state) const override {
        return take_interim(plan, asked, answer, state);
    }

    UploadVerdict judge(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                        UploadState& state) const override {
        if (!is_success(answer)) return judge_refused(plan, asked, answer, state);
        if (asked.kind == Kind::Farewell) return {.kind = UploadVerdict::Kind::GoOn};
        if (asked.kind == Kind::Find) return judge_found(plan, answer, state);
        if (asked.kind == Kind::Create && !asked.is_last) return judge_created(plan, answer, state);
        return judge_brought(plan, asked, answer, state);
    }

    std::optional<UploadAsk> farewell(const UploadPlan& plan, const UploadState& state) const override {
        if (state.url.empty()) return std::nullopt;
        return ask_resource(plan, state, Kind::Farewell, "DELETE");
    }
};

}  // namespace

const UploadStrategy& ietf_upload() {
    static const IetfUpload strategy;
    return strategy;
}

}  // namespace haul::model
