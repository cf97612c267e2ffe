// The part of Transfer that learns from an answer which entity it is, and decides whether that may be
// written.

#include <algorithm>

#include "engine/curl_outcome.hpp"
#include "engine/transfer.hpp"
#include "model/content_disposition.hpp"
#include "model/digest_field.hpp"
#include "model/file_name.hpp"
#include "model/url.hpp"

namespace haul::engine {

using model::Reason;
using model::fact::Ending;

namespace {

constexpr Bytes kWorthReserving = 4 * 1024 * 1024;

}  // namespace

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
    auto cleared = done_.is_empty() ? storage::Outcome<>{} : part_->clear();
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

}  // namespace haul::engine
