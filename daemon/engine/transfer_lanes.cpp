// The part of Transfer that hires, feeds and lets go of lanes.

#include <algorithm>

#include "engine/transfer.hpp"
#include "model/resume_rule.hpp"
#include "model/text.hpp"

namespace haul::engine {

using model::Reason;
using model::fact::Ending;
using Kind = LaneEnd::Kind;

Lane* Transfer::add_lane() {
    auto* pool = rig_.pools.of_request(request_);
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
    count_costs(lane);
    if (lane.writer()) done_.add(lane.brought());
    std::erase_if(lanes_, [&](const auto& one) { return one.get() == &lane; });
}

/// Keeps what the lane's requests cost.
void Transfer::count_costs(Lane& lane) {
    lane.exchange().measure();
    for (auto& request : lane.exchange().take_metrics()) metrics_.push_back(std::move(request));
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

/// What nobody brings any more goes to the lanes whose answers lead there.
void Transfer::hand_back() {
    auto taken = coverage();
    for (const auto& runner : runners()) taken.add(runner.left);
    for (auto gap : taken.gaps(*entity_.total))
        for (auto& lane : lanes_) lane->take_back(gap);
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
        interrupted(*trouble_);
        return true;
    }
    retire(*lanes_.back());
    return true;
}

/// Ends the lanes that the server has forgotten, and those that have what they want.
void Transfer::check_silence(Instant now) {
    std::vector<Lane*> sated;
    std::vector<Lane*> silent;
    for (auto& lane : lanes_) {
        if (lane->is_held() || lane->is_paused()) continue;  // the silence is ours
        if (lane->is_sated())
            sated.push_back(lane.get());
        else if (now - lane->exchange().active_at() >= request_.request_timeout)
            silent.push_back(lane.get());
    }
    for (auto* lane : sated)
        if (!over_) on_done(*lane, CURLE_OK);
    for (auto* lane : silent) {
        if (over_) return;
        rig_.multi.remove(lane->handle());
        on_failure(*lane, {.kind = Kind::Failed,
                           .ending = Ending::Retry,
                           .reason = Reason::Timeout,
                           .text = "no byte came for " + model::to_seconds(request_.request_timeout)});
    }
}

/// Each lane is the first one in its turn: one that comes late may find nothing left.
void Transfer::go_on() {
    if (lanes_.empty()) return;
    first_to_go_ = (first_to_go_ + 1) % lanes_.size();
    for (std::size_t i = 0; i < lanes_.size(); ++i) lanes_[(first_to_go_ + i) % lanes_.size()]->go_on();
}

void Transfer::rest() {
    for (auto& lane : lanes_) lane->rest();
}

void Transfer::measure_speed(Instant now) {
    measured_at_ = now;
    double speed = 0;
    for (auto& lane : lanes_)
        if (lane->is_writing()) speed += lane->measure_speed(now);
    if (ramp_ && lanes_.size() == lanes_wanted()) ramp_->measure(speed);
    if (ramp_ && lanes_.size() > lanes_wanted()) give_way();
}

}  // namespace haul::engine
