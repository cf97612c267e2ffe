#pragma once

#include <functional>
#include <string>

#include "conditions/system_bus.hpp"
#include "loop/event_loop.hpp"

namespace haul::conditions {

/// A well-known name on the system bus, and who has it: also one that appears late, vanishes or comes back.
class Service {
public:
    /// The owner's unique name; empty: nobody has it any more, and that for so long that it is no restart. An
    /// owner that follows another one, or itself, is told as a new one.
    using OnOwner = std::function<void(const std::string& owner)>;

    Service(SystemBus& bus, loop::EventLoop& loop, const std::string& name, OnOwner on_owner);

private:
    void take(const std::string& owner);

    OnOwner on_owner_;
    std::string owner_;
    loop::Timer grace_;
    Slot changes_;
    Slot asked_;
};

}  // namespace haul::conditions
