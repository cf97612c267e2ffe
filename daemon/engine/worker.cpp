#include "engine/worker.hpp"

#include <algorithm>

namespace haul::engine {
namespace {

constexpr int kForever = 24 * 3600 * 1000;  // milliseconds; curl_multi_poll(3) knows no endless wait
constexpr int kKeepConnections = 2000;      // milliseconds after the last transfer
constexpr std::chrono::milliseconds kShortestTick{10};

}  // namespace

Worker::Worker(ports::TransferSink sink, storage::Storeroom& storeroom, Duration progress_interval)
    : sink_(std::move(sink)),
      storeroom_(storeroom),
      tick_interval_(std::max<Duration>(progress_interval, kShortestTick)) {
    multi_ = curl_multi_init();
}

Worker::~Worker() {
    curl_multi_cleanup(multi_);
}

void Worker::run() {
    curl_waitfd bell{.fd = mailbox_.fd(), .events = CURL_WAIT_POLLIN, .revents = 0};
    while (true) {
        int events = 0;
        curl_multi_poll(multi_, &bell, 1, wait_time(), &events);
        if (transfers_.empty() && events == 0 && has_connections_) forget_connections();
        if (!serve_commands()) break;
        int running = 0;
        if (!transfers_.empty()) curl_multi_perform(multi_, &running);
        finish_requests();
        if (!transfers_.empty() && std::chrono::steady_clock::now() >= next_tick_) tick();
    }
    for (auto& [task, transfer] : transfers_) {
        transfer->stop();
        if (transfer->handle()) curl_multi_remove_handle(multi_, transfer->handle());
    }
    transfers_.clear();
}

int Worker::wait_time() const {
    if (transfers_.empty()) return has_connections_ ? kKeepConnections : kForever;
    auto left = std::chrono::ceil<std::chrono::milliseconds>(next_tick_ - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

/// libcurl has no call that closes the idle connections of a multi handle, but a new handle has none.
void Worker::forget_connections() {
    curl_multi_cleanup(multi_);
    multi_ = curl_multi_init();
    has_connections_ = false;
}

bool Worker::serve_commands() {
    for (auto& command : mailbox_.take_all()) {
        if (auto* begin = std::get_if<Start>(&command))
            start(std::move(begin->request));
        else if (auto* go_on = std::get_if<Proceed>(&command))
            proceed(*go_on);
        else if (auto* end = std::get_if<Stop>(&command))
            stop(end->task, end->attempt);
        else
            return false;
    }
    return true;
}

void Worker::start(model::TransferRequest request) {
    if (transfers_.empty()) next_tick_ = std::chrono::steady_clock::now() + tick_interval_;
    auto transfer = std::make_unique<Transfer>(std::move(request), sink_, storeroom_);
    if (!transfer->prepare()) return;
    curl_multi_add_handle(multi_, transfer->handle());
    has_connections_ = true;
    transfers_[transfer->task()] = std::move(transfer);
}

void Worker::proceed(const Proceed& command) {
    auto* transfer = find(command.task, command.attempt);
    if (transfer && transfer->proceed()) finish(*transfer, CURLE_OK);
}

void Worker::stop(TaskId task, Attempt attempt) {
    auto* transfer = find(task, attempt);
    if (!transfer) return;
    transfer->stop();
    remove(*transfer);
}

Transfer* Worker::find(TaskId task, Attempt attempt) {
    auto found = transfers_.find(task);
    return found != transfers_.end() && found->second->attempt() == attempt ? found->second.get() : nullptr;
}

void Worker::finish_requests() {
    int left = 0;
    while (auto* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        auto code = message->data.result;
        Transfer* transfer = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        curl_multi_remove_handle(multi_, message->easy_handle);
        finish(*transfer, code);
    }
}

/// The transfer's handle is out of the multi handle.
void Worker::finish(Transfer& transfer, CURLcode code) {
    switch (transfer.finish(code)) {
        case Transfer::Next::Done:
            transfers_.erase(transfer.task());
            return;
        case Transfer::Next::Request:
            curl_multi_add_handle(multi_, transfer.handle());
            return;
        case Transfer::Next::Held:
            return;
    }
}

void Worker::tick() {
    auto now = std::chrono::steady_clock::now();
    next_tick_ = now + tick_interval_;
    std::vector<Transfer*> over;
    for (auto& [task, transfer] : transfers_)
        if (!transfer->tick(now)) over.push_back(transfer.get());
    for (auto* transfer : over) remove(*transfer);
}

void Worker::remove(Transfer& transfer) {
    curl_multi_remove_handle(multi_, transfer.handle());
    transfers_.erase(transfer.task());
}

}  // namespace haul::engine
