#include "bus/message_filter.hpp"

#include <cstdlib>

#include "base/log.hpp"
#include "bus/sd_bus.hpp"

namespace haul::bus {

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
