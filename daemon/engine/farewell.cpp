#include "engine/farewell.hpp"

namespace haul::engine {
namespace {

constexpr auto kPatience = std::chrono::seconds{30};

}  // namespace

Farewell::Farewell(model::TransferRequest request, const Rig& rig)
    : Job(std::move(request)), rig_(rig), started_(std::chrono::steady_clock::now()) {}

Farewell::~Farewell() {
    if (lane_) rig_.multi.remove(lane_->handle());
}

void Farewell::start() {
    const auto& work = *request_.upload;
    auto ask = model::strategy_of(work.state.protocol).farewell(work.plan, work.state);
    over_ = !ask;
    if (over_) return;
    lane_ = std::make_unique<UploadLane>(
        *this, *this, [this](UploadLane& lane, CURLcode code) { on_done(lane, code); }, request_,
        rig_.pools.of({.owner = request_.owner, .is_background = request_.is_background}), 0U);
    over_ = !lane_->handle();
    if (over_) return lane_.reset();
    lane_->begin(std::move(*ask), false);
    rig_.multi.add(lane_->handle());
}

void Farewell::on_done(UploadLane& lane, CURLcode code) {
    rig_.multi.remove(lane.handle());
    if (lane.exchange().finish(code))
        rig_.multi.add(lane.handle());
    else
        over_ = true;
}

void Farewell::tick(Instant now) {
    over_ = over_ || now - started_ > kPatience;
}

}  // namespace haul::engine
