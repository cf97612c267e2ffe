#pragma once

#include <functional>

#include "base/unique_fd.hpp"
#include "loop/event_loop.hpp"

namespace haul::loop {

/// Tells when somebody has set the wall clock, back or forth (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET).
class ClockWatch {
public:
    ClockWatch(EventLoop& loop, std::function<void()> on_set);

private:
    void arm() const;
    void on_ready();

    std::function<void()> on_set_;
    UniqueFd timer_;
    IoSource source_;
};

}  // namespace haul::loop
