#pragma once

#include <sdbus-c++/sdbus-c++.h>
#include <systemd/sd-bus.h>

#include <functional>
#include <memory>

namespace haul::bus {

/// Sees each message before the bus library looks for its object (sd_bus_add_filter(3)), and may answer it in
/// the object's place. sdbus-c++ has no door to this, so it is opened here, on the connection underneath.
class MessageFilter {
public:
    enum class Verdict : std::uint8_t {
        Pass,      ///< on to the object
        Answered,  ///< a reply was sent: nobody else sees the message
    };
    using Callback = std::function<Verdict(sd_bus_message*)>;

    MessageFilter(sdbus::IConnection& connection, Callback callback);

private:
    struct Unref {
        void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
    };
    Callback callback_;
    std::unique_ptr<sd_bus_slot, Unref> slot_;
};

}  // namespace haul::bus
