#pragma once

#include <functional>
#include <string>

#include "conditions/system_bus.hpp"
#include "conditions/values.hpp"

namespace haul::conditions {

/// Some properties of one object, asked for once and followed from then on.
class Properties {
public:
    struct Source {
        std::string owner;  ///< unique name
        std::string path;
        std::string interface;
        Names names;  ///< of the properties that are wanted
    };

    /// `on_change` is called when an answer is there, or none is to be had, and for each signal that changes
    /// one of these properties. It may destroy anything but this.
    Properties(SystemBus& bus, Source source, std::function<void()> on_change);

    const Values& values() const { return values_; }

private:
    void ask();
    void on_answer(sd_bus_message* answer);
    void on_signal(sd_bus_message* message);
    bool names_invalidated(sd_bus_message* message);

    SystemBus& bus_;
    Source source_;
    std::function<void()> on_change_;
    Values values_;
    bool is_asking_ = false;
    bool is_stale_ = false;  ///< whether to ask again when the answer is there
    Slot changes_;
    Slot asked_;
};

}  // namespace haul::conditions
