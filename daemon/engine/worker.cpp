#include "engine/worker.hpp"

#include <algorithm>

#include "engine/farewell.hpp"
#include "engine/open_sockets.hpp"
#include "engine/transfer.hpp"
#include "engine/upload.hpp"

namespace haul::engine {
namespace {

constexpr int kForever = 24 * 3600 * 1000;  // milliseconds; curl_multi_poll(3) knows no endless wait
constexpr int kKeepConnections = 2000;      // milliseconds after the last transfer
constexpr std::chrono::milliseconds kShortestTick{10};
constexpr std::size_t kMostFarewells = 64;  // a server forgets an upload by itself some day

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
        if (is_empty() && events == 0 && has_connections_) forget_connections();
        if (!serve_commands()) break;
        if (limiter_.turn(std::chrono::steady_clock::now()))
            for (auto& [task, job] : jobs_) job->go_on();
        open_sockets::restrain_background(limiter_.background_rate());
        if (!is_empty()) multi_.perform();
        recruit();
        finish_requests();
        if (limiter_.is_at_work())
            for (auto& [task, job] : jobs_) job->rest();
        if (!is_empty() && std::chrono::steady_clock::now() >= next_tick_) tick();
    }
    for (auto& [task, job] : jobs_) job->stop();
    jobs_.clear();
    farewells_.clear();
}

int Worker::wait_time() const {
    if (is_empty()) return has_connections_ ? kKeepConnections : kForever;
    auto next = limiter_.is_at_work() ? std::min(next_tick_, limiter_.next_round()) : next_tick_;
    auto left = std::chrono::ceil<std::chrono::milliseconds>(next - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kForever));
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
            if (auto* job = find(go_on->task, go_on->attempt)) {
                job->proceed();
                remove_if_over(*job);
            }
        } else if (auto* end = std::get_if<Stop>(&command)) {
            if (auto* job = find(end->task, end->attempt)) {
                job->stop();
                remove_if_over(*job);
            }
        } else if (auto* gone = std::get_if<Forget>(&command)) {
            forget(std::move(gone->request));
        } else if (auto* limits = std::get_if<SetRates>(&command)) {
            limiter_.set_rates(limits->rates);
        } else if (auto* connections = std::get_if<SetConnections>(&command)) {
            budget_.set_most(connections->per_host);
        } else if (std::holds_alternative<DropStranded>(command)) {
            open_sockets::drop_stranded();
        } else {
            return false;
        }
    }
    return true;
}

Rig Worker::rig() {
    return {multi_, pools_, budget_, limiter_, sink_, storeroom_, restless_};
}

void Worker::start(model::TransferRequest request) {
    if (is_empty()) next_tick_ = std::chrono::steady_clock::now() + tick_interval_;
    std::unique_ptr<Job> made;
    if (request.upload)
        made = std::make_unique<Upload>(std::move(request), rig());
    else
        made = std::make_unique<Transfer>(std::move(request), rig());
    auto& job = *made;
    jobs_[job.task()] = std::move(made);
    has_connections_ = true;
    job.start();
    auto origin = job.origin();
    remove_if_over(job);
    make_way(origin);
}

void Worker::forget(model::TransferRequest request) {
    if (farewells_.size() >= kMostFarewells) return;
    if (is_empty()) next_tick_ = std::chrono::steady_clock::now() + tick_interval_;
    auto& job = *farewells_.emplace_back(std::make_unique<Farewell>(std::move(request), rig()));
    has_connections_ = true;
    job.start();
    remove_if_over(job);
}

/// Another job's first connection comes before somebody's second one.
void Worker::make_way(const std::string& origin) {
    if (!budget_.is_overdrawn(origin)) return;
    for (auto& [task, job] : jobs_)
        if (job->origin() == origin && job->give_way()) {
            remove_if_over(*job);
            return;
        }
}

Job* Worker::find(TaskId task, Attempt attempt) {
    auto found = jobs_.find(task);
    return found != jobs_.end() && found->second->attempt() == attempt ? found->second.get() : nullptr;
}

void Worker::recruit() {
    for (auto* job : std::exchange(restless_, {})) job->recruit();
}

void Worker::finish_requests() {
    for (auto [easy, code] = multi_.take_done(); easy; std::tie(easy, code) = multi_.take_done()) {
        Errand* errand = nullptr;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &errand);
        auto& job = errand->job();
        errand->on_done(code);
        remove_if_over(job);
    }
}

void Worker::tick() {
    auto now = std::chrono::steady_clock::now();
    next_tick_ = now + tick_interval_;
    for (auto& [task, job] : jobs_) job->tick(now);
    for (auto& job : farewells_) job->tick(now);
    std::erase_if(jobs_, [](const auto& entry) { return entry.second->is_over(); });
    std::erase_if(farewells_, [](const auto& job) { return job->is_over(); });
}

void Worker::remove_if_over(Job& job) {
    if (!job.is_over()) return;
    auto found = jobs_.find(job.task());
    if (found != jobs_.end() && found->second.get() == &job)
        jobs_.erase(found);
    else
        std::erase_if(farewells_, [&](const auto& one) { return one.get() == &job; });
}

}  // namespace haul::engine
