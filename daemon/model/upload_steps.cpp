#include "model/upload_steps.hpp"

#include <algorithm>

#include "model/problem.hpp"

namespace haul::model {

UploadVerdict finish_upload(const UploadPlan& plan, UploadState& state) {
    state.offset = state.furthest = plan.size;
    state.conflicts = 0;
    state.is_unsure = false;
    return {.kind = UploadVerdict::Kind::Done};
}

UploadVerdict move_offset(const UploadPlan& plan, UploadState& state, Bytes offset,
                          std::optional<Bytes> sent_from) {
    if (offset > plan.size)
        return fail_upload(Reason::Protocol, "the server says that it has " + std::to_string(offset) +
                                                 " bytes of " + std::to_string(plan.size));
    auto before = sent_from.value_or(state.offset);
    auto furthest = std::max(state.furthest, state.offset);
    state.offset = offset;
    state.furthest = std::max(furthest, offset);
    state.is_unsure = false;
    if (offset < before)
        return count_conflict(state, "the server has " + std::to_string(offset) +
                                         " bytes, but said that it has " + std::to_string(before));
    if (sent_from && offset == before)
        return count_conflict(state, "the server took none of the bytes behind " + std::to_string(offset));
    if (offset > furthest) state.conflicts = 0;
    return {.kind = UploadVerdict::Kind::GoOn};
}

UploadVerdict count_conflict(UploadState& state, std::string text) {
    if (++state.conflicts >= kMaxUploadConflicts)
        return fail_upload(Reason::Rejected, std::move(text) + ", the last of " +
                                                 std::to_string(state.conflicts) +
                                                 " answers in a row that led nowhere");
    return {.kind = UploadVerdict::Kind::GoOn, .text = std::move(text)};
}

UploadVerdict find_again(UploadState& state, std::string text) {
    state.is_unsure = true;
    return count_conflict(state, std::move(text));
}

UploadVerdict begin_anew(const UploadPlan& plan, UploadState& state, const UploadAnswer& answer) {
    auto text = "the server knows the upload no more, with status " + std::to_string(answer.status);
    if (state.may_be_there && !plan.may_repeat)
        return fail_upload(Reason::HttpStatus,
                           std::move(text) + "; it may have all of it, and must not act on it twice");
    auto verdict = count_conflict(state, std::move(text));
    if (verdict.kind == UploadVerdict::Kind::Failed) return verdict;
    state.furthest = std::max(state.furthest, state.offset);
    state.url.clear();
    state.offset = 0;
    state.max_append.reset();
    state.expires.reset();
    state.is_unsure = state.may_be_there = false;
    state.is_discovered = true;
    verdict.kind = UploadVerdict::Kind::Anew;
    return verdict;
}

UploadVerdict judge_resource_status(const UploadAnswer& answer) {
    constexpr std::uint16_t kLocked = 423;
    if (answer.status != kLocked) return judge_status(answer);
    return {.kind = UploadVerdict::Kind::Retry, .reason = Reason::HttpStatus, .text = status_text(answer)};
}

std::string status_text(const UploadAnswer& answer) {
    auto problem = problem_text(answer.field("content-type"), answer.body);
    return "the server answered with status " + std::to_string(answer.status) +
           (problem.empty() ? "" : ": " + problem);
}

}  // namespace haul::model
