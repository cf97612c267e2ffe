#pragma once

#include <systemd/sd-bus.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "loop/event_loop.hpp"

namespace haul::conditions {

/// What was asked or is listened to: where it goes, no callback comes any more. It may go in its own
/// callback.
struct FreeSlot {
    void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};
using Slot = std::unique_ptr<sd_bus_slot, FreeSlot>;

/// The system bus, by a connection of its own: the daemon itself lives on the session bus mostly. Where there
/// is none, or once it is lost, everything here does nothing. Nothing here waits for anybody.
///
/// Senders are unique names (":1.5"): everybody on the bus may send us a signal with whatever content, and
/// only those of the service that is meant count. Nobody is started because we ask.
class SystemBus {
public:
    using Put = std::function<int(sd_bus_message*)>;        ///< as sd_bus_message_append
    using OnAnswer = std::function<void(sd_bus_message*)>;  ///< nullptr: an error, or none in time
    using OnError = std::function<void(std::string_view name)>;
    using OnSignal = std::function<void(sd_bus_message*)>;

    struct Method {
        std::string destination;
        std::string path;
        std::string interface;
        std::string member;
    };
    struct Signals {
        std::string sender;
        std::string path;
        std::string interface;
        std::string member;
        std::string arg0{};      ///< empty: whatever it is
        bool and_below = false;  ///< also of all objects whose path begins with that one's
    };

    struct Sinks {
        std::function<void()> on_quiet;  ///< each time when no call waits for its answer any more
        std::function<void()>
            on_lost;  ///< once, when the bus has closed the connection; all slots may go in it
    };

    /// Outlives all slots. Connects to the address in $DBUS_SYSTEM_BUS_ADDRESS, else to the usual one.
    SystemBus(loop::EventLoop& loop, Sinks sinks);
    ~SystemBus();
    SystemBus(const SystemBus&) = delete;
    SystemBus& operator=(const SystemBus&) = delete;

    bool is_there() const { return bus_ != nullptr; }
    bool is_quiet() const { return waiting_ == 0; }

    /// Answered exactly once, unless the slot goes before; an error goes to `on_error` where that is given.
    [[nodiscard]] Slot call(const Method& method, const Put& arguments, OnAnswer on_answer,
                            OnError on_error = {});
    [[nodiscard]] Slot listen(const Signals& signals, OnSignal on_signal);

    /// Whether a message has come in since the last call of this.
    bool take_traffic() { return std::exchange(had_traffic_, false); }

    static constexpr const char* kDriver = "org.freedesktop.DBus";  ///< sends under this name itself

private:
    struct Close {
        void operator()(sd_bus* bus) const;
    };
    struct Waiting;
    struct Listening;

    Sinks sinks_;
    std::unique_ptr<sd_bus, Close> bus_;
    std::size_t waiting_ = 0;  ///< calls without an answer so far
    bool had_traffic_ = false;
    Slot filter_;
    Slot end_;
    loop::Timer lost_;  ///< the connection may not go in its own callback
};

}  // namespace haul::conditions
