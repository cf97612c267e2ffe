#include "interrupt.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace haul::cli {

namespace {

/// All that a signal handler can reach: readable once a signal came.
volatile std::sig_atomic_t event_descriptor = -1;

extern "C" void on_signal(int) {
    const int saved = errno;
    const std::uint64_t one = 1;
    // It cannot fill up: each signal is taken once.
    [[maybe_unused]] const auto written = ::write(event_descriptor, &one, sizeof one);
    errno = saved;
}

int to_poll_timeout(std::chrono::milliseconds time) {
    return static_cast<int>(std::clamp<std::int64_t>(time.count(), 0, 3'600'000));
}

}  // namespace

Interrupt::Interrupt() {
    event_descriptor = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (std::size_t at = 0; at < kSignals.size(); ++at) {
        ::sigaction(kSignals.at(at), nullptr, &old_actions_.at(at));
        if (old_actions_.at(at).sa_handler != SIG_IGN) ::sigaction(kSignals.at(at), &action, nullptr);
    }
}

Interrupt::~Interrupt() {
    for (std::size_t at = 0; at < kSignals.size(); ++at) {
        ::sigaction(kSignals.at(at), &old_actions_.at(at), nullptr);
    }
    ::close(event_descriptor);
    event_descriptor = -1;
}

bool Interrupt::is_requested() const {
    return wait(std::chrono::milliseconds(0));
}

bool Interrupt::wait(std::chrono::milliseconds time) const {
    pollfd entry{.fd = event_descriptor, .events = POLLIN, .revents = 0};
    int ready = ::poll(&entry, 1, to_poll_timeout(time));
    if (ready < 0) ready = ::poll(&entry, 1, 0);
    return ready > 0;
}

bool Interrupt::wait(const PollRequest& request) const {
    std::array<pollfd, 2> entries{
        pollfd{.fd = event_descriptor, .events = POLLIN, .revents = 0},
        pollfd{.fd = request.descriptor, .events = request.events, .revents = 0},
    };
    const int timeout = request.timeout ? to_poll_timeout(*request.timeout) : -1;
    if (::poll(entries.data(), entries.size(), timeout) < 0) return is_requested();
    return entries[0].revents != 0;
}

bool Interrupt::wait(std::span<pollfd> entries, std::optional<std::chrono::milliseconds> time) const {
    std::vector<pollfd> all(entries.begin(), entries.end());
    all.push_back({.fd = event_descriptor, .events = POLLIN, .revents = 0});
    if (::poll(all.data(), all.size(), time ? to_poll_timeout(*time) : -1) < 0) {
        for (auto& entry : entries) entry.revents = 0;
        return is_requested();
    }
    std::copy(all.begin(), all.end() - 1, entries.begin());
    return all.back().revents != 0;
}

}  // namespace haul::cli
