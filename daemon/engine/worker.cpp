#include "engine/worker.hpp"

#include <algorithm>

namespace haul::engine {
namespace {

constexpr int kForever = 24 * 3600 * 1000;  // milliseconds; curl_multi_poll(3) knows no endless wait
constexpr int kKeepConnections = 2000;      // milliseconds after the last transfer
constexpr int kRateStep = 20;               // milliseconds between looks at a rate that has to be kept
constexpr std::chrono::milliseconds kShortestTick{10};

}  // namespace

Worker::Worker(ports::TransferSink sink, storage::Storeroom& storeroom, const EngineSettings& settings)
    : sink_(std::move(sink)),
      storeroom_(storeroom),
      tick_interval_(std::max<Duration>(settings.progress_interval, kShortestTick)),
      budget_(settings.connections_per_host) {}

void Worker::run() {
    curl_waitfd bell{.fd = mailbox_.fd(), .events = CURL_WAIT_POLLIN, .revents = 0};
    while (true) {
        int events = multi_.poll(bell, wait_time());
        if (transfers_.empty() && events == 0 && has_connections_) forget_connections();
        if (!serve_commands()) break;
        if (!transfers_.empty()) multi_.perform();
        recruit();
        finish_requests();
        auto now = std::chrono::steady_clock::now();
        is_limited_ = false;
        for (auto& [task, transfer] : transfers_) is_limited_ = transfer->keep_rate(now) || is_limited_;
        if (!transfers_.empty() && now >= next_tick_) tick();
    }
    for (auto& [task, transfer] : transfers_) transfer->stop();
    transfers_.clear();
}

int Worker::wait_time() const {
    if (transfers_.empty()) return has_connections_ ? kKeepConnections : kForever;
    auto left = std::chrono::ceil<std::chrono::milliseconds>(next_tick_ - std::chrono::steady_clock::now());
    auto most = is_limited_ ? kRateStep : kForever;
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, most));
}

void Worker::forget_connections() {
    pools_.forget_connections();
    has_connections_ = false;
}

bool Worker::serve_commands() {
    for (auto& command : mailbox_.take_all()) {
        if (auto* begin = std::get_if<Start>(&command)) {
            start(std::move(begin->request));
        } else if (auto* go_on = std::get_if<Proceed>(&command)) {
            if (auto* transfer = find(go_on->task, go_on->attempt)) {
                transfer->proceed();
                remove_if_over(*transfer);
            }
        } else if (auto* end = std::get_if<Stop>(&command)) {
            if (auto* transfer = find(end->task, end->attempt)) {
                transfer->stop();
                remove_if_over(*transfer);
            }
        } else {
            return false;
        }
    }
    return true;
}

void Worker::start(model::TransferRequest request) {
    if (transfers_.empty()) next_tick_ = std::chrono::steady_clock::now() + tick_interval_;
    auto made = std::make_unique<Transfer>(std::move(request),
                                           Rig{multi_, pools_, budget_, sink_, storeroom_, restless_});
    auto& transfer = *made;
    transfers_[transfer.task()] = std::move(made);
    has_connections_ = true;
    transfer.start();
    auto origin = transfer.origin();
    remove_if_over(transfer);
    make_way(origin);
}

/// Another transfer's first connection comes before somebody's second one.
void Worker::make_way(const std::string& origin) {
    if (!budget_.is_overdrawn(origin)) return;
    for (auto& [task, transfer] : transfers_)
        if (transfer->origin() == origin && transfer->give_way()) {
            remove_if_over(*transfer);
            return;
        }
}

Transfer* Worker::find(TaskId task, Attempt attempt) {
    auto found = transfers_.find(task);
    return found != transfers_.end() && found->second->attempt() == attempt ? found->second.get() : nullptr;
}

void Worker::recruit() {
    for (auto* transfer : std::exchange(restless_, {})) transfer->recruit();
}

void Worker::finish_requests() {
    for (auto [easy, code] = multi_.take_done(); easy; std::tie(easy, code) = multi_.take_done()) {
        Lane* lane = nullptr;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &lane);
        auto& transfer = lane->transfer();
        transfer.on_done(*lane, code);
        remove_if_over(transfer);
    }
}

void Worker::tick() {
    auto now = std::chrono::steady_clock::now();
    next_tick_ = now + tick_interval_;
    for (auto& [task, transfer] : transfers_) transfer->tick(now);
    std::erase_if(transfers_, [](const auto& entry) { return entry.second->is_over(); });
}

void Worker::remove_if_over(Transfer& transfer) {
    if (transfer.is_over()) transfers_.erase(transfer.task());
}

}  // namespace haul::engine
