#include "bus/sd_bus.hpp"

namespace haul::bus {
namespace {

/// The library's message keeps the one underneath to its derived classes.
struct Opened : sdbus::Message {
    static sd_bus_message* underneath(const sdbus::Message& message) {
        return static_cast<sd_bus_message*>(message.*(&Opened::msg_));
    }
};

}  // namespace

sd_bus* underneath(sdbus::IConnection& connection) {
    auto object = sdbus::createObject(connection, "/");
    auto signal = object->createSignal("org.hauld1.Unsent", "Unsent");
    return sd_bus_message_get_bus(Opened::underneath(signal));
}

}  // namespace haul::bus
