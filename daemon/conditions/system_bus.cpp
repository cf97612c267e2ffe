#include "conditions/system_bus.hpp"

#include "base/error.hpp"
#include "base/log.hpp"

namespace haul::conditions {
namespace {

constexpr Duration kPatience = std::chrono::seconds{30};
constexpr const char* kEnd =
    "type='signal',path='/org/freedesktop/DBus/Local',"
    "interface='org.freedesktop.DBus.Local',member='Disconnected'";

struct UnrefMessage {
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};

/// Without this sd-bus gives the whole connection up where the bus refuses a rule.
int on_rule_added(sd_bus_message* reply, void*, sd_bus_error*) noexcept {
    if (const auto* error = sd_bus_message_get_error(reply))
        log::warn("conditions: the system bus refuses a match rule: {}", error->name);
    return 1;
}

std::string to_rule(const SystemBus::Signals& signals) {
    auto rule = "type='signal',sender='" + signals.sender + "'," +
                (signals.and_below ? "path_namespace='" : "path='") + signals.path + "',interface='" +
                signals.interface + "',member='" + signals.member + "'";
    return signals.arg0.empty() ? rule : rule + ",arg0='" + signals.arg0 + "'";
}

}  // namespace

void SystemBus::Close::operator()(sd_bus* bus) const {
    sd_bus_detach_event(bus);
    sd_bus_close_unref(bus);
}

/// A call's callback. It lives as long as the slot does and its callback runs.
struct SystemBus::Waiting {
    SystemBus& bus;
    OnAnswer on_answer;
    OnError on_error;
    bool is_answered = false;

    Waiting(SystemBus& bus, OnAnswer on_answer, OnError on_error)
        : bus(bus), on_answer(std::move(on_answer)), on_error(std::move(on_error)) {
        ++bus.waiting_;
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() {
        if (!is_answered) --bus.waiting_;
    }

    static int on_reply(sd_bus_message* reply, void* self, sd_bus_error*) noexcept {
        auto& waiting = *static_cast<Waiting*>(self);
        auto& bus = waiting.bus;
        waiting.is_answered = true;
        --bus.waiting_;
        const auto* error = sd_bus_message_get_error(reply);
        if (error && waiting.on_error)
            waiting.on_error(error->name ? error->name : "");
        else
            waiting.on_answer(error ? nullptr : reply);
        if (bus.is_quiet()) bus.sinks_.on_quiet();
        return 1;
    }
};

struct SystemBus::Listening {
    std::string sender;
    OnSignal on_signal;

    /// sd-bus holds a rule's unique sender against the message's, but takes every unique one for the driver.
    static int on_message(sd_bus_message* message, void* self, sd_bus_error*) noexcept {
        const auto& listening = *static_cast<const Listening*>(self);
        const char* sender = sd_bus_message_get_sender(message);
        if (sender && listening.sender == sender) listening.on_signal(message);
        return 0;
    }
};

SystemBus::SystemBus(loop::EventLoop& loop, Sinks sinks)
    : sinks_(std::move(sinks)), lost_(loop, loop::Timer::Kind::Elapsed, [this] {
          bus_.reset();
          sinks_.on_lost();
      }) {
    sd_bus* bus = nullptr;
    int outcome = sd_bus_open_system_with_description(&bus, "conditions");
    bus_.reset(bus);
    auto on_traffic = [](sd_bus_message*, void* self, sd_bus_error*) noexcept {
        static_cast<SystemBus*>(self)->had_traffic_ = true;
        return 0;
    };
    auto on_end = [](sd_bus_message*, void* self, sd_bus_error*) noexcept {
        static_cast<SystemBus*>(self)->lost_.set_after(Duration{0});
        return 0;
    };
    sd_bus_slot* slot = nullptr;
    if (outcome >= 0) outcome = sd_bus_add_filter(bus, &slot, on_traffic, this);
    filter_.reset(std::exchange(slot, nullptr));
    if (outcome >= 0) outcome = sd_bus_add_match(bus, &slot, kEnd, on_end, this);
    end_.reset(slot);
    // At the loop's end it would be flushed first, however long that takes.
    if (outcome >= 0) outcome = sd_bus_set_close_on_exit(bus, 0);
    if (outcome >= 0) outcome = sd_bus_attach_event(bus, loop.handle(), SD_EVENT_PRIORITY_NORMAL);
    if (outcome >= 0) return;
    log::debug("conditions: there is no system bus: {}", errno_text(-outcome));
    end_.reset();
    filter_.reset();
    bus_.reset();
}

SystemBus::~SystemBus() = default;

Slot SystemBus::call(const Method& method, const Put& arguments, OnAnswer on_answer, OnError on_error) {
    if (!is_there()) return {};
    sd_bus_message* made = nullptr;
    int outcome =
        sd_bus_message_new_method_call(bus_.get(), &made, method.destination.c_str(), method.path.c_str(),
                                       method.interface.c_str(), method.member.c_str());
    std::unique_ptr<sd_bus_message, UnrefMessage> message{made};
    if (outcome >= 0) outcome = sd_bus_message_set_auto_start(message.get(), 0);
    if (outcome >= 0) outcome = arguments(message.get());
    auto waiting = std::make_unique<Waiting>(*this, std::move(on_answer), std::move(on_error));
    sd_bus_slot* slot = nullptr;
    if (outcome >= 0)
        outcome = sd_bus_call_async(bus_.get(), &slot, message.get(), Waiting::on_reply, waiting.get(),
                                    static_cast<std::uint64_t>(kPatience.count()));
    if (outcome < 0) {
        log::debug("conditions: {} can't be called: {}", method.member, errno_text(-outcome));
        return {};
    }
    sd_bus_slot_set_destroy_callback(slot, [](void* gone) { delete static_cast<Waiting*>(gone); });
    (void)waiting.release();
    return Slot{slot};
}

Slot SystemBus::listen(const Signals& signals, OnSignal on_signal) {
    if (!is_there() || sd_bus_object_path_is_valid(signals.path.c_str()) <= 0) return {};
    auto listening = std::make_unique<Listening>(Listening{signals.sender, std::move(on_signal)});
    sd_bus_slot* slot = nullptr;
    int outcome = sd_bus_add_match_async(bus_.get(), &slot, to_rule(signals).c_str(), Listening::on_message,
                                         on_rule_added, listening.get());
    if (outcome < 0) {
        log::debug("conditions: {} can't be listened to: {}", signals.member, errno_text(-outcome));
        return {};
    }
    sd_bus_slot_set_destroy_callback(slot, [](void* gone) { delete static_cast<Listening*>(gone); });
    (void)listening.release();
    return Slot{slot};
}

}  // namespace haul::conditions
