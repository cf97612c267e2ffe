#include "engine/transfer.hpp"

#include <algorithm>

#include "engine/curl_outcome.hpp"
#include "engine/idle_sockets.hpp"
#include "model/credential.hpp"
#include "model/limits.hpp"
#include "model/url.hpp"
#include "storage/inspector.hpp"

namespace haul::engine {

using model::Reason;
using model::Verdict;
using model::fact::Ending;
using Kind = LaneEnd::Kind;

namespace {

constexpr Bytes kWorthResuming =
    256 * 1024;  // from here on the journal learns at once what the bytes belong to
constexpr Bytes kCoverBytes = 16 * 1024 * 1024;  // of several connections, that a kill may cost at most
constexpr Bytes kSyncBytes = 64 * 1024 * 1024;
constexpr auto kSyncInterval = std::chrono::seconds{5};
constexpr auto kMeasureInterval = std::chrono::seconds{1};

}  // namespace

Transfer::Transfer(model::TransferRequest request, const Rig& rig)
    : Job(std::move(request)),
      rig_(rig),
      wish_(to_wish(request_.options)),
      lanes_allowed_(model::kMaxConnections),
      share_(rig.limiter, rate_terms()) {
    if (request_.options.connections == 0U) ramp_.emplace(model::kMaxConnections);
}

Transfer::~Transfer() {
    for (auto& lane : lanes_) {
        rig_.multi.remove(lane->handle());
        rig_.budget.give_back(origin_);
    }
}

void Transfer::start() {
    auto part = storage::PartFile::open(request_.part);
    if (!part) return interrupted(part.error());
    part_ = std::move(*part);
    done_ = part_->coverage();
    entity_.validator = request_.validator;
    entity_.total = request_.total;
    entity_.digest = request_.digest;
    is_segmented_ = request_.part.trust == model::PartTrust::Covered || !done_.is_prefix();
    start_bytes_ = told_ = synced_ = done_.bytes();
    synced_at_ = measured_at_ = std::chrono::steady_clock::now();
    bool goes_on = !done_.is_empty() && model::can_continue(entity_.validator);
    if (goes_on && entity_.total && done_.is_whole(*entity_.total)) return arrived();
    if (goes_on && !make_room()) return interrupted(*trouble_);
    auto* lane = add_lane();
    if (!lane) return interrupted(Ending::Retry, Reason::Connection, "out of memory");
    Bytes begin = goes_on ? done_.prefix() : 0;
    auto asked = model::plan_request({begin, entity_.total, entity_.validator}, wish_);
    auto goal = UINT64_MAX;
    if (goes_on && entity_.total && !done_.is_prefix()) {
        auto gap = done_.gaps(*entity_.total).front();
        asked = model::plan_span(entity_.validator, wish_, gap);
        goal = gap.end;
    }
    lane->begin(asked, storage::PartWriter{*part_, begin}, goal);
    rig_.multi.add(lane->handle());
}

bool Transfer::write(Lane& lane, std::string_view bytes) {
    if (request_.options.max_size && arrived_bytes() + bytes.size() > *request_.options.max_size) {
        trouble_ = {Ending::Final,
                    "the file has more than the " + std::to_string(*request_.options.max_size) +
                        " bytes that max-size allows",
                    Reason::Limit};
        return false;
    }
    if (auto written = lane.writer()->append(bytes); !written) {
        trouble_ = written.error();
        return false;
    }
    for (auto& hasher : hashers_) hasher.update(bytes);
    arrived_since_sync_ += bytes.size();
    if (!began_told_ && lane.writer()->end() >= kWorthResuming) tell_began();
    if (is_segmented_ && arrived_bytes() - told_ >= kCoverBytes) tell_progress();
    if (arrived_since_sync_ >= kSyncBytes) sync();
    return !trouble_;
}

void Transfer::on_done(Lane& lane, CURLcode code) {
    idle_sockets::remember(lane.handle());  // libcurl knows it as long as the handle is in
    rig_.multi.remove(lane.handle());
    if (lane.is_held()) {
        held_code_ = code;
        return;
    }
    if (trouble_) return interrupted(*trouble_);
    if (is_elsewhere_) return interrupted(Ending::NotHere, Reason::Changed, "this mirror has another entity");
    if (lane.exchange().finish(code)) return rig_.multi.add(lane.handle());
    on_end(lane, code);
}

void Transfer::on_end(Lane& lane, CURLcode code) {
    auto end = lane.end(code);
    bool is_only = lanes_.size() == 1;
    if (end.kind == Kind::Done) return on_goal(lane);
    if (end.kind == Kind::More) return go_on(lane);
    if (!is_only || end.kind == Kind::Failed) return on_failure(lane, std::move(end));
    if (end.kind == Kind::Whole) return arrived();
    if (end.kind == Kind::NotModified)
        return report(model::fact::NotModified{lane.exchange().head().status()}, true);
    lane.look();
    rig_.multi.add(lane.handle());
}

/// The server has sent less than it was asked for: it is asked for the rest.
void Transfer::go_on(Lane& lane) {
    if (!flush()) return interrupted(*trouble_);
    auto left = lane.left();
    if (entity_.total) left.end = std::min(left.end, *entity_.total);
    done_.add(lane.brought());
    if (left.size() == 0) return on_goal(lane);
    begin_lane(lane, left);
}

/// The lane has brought its span: it takes over a part of what the others have still to bring.
void Transfer::on_goal(Lane& lane) {
    if (!flush()) return interrupted(*trouble_);
    done_.add(lane.brought());
    if (!entity_.total || coverage().is_whole(*entity_.total)) return arrived();
    lane.rewind(storage::PartWriter{*part_, lane.brought().end});
    bool may_stay = lanes_.size() <= lanes_wanted() && !rig_.budget.is_overdrawn(origin_);
    auto span = may_stay || lanes_.size() == 1 ? next_span() : std::nullopt;
    if (span) return begin_lane(lane, *span);
    if (lanes_.size() > 1) return retire(lane);
    interrupted(Ending::Retry, Reason::Incomplete, "the server's answers do not add up to the file");
}

void Transfer::on_failure(Lane& lane, LaneEnd end) {
    bool progressed = lane.has_progressed();
    bool is_extra = lanes_made_ > 1 && !progressed;
    has_lane_trouble_ = has_lane_trouble_ || is_extra;
    if (lanes_.size() == 1) {
        // What a server says to one connection of several may be about their number: the bytes that it gave
        // to the others are not at stake, and one connection will ask for the rest.
        bool is_judged = end.ending == Ending::Final || end.ending == Ending::Retry ||
                         end.ending == Ending::Refetch || end.ending == Ending::ResumeRefused;
        if (!is_extra || !is_judged) return end_with(std::move(end), lane);
        return interrupted(Ending::Retry, end.reason == Reason::None ? Reason::Connection : end.reason,
                           std::move(end.text));
    }
    if (!flush()) return interrupted(*trouble_);
    retire(lane);
    if (progressed) return;
    lanes_allowed_ = static_cast<std::uint32_t>(lanes_.size());
    if (entity_.total) hand_back();
}

void Transfer::end_with(LaneEnd end, const Lane& lane) {
    const auto& head = lane.exchange().head();
    if (head.status() != 0) entity_.status = head.status();
    if (end.is_proxy) entity_.status = model::kProxyAuthenticationRequired;
    bool asks_others = request_.wants_same_entity && end.ending == Ending::Refetch;
    model::fact::Interrupted fact;
    fact.ending = asks_others ? Ending::NotHere : end.ending;
    fact.reason = end.reason;
    fact.text = std::move(end.text);
    if (lane.judgement().verdict == Verdict::Retry)
        fact.asked_delay = retry_after(head.retry_after(), head.date());
    fact.challenges = std::move(end.challenges);
    fact.challenger = std::move(end.challenger);
    interrupted(std::move(fact));
}

void Transfer::proceed() {
    auto hold = std::exchange(hold_, Hold::None);
    if (hold == Hold::Segments) {
        is_segmented_ = true;
        hashers_.clear();
        recruit();
    }
    if (hold != Hold::Restart) return;
    auto& lane = *lanes_.front();
    lane.proceed();
    if (held_code_) on_done(lane, *std::exchange(held_code_, std::nullopt));
}

void Transfer::stop() {
    if (!over_) interrupted(Ending::Stopped, Reason::None, "");
}

void Transfer::tick(Instant now) {
    check_silence(now);
    if (over_) return;
    if (hold_ != Hold::Restart && is_established_) {
        if (!began_told_ && arrived_bytes() > 0) tell_began();
        if (!flush()) return interrupted(*trouble_);
        tell_progress();
        if (now - synced_at_ >= kSyncInterval) sync();
        for (auto& lane : lanes_) lane->shrink_buffer();
    }
    if (now - measured_at_ >= kMeasureInterval) measure_speed(now);
    if (!over_) recruit();
}

Bytes Transfer::arrived_bytes() const {
    Bytes bytes = done_.bytes();
    for (const auto& lane : lanes_)
        if (lane->writer()) bytes += lane->writer()->end() - lane->writer()->begin();
    return bytes;
}

model::Coverage Transfer::coverage() const {
    auto coverage = done_;
    for (const auto& lane : lanes_)
        if (lane->writer()) coverage.add(lane->brought());
    return coverage;
}

/// Brings everything into the part file; what goes wrong ends the attempt.
bool Transfer::flush() {
    for (auto& lane : lanes_) {
        if (!lane->writer()) continue;
        if (auto flushed = lane->writer()->flush(); !flushed) {
            trouble_ = flushed.error();
            return false;
        }
    }
    return true;
}

void Transfer::tell_began() {
    began_told_ = true;
    report(model::fact::Began{entity_, coverage()});
}

void Transfer::tell_progress() {
    if (arrived_bytes() == told_) return;
    told_ = arrived_bytes();
    if (is_segmented_) report(model::fact::Covered{coverage()});
    report(model::fact::Progressed{told_, entity_.total});
}

void Transfer::sync() {
    if (!flush()) return;
    arrived_since_sync_ = 0;
    auto bytes = coverage();
    if (bytes.bytes() == synced_) return;
    synced_ = bytes.bytes();
    synced_at_ = std::chrono::steady_clock::now();
    rig_.storeroom.sync(task(), attempt(), part_->duplicate(), std::move(bytes));
}

void Transfer::arrived() {
    if (!flush()) return interrupted(*trouble_);
    auto size = coverage().bytes();
    auto expected = request_.options.expected_size;
    if (expected && size != *expected)
        return interrupted(Ending::Final, Reason::Changed,
                           "the file has " + std::to_string(size) + " bytes, and " +
                               std::to_string(*expected) + " were expected");
    if (!is_established_) promise();
    bool is_verified = hashers_.size() == promised_.size();
    for (std::size_t i = 0; i < hashers_.size(); ++i)
        if (auto found = hashers_[i].finish(); found != promised_[i])
            return interrupted(storage::digest_mismatch(promised_[i], found));
    report(model::fact::Arrived{entity_, size, part_->inode(), is_verified}, true);
}

void Transfer::interrupted(Ending ending, Reason reason, std::string text) {
    interrupted(interruption(ending, reason, std::move(text)));
}

void Transfer::interrupted(const storage::Trouble& trouble) {
    interrupted(trouble.ending, trouble.reason, trouble.text);
}

void Transfer::interrupted(model::fact::Interrupted fact) {
    if (part_) {
        if (fact.ending != Ending::Refetch) sync();
        fact.done = coverage();
        fact.progressed = fact.done.bytes() > start_bytes_ && model::can_continue(entity_.validator);
    }
    fact.has_lane_trouble = has_lane_trouble_;
    fact.is_segmented = is_segmented_ || !fact.done.is_prefix();
    fact.entity = entity_;
    report(std::move(fact), true);
}

void Transfer::report(model::Fact fact, bool last) {
    if (!last) return send(rig_.sink, std::move(fact));
    for (auto& lane : lanes_) count_costs(*lane);
    send_last(rig_.sink, std::move(fact), std::move(metrics_));
}

}  // namespace haul::engine
