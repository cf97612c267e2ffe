// The part of Upload that learns from answers what to do next.

#include "engine/curl_outcome.hpp"
#include "engine/exchange_failure.hpp"
#include "engine/upload.hpp"
#include "model/credential.hpp"
#include "model/limits.hpp"

namespace haul::engine {

using model::Reason;
using model::fact::Ending;
using Decision = model::UploadVerdict::Kind;

namespace {

bool is_success(std::uint16_t status) {
    return status >= 200 && status < 300;
}

std::string status_text(std::uint16_t status) {
    return "the server answered with status " + std::to_string(status);
}

}  // namespace

/// What went wrong before an answer came that could be judged.
std::optional<model::fact::Interrupted> Upload::find_failure(const UploadLane& lane, CURLcode code) const {
    const auto& exchange = lane.exchange();
    const auto& head = exchange.head();
    if (auto failure = engine::find_failure(exchange, code)) return failure;
    model::fact::Interrupted fact;
    if (is_success(head.status()) && !lane.is_all_sent() && !exchange.became_get()) {
        fact.ending = Ending::Retry;
        fact.reason = Reason::Incomplete;
        fact.text = status_text(head.status()) + " before it had everything";
    } else {
        return std::nullopt;
    }
    return fact;
}

void Upload::judge(UploadLane& lane) {
    auto answer = lane.answer();
    auto offset = state_.offset;
    auto verdict = judge_status(lane, strategy().judge(plan(), lane.asked(), answer, state_));
    switch (verdict.kind) {
        case Decision::GoOn:
            is_known_ = true;
            tell_state();
            return ask_next();
        case Decision::Done:
            return on_answered(lane);
        case Decision::Anew:
            return begin_anew(offset, std::move(verdict));
        case Decision::Credentials:
            return ask_who(lane, std::move(verdict.text));
        case Decision::Retry:
        case Decision::Failed:
            break;
    }
    // A server that refuses has not done what it was asked for, unless it does not know the upload any more.
    bool refuses =
        answer.status >= 400 && answer.status < 500 && answer.status != 404 && answer.status != 410;
    if (verdict.kind == Decision::Failed && refuses) state_.may_be_there = false;
    model::fact::Interrupted fact;
    fact.ending = verdict.kind == Decision::Retry ? Ending::Retry : Ending::Final;
    fact.reason = verdict.reason;
    fact.text = std::move(verdict.text);
    const auto& head = lane.exchange().head();
    if (verdict.kind == Decision::Retry) fact.asked_delay = retry_after(head.retry_after(), head.date());
    fact.reply = lane.take_reply();
    interrupted(std::move(fact));
}

/// The strategy has cleared the state: what the server had is lost.
void Upload::begin_anew(Bytes lost, model::UploadVerdict verdict) {
    model::fact::Interrupted fact;
    fact.ending = Ending::Refetch;
    fact.reason = verdict.reason == Reason::None ? Reason::Rejected : verdict.reason;
    fact.text = std::move(verdict.text);
    fact.done = model::Coverage{lost};
    interrupted(std::move(fact));
}

/// The client says which statuses are a success, where the answer is to all that it wants done.
model::UploadVerdict Upload::judge_status(const UploadLane& lane, model::UploadVerdict verdict) const {
    const auto& accepted = request_.options.accept_status;
    auto status = lane.exchange().head().status();
    if (!accepted || !lane.asked().is_last) return verdict;
    if (accepted->contains(status) && (verdict.kind == Decision::Failed || verdict.kind == Decision::Retry))
        return {.kind = Decision::Done};
    if (!accepted->contains(status) && verdict.kind == Decision::Done)
        return model::fail_upload(Reason::HttpStatus, status_text(status));
    return verdict;
}

void Upload::on_answered(UploadLane& lane) {
    if (!check_source()) return interrupted(*trouble_);
    state_.offset = plan().size;
    const auto& exchange = lane.exchange();
    report(
        model::fact::Answered{.state = state_,
                              .reply = lane.take_reply(),
                              .final_url = exchange.is_redirected() ? exchange.shown_url() : std::string{}},
        true);
}

void Upload::ask_who(const UploadLane& lane, std::string text) {
    const auto& exchange = lane.exchange();
    model::fact::Interrupted fact;
    fact.ending = Ending::Credentials;
    fact.reason = Reason::Credentials;
    fact.text = std::move(text);
    fact.challenges = exchange.head().challenges();
    if (exchange.is_redirected() || exchange.has_crossed_origin()) fact.challenger = exchange.shown_url();
    if (exchange.has_crossed_origin())
        fact.text += "; credentials go to the origin of the task's URL alone: set redirect-headers";
    interrupted(std::move(fact));
}

}  // namespace haul::engine
