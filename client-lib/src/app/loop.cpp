#include "app/loop.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace haul::detail {

namespace {

std::uint32_t to_epoll(short events) {
    return ((events & POLLIN) != 0 ? std::uint32_t{EPOLLIN} : 0U) |
           ((events & POLLOUT) != 0 ? std::uint32_t{EPOLLOUT} : 0U);
}

/// Both kinds of descriptor give a number that says how often, which does not matter here.
void empty(const File& counter) {
    std::uint64_t count = 0;
    (void)!::read(counter.get(), &count, sizeof count);
}

}  // namespace

Result<std::shared_ptr<Loop>> Loop::open() {
    File epoll(::epoll_create1(EPOLL_CLOEXEC));
    File alarm(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    File bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const bool is_complete =
        epoll.get() >= 0 && std::ranges::all_of(std::array{alarm.get(), bell.get()}, [&](int descriptor) {
            epoll_event event{.events = EPOLLIN, .data = {}};
            return descriptor >= 0 && ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
        });
    if (is_complete) return std::make_shared<Loop>(std::move(epoll), std::move(alarm), std::move(bell));
    return tl::unexpected(
        Error{.code = ErrorCode::LimitExceeded,
              .message = "no descriptors to wait with: " + std::generic_category().message(errno),
              .name = {}});
}

Loop::Loop(File epoll, File alarm, File bell)
    : epoll_(std::move(epoll)), alarm_(std::move(alarm)), bell_(std::move(bell)) {}

Loop::~Loop() {
    close();
}

Error Loop::closed_error() {
    return {.code = ErrorCode::Disconnected, .message = "the executor has ended", .name = {}};
}

void Loop::dispatch() noexcept {
    thread_ = std::this_thread::get_id();
    ++depth_;
    empty(alarm_);
    empty(bell_);
    run_timers();
    for (const auto& entry : std::vector(sources_)) {
        const bool is_there =
            std::ranges::any_of(sources_, [&](const Entry& other) { return other.source == entry.source; });
        if (is_there) entry.source->on_ready();
    }
    run_posted();
    if (--depth_ == 0) arm();
}

void Loop::wait() const {
    pollfd entry{.fd = descriptor(), .events = POLLIN, .revents = 0};
    ::poll(&entry, 1, -1);
}

void Loop::run() {
    while (!is_stopping()) {
        dispatch();
        wait();
    }
    run_posted();  // also what takes leave
    close();
    leave();
}

void Loop::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    stopping_.notify_all();
    ring();
}

bool Loop::is_stopping() {
    const std::lock_guard lock(mutex_);
    return is_stopping_;
}

void Loop::close() {
    while (!coroutines_.empty())
        std::coroutine_handle<>::from_address(coroutines_.extract(coroutines_.begin()).value()).destroy();
    std::vector<Work> dropped;
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    dropped.swap(posted_);
}

void Loop::post(Work work) {
    {
        const std::lock_guard lock(mutex_);
        if (is_closed_) return;
        posted_.push_back(std::move(work));
    }
    ring();
}

void Loop::ring() const {
    const std::uint64_t one = 1;
    (void)!::write(bell_.get(), &one, sizeof one);  // one that is full rings already
}

bool Loop::pause(std::chrono::milliseconds delay) {
    std::unique_lock lock(mutex_);
    return !stopping_.wait_for(lock, delay, [this] { return is_stopping_; });
}

void Loop::add(LoopSource& source) {
    sources_.push_back({.source = &source});
}

void Loop::remove(LoopSource& source) {
    release(source);
    std::erase_if(sources_, [&](const Entry& entry) { return entry.source == &source; });
}

void Loop::release(LoopSource& source) {
    for (auto& entry : sources_) {
        if (entry.source == &source) watch(entry, -1, 0);
    }
}

void Loop::run_timers() {
    const auto now = Clock::now();
    while (!timers_.empty() && timers_.begin()->first <= now) {
        auto& timer = *timers_.begin()->second;
        timer.clear();
        const auto on_time = timer.on_time_;  // which may destroy the timer
        on_time();
    }
}

void Loop::run_posted() {
    std::vector<Work> due;
    {
        const std::lock_guard lock(mutex_);
        due.swap(posted_);
    }
    for (auto& work : due) {
        work();
        work = {};  // what it holds goes before the next one is done
    }
}

void Loop::arm() {
    std::optional<Clock::time_point> next;
    const auto earlier = [&](Clock::time_point time) { next = next ? std::min(*next, time) : time; };
    if (!timers_.empty()) earlier(timers_.begin()->first);
    for (auto& entry : sources_) {
        const auto request = entry.source->poll_request();
        if (!request) {
            watch(entry, -1, 0);
            continue;
        }
        watch(entry, request->descriptor, to_epoll(request->events));
        if (request->timeout) earlier(Clock::now() + *request->timeout);
    }
    itimerspec alarm{};
    if (next) {
        // Zero would disarm it (timerfd_create(2)).
        const auto left = std::max(*next - Clock::now(), Clock::duration(1));
        const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
        alarm.it_value = {.tv_sec = seconds.count(),
                          .tv_nsec = std::chrono::nanoseconds(left - seconds).count()};
    }
    ::timerfd_settime(alarm_.get(), 0, &alarm, nullptr);
}

void Loop::watch(Entry& entry, int descriptor, std::uint32_t events) const {
    if (entry.descriptor == descriptor && entry.events == events) return;
    epoll_event event{.events = events, .data = {}};
    if (entry.descriptor != descriptor && entry.descriptor >= 0)
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, entry.descriptor, &event);
    if (descriptor >= 0) {
        const int change = entry.descriptor == descriptor ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
        ::epoll_ctl(epoll_.get(), change, descriptor, &event);
    }
    entry.descriptor = descriptor;
    entry.events = events;
}

void Loop::Timer::set_after(Clock::duration delay) {
    clear();
    time_ = Clock::now() + delay;
    loop_.timers_.emplace(*time_, this);
}

void Loop::Timer::clear() {
    if (!time_) return;
    auto [place, end] = loop_.timers_.equal_range(*time_);
    while (place != end && place->second != this) ++place;
    if (place != end) loop_.timers_.erase(place);
    time_.reset();
}

}  // namespace haul::detail
