#pragma once

#include <curl/curl.h>

#include <memory>
#include <unordered_map>
#include <variant>
#include <vector>

#include "engine/rig.hpp"
#include "loop/mailbox.hpp"
#include "ports/transfers.hpp"
#include "storage/storeroom.hpp"

namespace haul::engine {

struct Start {
    model::TransferRequest request;
};
struct Proceed {
    TaskId task;
    Attempt attempt;
};
struct Stop {
    TaskId task;
    Attempt attempt;
};
/// The server may forget an upload.
struct Forget {
    model::TransferRequest request;
};
struct SetRates {
    model::Rates rates;
};
struct SetConnections {
    std::uint64_t per_host = 0;
};
/// This machine has lost an address.
struct DropStranded {};
struct Quit {};
using Command = std::variant<Start, Proceed, Stop, Forget, SetRates, SetConnections, DropStranded, Quit>;

/// What the configuration says about the engine.
struct EngineSettings {
    Duration progress_interval{};
    std::uint64_t connections_per_host = 0;
};

/// The engine's thread: a libcurl multi handle and the jobs in it. Without jobs it sleeps until a
/// command comes; some seconds after the last one it lets go of idle connections too.
class Worker {
public:
    Worker(ports::TransferSink sink, storage::Storeroom& storeroom, const EngineSettings& settings);

    /// Any thread.
    void post(Command command) { mailbox_.post(std::move(command)); }
    /// The thread's body; returns after Quit, with every transfer stopped.
    void run();

private:
    bool serve_commands();
    void start(model::TransferRequest request);
    void forget(model::TransferRequest request);
    void make_way(const std::string& origin);
    Rig rig();
    Job* find(TaskId task, Attempt attempt);
    void recruit();
    void finish_requests();
    void tick();
    void remove_if_over(Job& job);
    bool is_empty() const { return jobs_.empty() && farewells_.empty(); }
    int wait_time() const;
    void forget_connections();

    ports::TransferSink sink_;
    storage::Storeroom& storeroom_;
    std::chrono::microseconds tick_interval_;
    loop::Mailbox<Command> mailbox_;
    ConnectionPools pools_;  // outlives the multi handle, whose closing looks into it
    Multi multi_;
    HostBudget budget_;
    model::RateLimiter limiter_;
    std::unordered_map<TaskId, std::unique_ptr<Job>> jobs_;
    std::vector<std::unique_ptr<Job>> farewells_;  ///< of uploads whose tasks have ended
    std::vector<Job*> restless_;  ///< those that have just learnt that more lanes may bring speed
    Instant next_tick_;
    bool has_connections_ = false;
};

}  // namespace haul::engine
