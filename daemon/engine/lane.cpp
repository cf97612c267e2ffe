#include "engine/lane.hpp"

#include <algorithm>

#include "engine/curl_outcome.hpp"
#include "engine/transfer.hpp"
#include "model/header.hpp"
#include "model/limits.hpp"
#include "model/text.hpp"
#include "model/url.hpp"

namespace haul::engine {

using model::Reason;
using model::Verdict;
using model::fact::Ending;
using Kind = LaneEnd::Kind;

namespace {

constexpr Bytes kDropped = 64 * 1024;  // more of an unwanted body than this costs more than a new connection

LaneEnd failed(Ending ending, Reason reason, std::string text) {
    return {.kind = Kind::Failed, .ending = ending, .reason = reason, .text = std::move(text)};
}

}  // namespace

Lane::Lane(Transfer& transfer, const model::TransferRequest& request, CURLSH* pool, std::uint32_t number)
    : transfer_(transfer), exchange_(request, pool, number, *this, static_cast<Errand*>(this)) {}

Job& Lane::job() {
    return transfer_;
}

void Lane::on_done(CURLcode code) {
    transfer_.on_done(*this, code);
}

void Lane::begin(const model::RangeRequest& asked, storage::PartWriter writer, Bytes goal) {
    asked_ = asked;
    writer_ = std::move(writer);
    goal_ = goal;
    is_looking_ = false;
    measured_at_ = std::chrono::steady_clock::now();
    measured_end_ = writer_->end();
    ask(asked);
}

void Lane::look() {
    is_looking_ = true;
    ask(model::plan_look(transfer_.wish()));
}

void Lane::ask(const model::RangeRequest& request) {
    body_ = Body::None;
    judgement_ = {};
    inflater_.reset();
    is_broken_off_ = false;
    is_overlong_ = false;
    pause_ = Pause::None;
    dropped_ = 0;
    exchange_.begin({.range = request,
                     .rate = transfer_.share().fair_rate(),
                     .is_apart = transfer_.share().is_limited()});
}

void Lane::proceed() {
    body_ = Body::Written;
    exchange_.touch();
    curl_easy_pause(handle(), CURLPAUSE_CONT);
}

/// Over HTTP/2 libcurl parks bytes of a stream in that stream's own buffer while it reads for another one: no
/// time is between two reads then.
void Lane::shrink_buffer() {
    if (is_writing() && !exchange_.is_http2()) gauge_.shrink_buffer();
}

void Lane::take_back(model::Span span) {
    if (span.begin != goal_ || is_broken_off_) return;
    bool is_asked = body_ == Body::None && asked_.last;
    if (!is_asked && body_ != Body::Written) return;
    auto reach = is_asked ? *asked_.last + 1 - transfer_.wish().base() : judged_end_;
    goal_ = std::max(goal_, std::min(span.end, reach));
}

void Lane::go_on() {
    if (pause_ == Pause::None || !transfer_.share().may_move()) return;
    if (std::exchange(pause_, Pause::None) == Pause::Limit) exchange_.touch();
    curl_easy_pause(handle(), CURLPAUSE_CONT);
}

/// Not where so much may come in a round that it would not fit into the socket's buffer; and not with
/// HTTP/2, whose streams wait for each other.
void Lane::rest() {
    constexpr Bytes kFast = 50 * 1024 * 1024;  // bytes a second
    if (body_ != Body::Written || pause_ != Pause::None || exchange_.is_http2()) return;
    auto rate = transfer_.share().fair_rate();
    if (!rate || *rate > kFast) return;
    if (curl_easy_pause(handle(), CURLPAUSE_RECV) != CURLE_OK) return;
    pause_ = transfer_.share().may_move() ? Pause::Rest : Pause::Limit;
}

bool Lane::on_head() {
    body_ = Body::Dropped;
    judge();
    return !transfer_.is_doomed();
}

void Lane::judge() {
    const auto& head = exchange_.head();
    auto validator = model::usable_validator(head, modified_before_date(head.last_modified(), head.date()));
    auto part = transfer_.part_state(*this);
    judgement_ = is_looking_ ? model::judge_look(part, transfer_.wish(), head, validator)
                             : model::judge(part, transfer_.wish(), asked_, head, validator);
    switch (judgement_.verdict) {
        case Verdict::FromStart:
        case Verdict::Continue:
            if (!is_coding_known() || !transfer_.accept(*this)) return;
            body_ = Body::Written;
            break;
        case Verdict::Restart:
            if (!is_coding_known() || !transfer_.restart(*this)) return;
            body_ = Body::Held;
            break;
        case Verdict::Refetch:
        case Verdict::Look:
        case Verdict::Whole:
        case Verdict::Refused:
        case Verdict::NotModified:
        case Verdict::Credentials:
        case Verdict::Redirect:
        case Verdict::Retry:
        case Verdict::Fail:
            return;
    }
    if (head.is_encoded() && transfer_.undoes_codings()) inflater_.emplace();
    judged_end_ = judgement_.end > 0 ? judgement_.end : judgement_.total.value_or(UINT64_MAX);
}

std::size_t Lane::on_body(std::string_view bytes) {
    switch (body_) {
        case Body::Held:
            return CURL_WRITEFUNC_PAUSE;
        case Body::Written:
            if (!transfer_.share().may_move()) {
                pause_ = Pause::Limit;
                return CURL_WRITEFUNC_PAUSE;
            }
            transfer_.share().take(bytes.size());
            return write(bytes);
        case Body::None:
        case Body::Dropped:
            break;
    }
    dropped_ += bytes.size();
    return dropped_ > kDropped ? 0 : bytes.size();
}

/// What is in no coding that we could undo can't be the file.
bool Lane::is_coding_known() const {
    const auto& head = exchange_.head();
    return !transfer_.undoes_codings() || !head.is_encoded() || model::same_name(head.coding(), "gzip") ||
           model::same_name(head.coding(), "x-gzip");
}

std::size_t Lane::write(std::string_view bytes) {
    gauge_.follow(bytes);
    if (!inflater_) return write_within_bounds(bytes) ? bytes.size() : 0;
    bool goes_on =
        inflater_->take(bytes, [this](std::string_view plain) { return write_within_bounds(plain); });
    return goes_on ? bytes.size() : 0;
}

/// False where not all of them have a place.
bool Lane::write_within_bounds(std::string_view bytes) {
    auto limit = std::min(goal_, judged_end_);
    auto room = limit - std::min(writer_->end(), limit);
    auto wanted = bytes.substr(0, std::min<Bytes>(room, bytes.size()));
    is_broken_off_ = wanted.size() < bytes.size();
    is_overlong_ = is_overlong_ || (is_broken_off_ && judged_end_ <= goal_);
    if (!wanted.empty() && !transfer_.write(*this, wanted)) return false;
    exchange_.count_written(wanted.size());
    return wanted.size() == bytes.size();
}

LaneEnd Lane::end(CURLcode code) {
    if (auto challenges = exchange_.proxy_challenges(code); !challenges.empty()) {
        auto end = failed(Ending::Credentials, Reason::Credentials, "the proxy wants to know who asks");
        end.challenges = std::move(challenges);
        end.is_proxy = true;
        return end;
    }
    if (!exchange_.redirect_fault().empty())
        return failed(Ending::Final, Reason::Redirect, exchange_.redirect_fault());
    if (exchange_.is_oversize())
        return failed(Ending::Final, Reason::Limit,
                      "the header of the server's answer is larger than " +
                          std::to_string(model::kMaxResponseHeaders) + " bytes");
    if (body_ == Body::Dropped) return end_unwanted();
    return end_body(code);
}

/// The answer was none whose bytes we want.
LaneEnd Lane::end_unwanted() {
    const auto& head = exchange_.head();
    switch (judgement_.verdict) {
        case Verdict::Refetch:
            return failed(Ending::Refetch, Reason::Changed, judgement_.text);
        case Verdict::Look:
            return {.kind = Kind::Look};
        case Verdict::Whole:
            return {.kind = Kind::Whole};
        case Verdict::Refused:
            return failed(Ending::ResumeRefused, judgement_.reason, judgement_.text);
        case Verdict::NotModified:
            return {.kind = Kind::NotModified};
        case Verdict::Credentials: {
            auto end = failed(Ending::Credentials, Reason::Credentials, judgement_.text);
            end.challenges = head.challenges();
            if (exchange_.is_redirected()) end.challenger = model::redact(exchange_.url());
            if (exchange_.has_crossed_origin())
                end.text += "; credentials go to the origin of the task's URL alone: replace the URL by " +
                            end.challenger + ", or set redirect-headers";
            return end;
        }
        case Verdict::Retry:
            return failed(Ending::Retry, judgement_.reason, judgement_.text);
        case Verdict::FromStart:
        case Verdict::Continue:
        case Verdict::Restart:
            if (!is_coding_known())
                return failed(Ending::Final, Reason::Encoding,
                              "the server used the coding \"" + model::printable(head.coding(), 64) +
                                  "\", which nobody asked for and Haul can't undo");
            return failed(Ending::Refetch, Reason::Changed, "the server has another entity now");
        case Verdict::Redirect:
        case Verdict::Fail:
            break;
    }
    return failed(Ending::Final, judgement_.reason, judgement_.text);
}

LaneEnd Lane::end_body(CURLcode code) {
    if (is_overlong_)
        return failed(Ending::Refetch, Reason::Protocol, "the server sent more bytes than it had announced");
    if (inflater_ && inflater_->is_broken())
        return failed(Ending::Final, Reason::Encoding, "the body's gzip coding is broken");
    bool is_there = body_ == Body::Written && writer_->end() >= goal_;
    if (is_there) return {.kind = Kind::Done};
    if (code != CURLE_OK) {
        auto text = exchange_.error_text(code);
        auto outcome = to_outcome(code, text, exchange_.os_error());
        return failed(outcome.ending, outcome.reason, text);
    }
    if (body_ != Body::Written)
        return failed(Ending::Retry, Reason::Connection, "the connection ended inside the server's header");
    if (inflater_ && !inflater_->is_whole())
        return failed(Ending::Final, Reason::Encoding, "the body's gzip coding breaks off before its end");
    bool is_endless =
        goal_ == UINT64_MAX && judged_end_ == UINT64_MAX;  // its end is where the server ended it
    if (is_endless && exchange_.head().is_ended_by_close() && exchange_.is_cut())
        return failed(Ending::Retry, Reason::Incomplete, "the connection was cut before the file's end");
    if (is_endless) return {.kind = Kind::Done};
    if (writer_->end() == judged_end_) return {.kind = Kind::More};
    return failed(Ending::Retry, Reason::Incomplete,
                  "the connection ended after " + std::to_string(writer_->end()) + " of " +
                      std::to_string(std::min(judged_end_, goal_)) + " bytes");
}

double Lane::measure_speed(Instant now) {
    std::chrono::duration<double> time = now - measured_at_;
    auto bytes = writer_->end() - measured_end_;
    if (time.count() > 0) speed_ = static_cast<double>(bytes) / time.count();
    measured_at_ = now;
    measured_end_ = writer_->end();
    return speed_;
}

}  // namespace haul::engine
