#pragma once

#include <curl/curl.h>

#include <memory>
#include <unordered_map>
#include <variant>

#include "engine/transfer.hpp"
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
struct Quit {};
using Command = std::variant<Start, Proceed, Stop, Quit>;

/// The engine's thread: a libcurl multi handle and the transfers in it. Without transfers it sleeps until a
/// command comes; some seconds after the last one it lets go of idle connections too.
class Worker {
public:
    Worker(ports::TransferSink sink, storage::Storeroom& storeroom, Duration progress_interval);
    ~Worker();

    /// Any thread.
    void post(Command command) { mailbox_.post(std::move(command)); }
    /// The thread's body; returns after Quit, with every transfer stopped.
    void run();

private:
    bool serve_commands();
    void start(model::TransferRequest request);
    void proceed(const Proceed& command);
    void stop(TaskId task, Attempt attempt);
    Transfer* find(TaskId task, Attempt attempt);
    void finish_requests();
    void finish(Transfer& transfer, CURLcode code);
    void tick();
    void remove(Transfer& transfer);
    int wait_time() const;
    void forget_connections();

    ports::TransferSink sink_;
    storage::Storeroom& storeroom_;
    std::chrono::microseconds tick_interval_;
    loop::Mailbox<Command> mailbox_;
    CURLM* multi_ = nullptr;
    std::unordered_map<TaskId, std::unique_ptr<Transfer>> transfers_;
    Instant next_tick_;
    bool has_connections_ = false;
};

}  // namespace haul::engine
