#include "conditions/properties.hpp"

#include <algorithm>
#include <utility>

namespace haul::conditions {
namespace {

constexpr const char* kProperties = "org.freedesktop.DBus.Properties";

}  // namespace

Properties::Properties(SystemBus& bus, Source source, std::function<void()> on_change)
    : bus_(bus), source_(std::move(source)), on_change_(std::move(on_change)) {
    // In this order, so that no change is missed in between.
    changes_ = bus_.listen({.sender = source_.owner,
                            .path = source_.path,
                            .interface = kProperties,
                            .member = "PropertiesChanged",
                            .arg0 = source_.interface},
                           [this](sd_bus_message* message) { on_signal(message); });
    ask();
}

void Properties::ask() {
    if (std::exchange(is_asking_, true)) {
        is_stale_ = true;
        return;
    }
    auto put = [this](sd_bus_message* message) {
        return sd_bus_message_append(message, "s", source_.interface.c_str());
    };
    asked_ = bus_.call({source_.owner, source_.path, kProperties, "GetAll"}, put,
                       [this](sd_bus_message* answer) { on_answer(answer); });
}

void Properties::on_answer(sd_bus_message* answer) {
    is_asking_ = false;
    if (answer) {
        values_.clear();
        read_values(answer, source_.names, values_);
    }
    if (std::exchange(is_stale_, false)) ask();
    on_change_();
}

void Properties::on_signal(sd_bus_message* message) {
    auto before = values_;
    if (sd_bus_message_skip(message, "s") <= 0 || !read_values(message, source_.names, values_)) return;
    if (names_invalidated(message)) ask();
    if (values_ != before) on_change_();
}

/// Whether one of ours has changed to something that the signal does not tell.
bool Properties::names_invalidated(sd_bus_message* message) {
    if (sd_bus_message_enter_container(message, SD_BUS_TYPE_ARRAY, "s") <= 0) return false;
    bool is_ours = false;
    const char* name = nullptr;
    while (sd_bus_message_read_basic(message, SD_BUS_TYPE_STRING, &name) > 0)
        is_ours =
            is_ours || std::find(source_.names.begin(), source_.names.end(), name) != source_.names.end();
    return is_ours;
}

}  // namespace haul::conditions
