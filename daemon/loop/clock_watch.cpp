#include "loop/clock_watch.hpp"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <limits>

#include "base/error.hpp"
#include "base/log.hpp"

namespace haul::loop {

ClockWatch::ClockWatch(EventLoop& loop, std::function<void()> on_set)
    : on_set_(std::move(on_set)),
      timer_(::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC)),
      source_(loop, timer_.get(), EPOLLIN, [this] { on_ready(); }) {
    arm();
}

/// For the end of all time, so that the clock's being set is all that ever ends it.
void ClockWatch::arm() const {
    itimerspec never{};
    never.it_value.tv_sec = std::numeric_limits<std::int64_t>::max();
    if (::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, nullptr) != 0)
        log::warn("loop: changes of the clock are not seen: {}", errno_text(errno));
}

void ClockWatch::on_ready() {
    std::uint64_t expirations = 0;
    bool is_set = ::read(timer_.get(), &expirations, sizeof expirations) < 0 && errno == ECANCELED;
    arm();
    if (is_set) on_set_();
}

}  // namespace haul::loop
