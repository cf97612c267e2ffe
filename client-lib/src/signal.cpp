#include "signal.hpp"

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "words.hpp"

namespace haul::detail {

namespace {

/// org.freedesktop.DBus.Properties.PropertiesChanged of a task.
std::optional<Signal> read_changed_properties(sdbus::Message& message) {
    std::string interface;
    std::map<std::string, sdbus::Variant> changed;
    message >> interface >> changed;
    const auto state = changed.find("State");
    if (interface != "org.hauld1.Task" || state == changed.end()) return std::nullopt;
    const auto value = task_state(state->second.get<std::string>());
    if (!value) return std::nullopt;
    return StateChanged{*value};
}

/// org.freedesktop.DBus.NameOwnerChanged of the daemon's name: only where it had an owner before.
std::optional<Signal> read_new_owner(sdbus::Message& message) {
    std::string name;
    std::string old_owner;
    message >> name >> old_owner;
    if (old_owner.empty()) return std::nullopt;
    return DaemonLeft{};
}

}  // namespace

std::optional<Signal> read_signal(sdbus::Message& message) {
    const auto member = std::string(message.getMemberName());
    if (member == "EventsAvailable") {
        EventsAvailable signal;
        message >> signal.first.number >> signal.last.number;
        return signal;
    }
    if (member == "AllEventsDelivered") {
        AllEventsDelivered signal;
        message >> signal.last.number >> signal.wake.number;
        return signal;
    }
    if (member == "Detached") {
        std::string why;
        message >> why;
        return Detached{why == "taken-over" ? Detachment::TakenOver : Detachment::Invalidated};
    }
    if (member == "Progress") {
        Progressed signal{};
        std::int64_t total = -1;
        message >> signal.done >> total;
        if (total >= 0) signal.total = static_cast<Bytes>(total);
        return signal;
    }
    if (member == "PropertiesChanged") return read_changed_properties(message);
    if (member == "NameOwnerChanged") return read_new_owner(message);
    return std::nullopt;
}

}  // namespace haul::detail
