// S3 multipart uploads by URLs that the client has signed before: the parts in any order and several at the
// same time, then the completion.

#include <algorithm>

#include "model/s3_document.hpp"
#include "model/upload_protocols.hpp"
#include "model/upload_steps.hpp"

namespace haul::model {
namespace {

using Kind = UploadAsk::Kind;

constexpr std::size_t kMaxEtag = 128;

bool has_part(const UploadState& state, std::size_t part) {
    return part < state.etags.size() && !state.etags[part].empty();
}

Span span_of(const UploadPlan& plan, std::size_t part) {
    auto begin = std::min(plan.size, part * plan.part_size);
    return {begin, begin + std::min(plan.part_size, plan.size - begin)};
}

bool is_etag(std::string_view text) {
    return !text.empty() && text.size() <= kMaxEtag &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

UploadAsk bring(const UploadPlan& plan, std::uint32_t part) {
    return {.kind = Kind::Append,
            .method = "PUT",
            .url = plan.parts[part],
            .body = span_of(plan, part),
            .part = part};
}

UploadAsk complete(const UploadPlan& plan, const UploadState& state) {
    return {.kind = Kind::Finish,
            .method = "POST",
            .url = plan.url,
            .fields = {{"Content-Type", "application/xml"}},
            .content = complete_multipart_document(state.etags),
            .is_last = true};
}

UploadVerdict judge_part(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                         UploadState& state) {
    auto etag = answer.field("ETag");
    if (!is_etag(etag) || asked.part >= plan.parts.size())
        return fail_upload(Reason::Protocol, "the server's answer to part " + std::to_string(asked.part + 1) +
                                                 " has no usable ETag");
    state.url = plan.url;
    state.etags.resize(plan.parts.size());
    state.etags[asked.part] = etag;
    state.offset = 0;
    for (std::size_t part = 0; part < plan.parts.size(); ++part)
        if (has_part(state, part)) state.offset += span_of(plan, part).size();
    state.furthest = std::max(state.furthest, state.offset);
    state.conflicts = 0;
    return {.kind = UploadVerdict::Kind::GoOn};
}

bool is_passing(std::string_view code) {
    return code == "InternalError" || code == "SlowDown" || code == "ServiceUnavailable" ||
           code == "RequestTimeout";
}

/// Also of a 200: the server sends its head before it knows how the completion ends.
UploadVerdict judge_error(const UploadAnswer& answer, UploadState& state, Kind kind) {
    auto code = s3_error_code(answer.body);
    auto text = status_text(answer) + (code.empty() ? "" : ": " + code);
    auto verdict = is_success(answer) ? fail_upload(Reason::HttpStatus, text) : judge_status(answer);
    verdict.text = text;
    if (verdict.kind == UploadVerdict::Kind::Credentials) return verdict;
    if (kind == Kind::Finish && answer.status == 404 && (code.empty() || code == "NoSuchUpload"))
        verdict.text += "; where a completion was cut off before, that one may have been done";
    if (answer.status == 409) {
        verdict = count_conflict(state, std::move(text));
        if (verdict.kind == UploadVerdict::Kind::Failed) return verdict;
        verdict.reason = Reason::HttpStatus;
        verdict.kind = UploadVerdict::Kind::Retry;
    }
    if (is_passing(code)) verdict.kind = UploadVerdict::Kind::Retry;
    return verdict;
}

class S3Upload final : public UploadStrategy {
public:
    std::optional<UploadAsk> next(const UploadPlan& plan, const UploadState& state, bool,
                                  const std::vector<std::uint32_t>& busy) const override {
        for (std::uint32_t part = 0; part < plan.parts.size(); ++part)
            if (!has_part(state, part) && std::find(busy.begin(), busy.end(), part) == busy.end())
                return bring(plan, part);
        return busy.empty() ? std::optional{complete(plan, state)} : std::nullopt;
    }

    UploadVerdict judge(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                        UploadState& state) const override {
        bool is_error = !is_success(answer) || (asked.kind == Kind::Finish && is_s3_error(answer.body));
        if (is_error) return judge_error(answer, state, asked.kind);
        if (asked.kind == Kind::Append) return judge_part(plan, asked, answer, state);
        if (asked.kind == Kind::Finish) return finish_upload(plan, state);
        return {.kind = UploadVerdict::Kind::GoOn};
    }

    std::optional<UploadAsk> farewell(const UploadPlan& plan, const UploadState&) const override {
        if (plan.abort_url.empty()) return std::nullopt;
        return UploadAsk{.kind = Kind::Farewell, .method = "DELETE", .url = plan.abort_url};
    }

    bool is_parallel() const override { return true; }
};

}  // namespace

const UploadStrategy& s3_upload() {
    static const S3Upload strategy;
    return strategy;
}

}  // namespace haul::model
