#include "bus/outgoing_call.hpp"

#include <memory>
#include <utility>

#include "base/error.hpp"
#include "model/text.hpp"

namespace haul::bus {
namespace {

constexpr std::size_t kMaxErrorText = 256;

Answer failure(std::string_view name, std::string_view text) {
    return {.message = nullptr,
            .error_name = model::printable(name, kMaxErrorText),
            .error_text = model::printable(text, kMaxErrorText)};
}

struct Unref {
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};

int on_reply(sd_bus_message* reply, void* waiting, sd_bus_error*) noexcept {
    const auto& on_answer = *static_cast<OnAnswer*>(waiting);
    const auto* error = sd_bus_message_get_error(reply);
    if (error)
        on_answer(failure(error->name, error->message ? error->message : ""));
    else
        on_answer({.message = reply, .error_name = {}, .error_text = {}});
    return 0;
}

}  // namespace

void call(sd_bus* bus, const Method& method, Duration timeout, const PutArguments& arguments,
          OnAnswer on_answer) {
    sd_bus_message* made = nullptr;
    int outcome = sd_bus_message_new_method_call(bus, &made, method.destination.c_str(), method.path.c_str(),
                                                 method.interface.c_str(), method.member.c_str());
    std::unique_ptr<sd_bus_message, Unref> message{made};
    if (outcome >= 0) outcome = arguments(message.get());
    auto waiting = std::make_unique<OnAnswer>(std::move(on_answer));
    sd_bus_slot* slot = nullptr;
    if (outcome >= 0)
        outcome = sd_bus_call_async(bus, &slot, message.get(), on_reply, waiting.get(),
                                    static_cast<std::uint64_t>(timeout.count()));
    if (outcome < 0) return (*waiting)(failure("org.hauld1.Unsent", errno_text(-outcome)));
    // The connection keeps the slot until the answer is there, and frees what waits with it.
    sd_bus_slot_set_destroy_callback(slot, [](void* gone) { delete static_cast<OnAnswer*>(gone); });
    (void)waiting.release();
    sd_bus_slot_set_floating(slot, 1);
    sd_bus_slot_unref(slot);
}

PutArguments with(const std::string& text) {
    return [text](sd_bus_message* message) { return sd_bus_message_append(message, "s", text.c_str()); };
}

}  // namespace haul::bus
