#include "engine/transfer.hpp"

#include <algorithm>

#include "engine/curl_outcome.hpp"
#include "model/content_disposition.hpp"
#include "model/credential.hpp"
#include "model/digest_field.hpp"
#include "model/file_name.hpp"
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
constexpr Bytes kWorthReserving = 4 * 1024 * 1024;
constexpr Bytes kSyncBytes = 64 * 1024 * 1024;
constexpr auto kSyncInterval = std::chrono::seconds{5};
constexpr auto kMeasureInterval = std::chrono::seconds{1};

std::string origin_of(const std::string& url) {
    auto parsed = model::parse_url(url);
    return parsed ? parsed->origin() : std::string{};
}

}  // namespace

Transfer::Transfer(model::TransferRequest request, const Rig& rig)
    : request_(std::move(request)),
      rig_(rig),
      wish_(to_wish(request_.options)),
      origin_(origin_of(request_.url)),
      lanes_allowed_(model::kMaxConnections) {
    if (request_.options.max_rate)
        rate_.emplace(*request_.options.max_rate, std::chrono::steady_clock::now());
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
    if (!part) return interrupted(part.error().ending, part.error().reason, part.error().text);
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
    if (goes_on && !make_room()) return interrupted(trouble_->ending, trouble_->reason, trouble_->text);
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

Lane* Transfer::add_lane() {
    bool has_cookies = request_.options.cookies.value_or(false);
    auto* pool = rig_.pools.of(request_.owner, has_cookies ? std::optional{request_.session} : std::nullopt);
    auto lane = std::make_unique<Lane>(*this, request_, pool, lanes_made_++);
    if (!lane->handle()) return nullptr;
    rig_.budget.take(origin_);
    lanes_.push_back(std::move(lane));
    return lanes_.back().get();
}

void Transfer::begin_lane(Lane& lane, model::Span span) {
    lane.begin(model::plan_span(entity_.validator, wish_, span), storage::PartWriter{*part_, span.begin},
               span.end);
    rig_.multi.add(lane.handle());
}

/// Takes a lane away; what it has brought stays.
void Transfer::retire(Lane& lane) {
    rig_.multi.remove(lane.handle());
    rig_.budget.give_back(origin_);
    lane.exchange().measure();
    for (auto& request : lane.exchange().take_metrics()) metrics_.push_back(std::move(request));
    if (lane.writer()) done_.add(lane.brought());
    std::erase_if(lanes_, [&](const auto& one) { return one.get() == &lane; });
}

model::PartState Transfer::part_state(Lane& lane) {
    return {.size = is_established_ ? lane.writer()->end() : done_.prefix(),
            .total = entity_.total,
            .validator = entity_.validator};
}

bool Transfer::accept(Lane& lane) {
    bool goes_on = lane.asked().continues && !lane.is_looking();
    if (is_established_) return goes_on;
    if (!check_sizes(lane)) return false;
    if (!goes_on && !give_up_bytes(lane)) return false;
    learn(lane);
    is_established_ = true;
    began_told_ = goes_on;
    if (!make_room()) return false;
    if (request_.options.connections.value_or(1) != 1) rig_.restless.push_back(this);
    return true;
}

/// The journal still holds the validator of other bytes. They go first, then the journal learns of the new
/// entity, and only then its bytes are written: whenever we crash, the two fit each other.
bool Transfer::restart(Lane& lane) {
    if (is_established_) return false;
    is_elsewhere_ = request_.wants_same_entity && !done_.is_empty();
    if (is_elsewhere_ || !check_sizes(lane) || !give_up_bytes(lane)) return false;
    learn(lane);
    is_established_ = true;
    began_told_ = true;
    if (!make_room()) return false;
    hold_ = Hold::Restart;
    report(model::fact::Restarted{entity_, lane.judgement().text});
    return true;
}

bool Transfer::give_up_bytes(Lane& lane) {
    bool is_empty_file = part_->coverage().is_empty() && done_.is_empty();  // as it was opened
    auto cleared = is_empty_file ? storage::Outcome<>{} : part_->clear();
    if (!cleared) {
        trouble_ = cleared.error();
        return false;
    }
    done_ = {};
    is_segmented_ = false;
    start_bytes_ = told_ = synced_ = 0;
    lane.rewind(storage::PartWriter{*part_, 0});
    return true;
}

/// Whether the sizes that the client gave allow this entity; if not, the attempt has failed.
bool Transfer::check_sizes(Lane& lane) {
    auto total = lane.judgement().total;
    const auto& options = request_.options;
    if (total && options.max_size && *total > *options.max_size)
        trouble_ = {Ending::Final,
                    "the file has " + std::to_string(*total) + " bytes, and max-size allows " +
                        std::to_string(*options.max_size),
                    Reason::Limit};
    if (total && options.expected_size && *total != *options.expected_size)
        trouble_ = {Ending::Final,
                    "the file has " + std::to_string(*total) + " bytes, and " +
                        std::to_string(*options.expected_size) + " were expected",
                    Reason::Changed};
    return !trouble_;
}

/// Whether the disk has room for what is missing; and takes it, where the client does not mind.
bool Transfer::make_room() {
    if (!entity_.total || *entity_.total < kWorthReserving) return true;
    auto room = part_->check_room(*entity_.total - std::min(done_.bytes(), *entity_.total));
    if (room && request_.options.preallocate.value_or(true)) room = part_->reserve(*entity_.total);
    if (!room) trouble_ = room.error();
    return room.has_value();
}

/// Takes in what the lane's answer says of the entity.
void Transfer::learn(Lane& lane) {
    const auto& head = lane.exchange().head();
    entity_.validator = lane.judgement().validator;
    entity_.total = lane.judgement().total;
    entity_.status = head.status();
    if (request_.options.remote_time.value_or(false)) entity_.modified = http_date(head.last_modified());
    if (request_.wants_name) {
        auto name = model::content_disposition_name(head.content_disposition());
        entity_.filename =
            name.empty() ? model::name_from_url(lane.exchange().url()) : model::safe_file_name(name);
    }
    if (lane.exchange().is_redirected()) entity_.final_url = model::redact(lane.exchange().url());
    if (!lane.asked().continues) entity_.digest.clear();
    bool is_plain = !head.is_encoded() && !wish_.slice;
    auto digest = is_plain ? model::parse_digest_field(head.repr_digest()) : std::nullopt;
    bool is_whole = head.status() == 200;  // then its content is the representation
    if (is_plain && !digest && is_whole) digest = model::parse_digest_field(head.content_digest());
    if (digest) entity_.digest = to_text(*digest);
    accepts_ranges_ = head.accepts_ranges() || head.status() == 206;
    promise();
}

/// Which digests the bytes have to have; they are computed while the bytes come, where these are all of them.
void Transfer::promise() {
    promised_.clear();
    hashers_.clear();
    if (request_.options.checksum) promised_.push_back(*request_.options.checksum);
    if (auto digest = parse_digest(entity_.digest)) promised_.push_back(std::move(*digest));
    if (!done_.is_empty()) return;
    for (const auto& digest : promised_) hashers_.emplace_back(digest.algorithm);
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
    if (rate_) rate_->take(bytes.size());
    arrived_since_sync_ += bytes.size();
    if (!began_told_ && lane.writer()->end() >= kWorthResuming) tell_began();
    if (arrived_since_sync_ >= kSyncBytes) sync();
    return !trouble_;
}

void Transfer::on_done(Lane& lane, CURLcode code) {
    rig_.multi.remove(lane.handle());
    if (lane.is_held()) {
        held_code_ = code;
        return;
    }
    if (trouble_) return interrupted(trouble_->ending, trouble_->reason, trouble_->text);
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
    if (!flush()) return interrupted(trouble_->ending, trouble_->reason, trouble_->text);
    auto left = lane.left();
    if (entity_.total) left.end = std::min(left.end, *entity_.total);
    done_.add(lane.brought());
    if (left.size() == 0) return on_goal(lane);
    begin_lane(lane, left);
}

/// The lane has brought its span: it takes over a part of what the others have still to bring.
void Transfer::on_goal(Lane& lane) {
    if (!flush()) return interrupted(trouble_->ending, trouble_->reason, trouble_->text);
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
    if (!flush()) return interrupted(trouble_->ending, trouble_->reason, trouble_->text);
    auto span = lane.left();
    retire(lane);
    if (progressed) return;
    lanes_allowed_ = static_cast<std::uint32_t>(lanes_.size());
    for (auto& other : lanes_)
        if (other->take_back(span)) return;
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

bool Transfer::may_have_more_lanes() const {
    return is_established_ && hold_ == Hold::None && !over_ && entity_.total && accepts_ranges_ &&
           model::can_continue(entity_.validator) && lanes_.size() < lanes_wanted() &&
           rig_.budget.has_room(origin_);
}

std::uint32_t Transfer::lanes_wanted() const {
    auto wanted = ramp_ ? ramp_->wanted() : request_.options.connections.value_or(1);
    return std::min(wanted, lanes_allowed_);
}

std::vector<model::Runner> Transfer::runners() const {
    std::vector<model::Runner> runners;
    for (const auto& lane : lanes_) {
        auto left = lane->left();
        left.end = std::min(left.end, *entity_.total);
        runners.push_back({left, lane->speed()});
    }
    return runners;
}

/// What the next lane is to bring; another one gives it up where nobody's bytes are left.
std::optional<model::Span> Transfer::next_span() {
    auto at_work = runners();
    if (auto free = model::find_free(coverage(), *entity_.total, at_work)) return free;
    auto split = model::find_split(at_work);
    if (!split) return std::nullopt;
    lanes_[split->runner]->cut(split->at);
    return model::Span{split->at, at_work[split->runner].left.end};
}

void Transfer::recruit() {
    while (may_have_more_lanes()) {
        if (!is_segmented_) {
            bool is_worth_it = model::find_split(runners()).has_value();
            if (!is_worth_it || !flush()) return;
            hold_ = Hold::Segments;
            began_told_ = true;
            report(model::fact::Segmented{entity_, coverage()});
            return;
        }
        auto span = next_span();
        auto* lane = span ? add_lane() : nullptr;
        if (!lane) return;
        begin_lane(*lane, *span);
    }
}

bool Transfer::give_way() {
    if (lanes_.size() < 2) return false;
    if (!flush()) {
        interrupted(trouble_->ending, trouble_->reason, trouble_->text);
        return true;
    }
    retire(*lanes_.back());
    return true;
}

bool Transfer::may_write() {
    if (!rate_) return true;
    rate_->refill(std::chrono::steady_clock::now());
    return !rate_->is_empty();
}

bool Transfer::keep_rate(Instant now) {
    if (!rate_) return false;
    rate_->refill(now);
    for (auto& lane : lanes_)
        if (!rate_->is_empty()) lane->unpause();
    return true;
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
        if (!flush()) return interrupted(trouble_->ending, trouble_->reason, trouble_->text);
        tell_progress();
        if (now - synced_at_ >= kSyncInterval) sync();
        for (auto& lane : lanes_) lane->shrink_buffer();
    }
    if (now - measured_at_ >= kMeasureInterval) measure_speed(now);
    if (!over_) recruit();
}

/// Ends the lanes that the server has forgotten, and those that have what they want.
void Transfer::check_silence(Instant now) {
    std::vector<Lane*> sated;
    std::vector<Lane*> silent;
    for (auto& lane : lanes_) {
        if (lane->is_held()) continue;  // the silence is ours
        if (lane->is_sated())
            sated.push_back(lane.get());
        else if (now - lane->exchange().active_at() >= request_.request_timeout)
            silent.push_back(lane.get());
    }
    for (auto* lane : sated)
        if (!over_) on_done(*lane, CURLE_OK);
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(request_.request_timeout).count();
    for (auto* lane : silent) {
        if (over_) return;
        rig_.multi.remove(lane->handle());
        on_failure(*lane, {.kind = Kind::Failed,
                           .ending = Ending::Retry,
                           .reason = Reason::Timeout,
                           .text = "no byte came for " + std::to_string(seconds) + " s"});
    }
}

void Transfer::measure_speed(Instant now) {
    measured_at_ = now;
    double speed = 0;
    for (auto& lane : lanes_)
        if (lane->is_writing()) speed += lane->measure_speed(now);
    if (ramp_ && lanes_.size() == lanes_wanted()) ramp_->measure(speed);
    if (ramp_ && lanes_.size() > lanes_wanted()) give_way();
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
    if (!flush()) return interrupted(trouble_->ending, trouble_->reason, trouble_->text);
    auto size = coverage().bytes();
    auto expected = request_.options.expected_size;
    if (expected && size != *expected)
        return interrupted(Ending::Final, Reason::Changed,
                           "the file has " + std::to_string(size) + " bytes, and " +
                               std::to_string(*expected) + " were expected");
    if (!is_established_) promise();
    bool is_verified = hashers_.size() == promised_.size();
    for (std::size_t i = 0; i < hashers_.size(); ++i)
        if (auto found = hashers_[i].finish(); found != promised_[i]) {
            auto fault = storage::digest_mismatch(promised_[i], found);
            return interrupted(fault.ending, fault.reason, fault.text);
        }
    report(model::fact::Arrived{entity_, size, part_->inode(), is_verified}, true);
}

void Transfer::interrupted(Ending ending, Reason reason, std::string text) {
    model::fact::Interrupted fact;
    fact.ending = ending;
    fact.reason = reason;
    fact.text = std::move(text);
    interrupted(std::move(fact));
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
    over_ = over_ || last;
    ports::TransferReport report{.task = task(), .attempt = attempt(), .fact = std::move(fact), .last = last};
    if (last) {
        for (auto& lane : lanes_) {
            lane->exchange().measure();
            for (auto& request : lane->exchange().take_metrics()) metrics_.push_back(std::move(request));
        }
        auto extra = metrics_.size() - std::min(metrics_.size(), model::kMaxRequestsKept);
        metrics_.erase(metrics_.begin(), metrics_.begin() + static_cast<std::ptrdiff_t>(extra));
        report.metrics = std::move(metrics_);
    }
    rig_.sink(std::move(report));
}

}  // namespace haul::engine
