#include "bus/message_filter.hpp"

#include <cstdlib>

#include "base/log.hpp"

namespace haul::bus {
namespace {

/// The library's message keeps the one underneath to its derived classes.
struct Opened : sdbus::Message {
    static sd_bus_message* underneath(const sdbus::Message& message) {
        return static_cast<sd_bus_message*>(message.*(&Opened::msg_));
    }
};

sd_bus* underneath(sdbus::IConnection& connection) {
    auto object = sdbus::createObject(connection, "/");
    auto signal = object->createSignal("org.hauld1.Unsent", "Unsent");
    return sd_bus_message_get_bus(Opened::underneath(signal));
}

}  // namespace

MessageFilter::MessageFilter(sdbus::IConnection& connection, Callback callback)
    : callback_(std::move(callback)) {
    auto call = [](sd_bus_message* message, void* self, sd_bus_error*) noexcept {
        return static_cast<MessageFilter*>(self)->callback_(message) == Verdict::Answered ? 1 : 0;
    };
    sd_bus_slot* slot = nullptr;
    if (sd_bus_add_filter(underneath(connection), &slot, call, this) < 0) {
        // Without it every caller would reach every object.
        log::critical("bus: the message filter can't be set");
        std::abort();
    }
    slot_.reset(slot);
}

}  // namespace haul::bus
