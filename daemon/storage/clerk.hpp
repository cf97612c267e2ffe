#pragma once

#include <poll.h>

#include <atomic>
#include <functional>
#include <thread>
#include <variant>

#include "loop/mailbox.hpp"

namespace haul::storage {

/// A thread that does what takes its time, one request after another, so that nobody else waits for it.
template <class Request>
class Clerk {
public:
    /// Set when the clerk has to go: whatever is under way is to be broken off.
    using Quitting = std::atomic<bool>;
    /// Called on the clerk's thread.
    using Work = std::function<void(Request, const Quitting&)>;

    explicit Clerk(Work work) : work_(std::move(work)), thread_([this] { run(); }) {}
    /// Waits for the request under way to break off; those behind it are dropped.
    ~Clerk() {
        is_quitting_ = true;
        mailbox_.post(Quit{});
        thread_.join();
    }
    Clerk(const Clerk&) = delete;
    Clerk& operator=(const Clerk&) = delete;

    /// Any thread.
    void give(Request request) { mailbox_.post(std::move(request)); }

private:
    struct Quit {};

    void run() {
        pollfd waiting{mailbox_.fd(), POLLIN, 0};
        while (!is_quitting_) {
            ::poll(&waiting, 1, -1);
            for (auto& message : mailbox_.take_all()) {
                auto* request = std::get_if<Request>(&message);
                if (is_quitting_ || !request) return;
                work_(std::move(*request), is_quitting_);
            }
        }
    }

    Work work_;
    loop::Mailbox<std::variant<Request, Quit>> mailbox_;
    Quitting is_quitting_ = false;
    std::thread thread_;
};

}  // namespace haul::storage
