#pragma once

#include <poll.h>

#include <array>
#include <chrono>
#include <csignal>
#include <optional>
#include <span>

#include "haul/client.hpp"

namespace haul::cli {

/// While this lives, the first SIGINT or SIGTERM is remembered instead of ending the program; the second one
/// ends it as usual, also in the middle of a call. A signal that was ignored stays so. There is at most one
/// at a time.
class Interrupt {
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    bool is_requested() const;

    /// Waits for so long, or until an interrupt, and says whether there was one.
    bool wait(std::chrono::milliseconds time) const;

    /// Waits until there is something to dispatch, or an interrupt, and says whether there was one.
    bool wait(const PollRequest& request) const;

    /// The same with several descriptors of poll(2), which says what each is ready for.
    bool wait(std::span<pollfd> entries, std::optional<std::chrono::milliseconds> time) const;

private:
    static constexpr std::array kSignals{SIGINT, SIGTERM};

    std::array<struct sigaction, kSignals.size()> old_actions_{};
};

}  // namespace haul::cli
