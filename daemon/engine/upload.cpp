#include "engine/upload.hpp"

#include <algorithm>
#include <cstring>

#include "base/digest.hpp"
#include "engine/idle_sockets.hpp"
#include "model/base64.hpp"
#include "model/header_scanner.hpp"
#include "model/limits.hpp"
#include "model/text.hpp"

namespace haul::engine {

using model::Reason;
using model::fact::Ending;

namespace {

constexpr std::size_t kHashedAtOnce = 256 * 1024;

}  // namespace

Upload::Upload(model::TransferRequest request, const Rig& rig)
    : Job(std::move(request)),
      rig_(rig),
      state_(request_.upload->state),
      told_(state_),
      share_(rig.limiter, rate_terms()),
      is_known_(state_.url.empty() && attempt().value == 1),
      start_offset_(state_.offset) {}

Upload::~Upload() {
    for (auto& lane : lanes_) {
        rig_.multi.remove(lane->handle());
        rig_.budget.give_back(origin_);
    }
}

void Upload::start() {
    auto source = storage::SourceReader::open(request_.upload->source);
    if (!source) return interrupted(source.error());
    source_.emplace(std::move(*source));
    ask_next();
}

UploadLane* Upload::free_lane() {
    for (auto& lane : lanes_)
        if (std::find(busy_.begin(), busy_.end(), lane.get()) == busy_.end()) return lane.get();
    auto* pool = rig_.pools.of_request(request_);
    auto lane = std::make_unique<UploadLane>(
        *this, *this, [this](UploadLane& done, CURLcode code) { on_done(done, code); }, request_, pool,
        static_cast<std::uint32_t>(lanes_.size()));
    if (!lane->handle()) return nullptr;
    rig_.budget.take(origin_);
    lanes_.push_back(std::move(lane));
    return lanes_.back().get();
}

std::vector<std::uint32_t> Upload::busy_parts() const {
    std::vector<std::uint32_t> parts;
    for (const auto* lane : busy_) parts.push_back(lane->asked().part);
    return parts;
}

/// Asks for whatever can be asked for now.
void Upload::ask_next() {
    auto most = strategy().is_parallel() ? std::max(request_.options.connections.value_or(1), 1U) : 1U;
    while (!over_ && !held_ && busy_.size() < most) {
        bool has_room = busy_.empty() || rig_.budget.has_room(origin_);
        auto ask = has_room ? strategy().next(plan(), state_, is_known_, busy_parts()) : std::nullopt;
        if (!ask) break;
        auto* lane = free_lane();
        if (!lane) return interrupted(Ending::Retry, Reason::Connection, "out of memory");
        if (!add_checksum(*ask)) return interrupted(*trouble_);
        begin(*lane, std::move(*ask));
    }
    if (!over_ && busy_.empty() && !held_)
        interrupted(Ending::Retry, Reason::Protocol, "nothing is left to ask the server for");
}

/// A request without a body of the file is held back as a whole.
void Upload::begin(UploadLane& lane, model::UploadAsk ask) {
    bool has_pieces = ask.body && ask.body->size() > 0;
    if (has_pieces || !needs_commit(ask)) return set_off(lane, std::move(ask));
    held_ = std::move(ask);
    hold();
}

void Upload::set_off(UploadLane& lane, model::UploadAsk ask) {
    bool may_act = ask.is_last && !plan().may_repeat;
    if (ask.body || !ask.content.empty()) is_known_ = false;
    if (ask.is_last && (!ask.body || ask.body->size() == 0) && !check_source()) return interrupted(*trouble_);
    bool is_first = ask.kind == model::UploadAsk::Kind::Create;
    if (is_first && request_.options.if_none_match)
        ask.fields.push_back({"If-None-Match", *request_.options.if_none_match});
    busy_.push_back(&lane);
    lane.begin(std::move(ask), may_act);
    rig_.multi.add(lane.handle());
}

bool Upload::needs_commit(const model::UploadAsk& ask) const {
    return ask.is_last && !plan().may_repeat && !state_.may_be_there;
}

void Upload::hold() {
    is_held_ = true;
    state_.may_be_there = true;
    told_ = state_;
    report(model::fact::Uploaded{state_, true});
}

void Upload::proceed() {
    if (!std::exchange(is_held_, false)) return;
    if (held_) {
        auto ask = *std::exchange(held_, std::nullopt);
        auto* lane = free_lane();
        return lane ? set_off(*lane, std::move(ask))
                    : interrupted(Ending::Retry, Reason::Connection, "out of memory");
    }
    for (auto* lane : busy_) lane->unpause();
}

std::size_t Upload::hand_out(const model::UploadAsk& asked, Bytes at, char* to, std::size_t size) {
    if (over_ || trouble_) return CURL_READFUNC_ABORT;
    if (!asked.body) {
        std::memcpy(to, asked.content.data() + at, size);
        return size;
    }
    if (is_held_ || !share_.may_move()) return CURL_READFUNC_PAUSE;
    constexpr Bytes kLeast = 1024;
    if (share_.is_limited()) size = std::min(size, std::max(kLeast, share_.allowance()));
    bool is_end = at + size >= asked.body->size();
    if (needs_commit(asked) && (state_.url.empty() || is_end)) {
        hold();
        return CURL_READFUNC_PAUSE;
    }
    if (asked.is_last && is_end && !check_source()) return CURL_READFUNC_ABORT;
    auto read = source_->read(asked.body->begin + at, to, size);
    if (!read) {
        trouble_ = read.error();
        return CURL_READFUNC_ABORT;
    }
    share_.take(*read);
    return *read;
}

/// Puts the hash of the body's bytes into the request, in the words that the server knows it by.
bool Upload::add_checksum(model::UploadAsk& ask) {
    if (ask.checksum.empty() || !ask.body) return true;
    auto word = model::to_lower(ask.checksum);
    Hasher hasher{word.ends_with("512")   ? DigestAlgorithm::Sha512
                  : word.ends_with("256") ? DigestAlgorithm::Sha256
                                          : DigestAlgorithm::Sha1};
    std::string piece(kHashedAtOnce, '\0');
    for (auto at = ask.body->begin; at < ask.body->end;) {
        auto wanted = static_cast<std::size_t>(std::min<Bytes>(piece.size(), ask.body->end - at));
        auto read = source_->read(at, piece.data(), wanted);
        if (!read) {
            trouble_ = read.error();
            return false;
        }
        hasher.update({piece.data(), *read});
        at += *read;
    }
    ask.fields.push_back(
        {"Upload-Checksum", ask.checksum + " " + model::encode_base64(hasher.finish().bytes)});
    return true;
}

void Upload::on_interim(const model::UploadAsk& asked, const model::UploadAnswer& answer) {
    if (!strategy().on_interim(plan(), asked, answer, state_)) return;
    bool is_all_sent =
        std::any_of(busy_.begin(), busy_.end(), [](auto* lane) { return lane->is_all_sent(); });
    bool is_new = told_.url != state_.url;
    if (is_new && !is_all_sent) state_.may_be_there = false;
    if (is_new) tell_state();
}

void Upload::on_done(UploadLane& lane, CURLcode code) {
    idle_sockets::remember(lane.handle());
    rig_.multi.remove(lane.handle());
    if (over_) return;
    if (trouble_) return interrupted(*trouble_);
    if (lane.exchange().finish(code)) return rig_.multi.add(lane.handle());
    std::erase(busy_, &lane);
    if (lane.has_head()) status_ = lane.exchange().head().status();
    if (auto failure = find_failure(lane, code)) return interrupted(std::move(*failure));
    judge(lane);
}

bool Upload::check_source() {
    if (auto checked = source_->check(); !checked) trouble_ = checked.error();
    return !trouble_;
}

void Upload::stop() {
    if (!over_) interrupted(Ending::Stopped, Reason::None, "");
}

void Upload::go_on() {
    for (auto* lane : busy_)
        if (!is_held_ && lane->is_paused() && share_.may_move()) lane->unpause();
}

void Upload::tick(Instant now) {
    if (!source_) return;
    if (!check_source()) return interrupted(*trouble_);
    check_silence(now);
    if (over_) return;
    tell_state();
    tell_progress();
}

void Upload::check_silence(Instant now) {
    for (auto* lane : busy_) {
        lane->watch();
        if (lane->is_paused() || now - lane->exchange().active_at() < request_.request_timeout) continue;
        return interrupted(Ending::Retry, Reason::Timeout,
                           "no byte came or went for " + model::to_seconds(request_.request_timeout));
    }
}

/// With those that are on their way.
Bytes Upload::bytes_done() const {
    auto done = state_.offset;
    for (const auto* lane : busy_) {
        if (!lane->asked().body) continue;
        auto sent = lane->asked().body->begin + lane->sent();
        done = strategy().is_parallel() ? done + lane->sent() : std::max(done, sent);
    }
    return std::min(done, plan().size);
}

void Upload::tell_state() {
    if (told_ == state_) return;
    told_ = state_;
    report(model::fact::Uploaded{state_});
}

void Upload::tell_progress() {
    auto done = bytes_done();
    if (std::exchange(told_done_, done) != done) report(model::fact::Progressed{done, plan().size});
}

void Upload::interrupted(Ending ending, Reason reason, std::string text) {
    interrupted(interruption(ending, reason, std::move(text)));
}

void Upload::interrupted(const storage::Trouble& trouble) {
    interrupted(trouble.ending, trouble.reason, trouble.text);
}

void Upload::interrupted(model::fact::Interrupted fact) {
    if (is_held_) state_.may_be_there = false;  // what waits for a commit has not left
    if (fact.done.is_empty()) fact.done = model::Coverage{state_.offset};
    fact.progressed = state_.offset > start_offset_;
    fact.upload = state_;
    if (fact.entity.status == 0) fact.entity.status = status_;
    report(std::move(fact), true);
}

void Upload::report(model::Fact fact, bool last) {
    if (!last) return send(rig_.sink, std::move(fact));
    std::vector<model::RequestMetrics> metrics;
    for (auto& lane : lanes_) {
        lane->exchange().measure();
        for (auto& request : lane->exchange().take_metrics()) metrics.push_back(std::move(request));
    }
    send_last(rig_.sink, std::move(fact), std::move(metrics));
}

}  // namespace haul::engine
