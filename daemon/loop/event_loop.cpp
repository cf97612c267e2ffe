#include "loop/event_loop.hpp"

#include <sys/epoll.h>

#include <cstdlib>
#include <ctime>

#include "base/error.hpp"
#include "base/log.hpp"

namespace haul::loop {
namespace {

/// sd-event fails only where memory or descriptors are gone, or where we use it wrongly.
void must(int result, const char* what) {
    if (result >= 0) return;
    log::critical("event loop: {}: {}", what, errno_text(-result));
    std::abort();
}

constexpr std::uint64_t kAccuracy = 1000;  // microseconds

}  // namespace

EventLoop::EventLoop() {
    sd_event* event = nullptr;
    must(sd_event_new(&event), "creating");
    event_.reset(event);
}

int EventLoop::run() {
    return sd_event_loop(handle());
}

void EventLoop::stop(int exit_code) {
    must(sd_event_exit(handle(), exit_code), "stopping");
}

void EventLoop::feed_watchdog() {
    must(sd_event_set_watchdog(handle(), 1), "feeding the watchdog");
}

Source::~Source() {
    sd_event_source_disable_unref(source_);
}

IoSource::IoSource(EventLoop& loop, int fd, std::uint32_t events, std::function<void()> on_ready)
    : Source(std::move(on_ready)) {
    auto call = [](sd_event_source*, int, std::uint32_t, void* self) noexcept {
        static_cast<IoSource*>(self)->callback_();
        return 0;
    };
    must(sd_event_add_io(loop.handle(), &source_, fd, events, call, this), "adding a descriptor");
}

void IoSource::set_events(std::uint32_t events) {
    must(sd_event_source_set_io_events(source_, events), "changing a descriptor's events");
}

void IoSource::disable() {
    must(sd_event_source_set_enabled(source_, SD_EVENT_OFF), "disabling a descriptor");
}

void IoSource::set_prepare(std::function<void()> prepare) {
    prepare_ = std::move(prepare);
    auto call = [](sd_event_source*, void* self) noexcept {
        static_cast<IoSource*>(self)->prepare_();
        return 0;
    };
    must(sd_event_source_set_prepare(source_, call), "preparing a descriptor");
}

Timer::Timer(EventLoop& loop, Kind kind, std::function<void()> on_time) : Source(std::move(on_time)) {
    auto call = [](sd_event_source*, std::uint64_t, void* self) noexcept {
        static_cast<Timer*>(self)->callback_();
        return 0;
    };
    auto clock = kind == Kind::WallClock ? CLOCK_REALTIME : CLOCK_BOOTTIME;
    must(sd_event_add_time(loop.handle(), &source_, clock, 0, kAccuracy, call, this), "adding a timer");
    clear();
}

void Timer::set(WallTime time) {
    auto usec = to_usec(time);
    must(sd_event_source_set_time(source_, usec < 0 ? 0 : static_cast<std::uint64_t>(usec)),
         "setting a timer");
    must(sd_event_source_set_enabled(source_, SD_EVENT_ONESHOT), "starting a timer");
}

void Timer::set_after(Duration after) {
    must(sd_event_source_set_time_relative(source_, static_cast<std::uint64_t>(after.count())),
         "setting a timer");
    must(sd_event_source_set_enabled(source_, SD_EVENT_ONESHOT), "starting a timer");
}

void Timer::clear() {
    must(sd_event_source_set_enabled(source_, SD_EVENT_OFF), "stopping a timer");
}

SignalSource::SignalSource(EventLoop& loop, int signal, std::function<void()> on_signal)
    : Source(std::move(on_signal)) {
    auto call = [](sd_event_source*, const signalfd_siginfo*, void* self) noexcept {
        static_cast<SignalSource*>(self)->callback_();
        return 0;
    };
    must(sd_event_add_signal(loop.handle(), &source_, signal, call, this), "adding a signal");
}

AfterEach::AfterEach(EventLoop& loop, std::function<void()> callback) : Source(std::move(callback)) {
    auto call = [](sd_event_source*, void* self) noexcept {
        static_cast<AfterEach*>(self)->callback_();
        return 0;
    };
    must(sd_event_add_post(loop.handle(), &source_, call, this), "adding a post source");
}

}  // namespace haul::loop
