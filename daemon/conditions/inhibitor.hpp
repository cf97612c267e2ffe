#pragma once

#include <cstdint>
#include <string>

#include "base/unique_fd.hpp"
#include "conditions/system_bus.hpp"

namespace haul::conditions {

/// One of logind's inhibitors for the machine's sleep: it holds while somebody has its descriptor. There is
/// at most one, and none while it is not wanted or logind refuses.
class Inhibitor {
public:
    struct Terms {
        const char* mode;  ///< "delay" or "block"
        const char* why;
    };
    Inhibitor(SystemBus& bus, const Terms& terms) : bus_(bus), terms_(terms) {}

    enum class Wish : std::uint8_t { Hold, LetGo };
    /// Asks logind, or lets go at once.
    void set(Wish wish);
    /// Asks again where it was refused.
    void retry();
    /// Somebody else is logind from now on, who may not know of what the last one gave; empty: nobody.
    void set_owner(const std::string& owner);

private:
    void take();
    void on_answer(sd_bus_message* answer);

    SystemBus& bus_;
    Terms terms_;
    std::string owner_;
    Wish wish_ = Wish::LetGo;
    UniqueFd held_;
    Slot asked_;
};

}  // namespace haul::conditions
