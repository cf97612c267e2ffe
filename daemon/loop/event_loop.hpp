#pragma once

#include <systemd/sd-event.h>

#include <functional>
#include <memory>

#include "base/units.hpp"

namespace haul::loop {

/// The core thread's loop, sd-event(3) underneath. Everything that waits in it is one of the classes below:
/// made with the loop, alive until destroyed, its callback called on the loop's thread. A callback may
/// destroy anything but the object that it belongs to.
class EventLoop {
public:
    EventLoop();

    /// Runs until `stop`; the value given there.
    int run();
    void stop(int exit_code);

    /// Pings systemd's watchdog, where the unit asks for it (sd_event_set_watchdog(3)).
    void feed_watchdog();

    sd_event* handle() const { return event_.get(); }

private:
    struct Unref {
        void operator()(sd_event* event) const { sd_event_unref(event); }
    };
    std::unique_ptr<sd_event, Unref> event_;
};

/// What all kinds of waiting share: the event source, and the callback that it calls.
class Source {
public:
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

protected:
    explicit Source(std::function<void()> callback) : callback_(std::move(callback)) {}
    ~Source();

    std::function<void()> callback_;
    sd_event_source* source_ = nullptr;
};

/// A descriptor becomes ready.
class IoSource : Source {
public:
    IoSource(EventLoop& loop, int fd, std::uint32_t events, std::function<void()> on_ready);

    void set_events(std::uint32_t events);
    /// No more calls; also for a descriptor that is closed already.
    void disable();
    /// Called before each time the loop waits.
    void set_prepare(std::function<void()> prepare);

private:
    std::function<void()> prepare_;
};

/// A time comes: by the wall clock, or so long from now by the clock that goes on through suspend.
class Timer : Source {
public:
    enum class Kind : std::uint8_t { WallClock, Elapsed };

    Timer(EventLoop& loop, Kind kind, std::function<void()> on_time);

    void set(WallTime time);         ///< for WallClock
    void set_after(Duration after);  ///< for Elapsed
    void clear();
};

/// A signal arrives; it has to be blocked in all threads.
class SignalSource : Source {
public:
    SignalSource(EventLoop& loop, int signal, std::function<void()> on_signal);
};

/// After the callback of any other source, in the same turn of the loop.
class AfterEach : Source {
public:
    AfterEach(EventLoop& loop, std::function<void()> callback);
};

}  // namespace haul::loop
