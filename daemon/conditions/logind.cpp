#include "conditions/logind.hpp"

#include <utility>

namespace haul::conditions {
namespace {

constexpr const char* kLogindPath = "/org/freedesktop/login1";
constexpr const char* kLogindManager = "org.freedesktop.login1.Manager";

}  // namespace

Logind::Logind(SystemBus& bus, loop::EventLoop& loop, Sinks sinks)
    : bus_(bus),
      sinks_(std::move(sinks)),
      delay_(bus, {.mode = "delay", .why = "Finishing writes to disk"}),
      block_(bus, {.mode = "block", .why = "Transferring files"}),
      service_(bus, loop, "org.freedesktop.login1", [this](const std::string& owner) { on_owner(owner); }) {
    delay_.set(Inhibitor::Wish::Hold);
}

void Logind::on_owner(const std::string& owner) {
    properties_.reset();
    sleep_.reset();
    is_known_ = false;
    delay_.set_owner(owner);
    block_.set_owner(owner);
    if (owner.empty()) {
        idle_ = {};
        set_asleep(false);
        return sinks_.on_change();
    }
    sleep_ = bus_.listen(
        {.sender = owner, .path = kLogindPath, .interface = kLogindManager, .member = "PrepareForSleep"},
        [this](sd_bus_message* signal) {
            int is_going = 0;
            if (sd_bus_message_read(signal, "b", &is_going) <= 0) return;
            is_known_ = true;
            set_asleep(is_going != 0);
        });
    properties_.emplace(bus_,
                        Properties::Source{.owner = owner,
                                           .path = kLogindPath,
                                           .interface = kLogindManager,
                                           .names = {"IdleHint", "PreparingForSleep"}},
                        [this] { on_properties(); });
}

/// Only the first answer tells of sleep that has begun before we listened; later on the signal does, and the
/// property has no signal of its own.
void Logind::on_properties() {
    idle_ = to_answer(truth(properties_->values(), "IdleHint"));
    if (!std::exchange(is_known_, true))
        set_asleep(truth(properties_->values(), "PreparingForSleep").value_or(false));
    sinks_.on_change();
}

void Logind::set_asleep(bool is_asleep) {
    if (std::exchange(is_asleep_, is_asleep) == is_asleep) return;
    if (!is_asleep) {
        delay_.set(Inhibitor::Wish::Hold);
        delay_.retry();  // none is given while the machine goes to sleep
    }
    sinks_.on_sleep();
}

void Logind::allow() {
    if (is_asleep_) delay_.set(Inhibitor::Wish::LetGo);
}

void Logind::keep_awake(bool is_wanted) {
    block_.set(is_wanted ? Inhibitor::Wish::Hold : Inhibitor::Wish::LetGo);
}

}  // namespace haul::conditions
