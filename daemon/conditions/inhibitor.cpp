#include "conditions/inhibitor.hpp"

#include <fcntl.h>

#include <utility>

#include "base/log.hpp"

namespace haul::conditions {

void Inhibitor::set(Wish wish) {
    if (std::exchange(wish_, wish) == wish) return;
    asked_.reset();
    held_.reset();
    if (wish == Wish::Hold) take();
}

void Inhibitor::retry() {
    if (wish_ == Wish::Hold && !held_ && !asked_) take();
}

void Inhibitor::set_owner(const std::string& owner) {
    owner_ = owner;
    asked_.reset();
    if (wish_ == Wish::Hold) take();
}

void Inhibitor::take() {
    if (owner_.empty()) return;
    asked_ = bus_.call(
        {owner_, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "Inhibit"},
        [this](sd_bus_message* message) {
            return sd_bus_message_append(message, "ssss", "sleep", "Haul", terms_.why, terms_.mode);
        },
        [this](sd_bus_message* answer) { on_answer(answer); });
}

void Inhibitor::on_answer(sd_bus_message* answer) {
    asked_.reset();
    int fd = -1;
    if (answer && sd_bus_message_read(answer, "h", &fd) > 0)
        held_ = UniqueFd{::fcntl(fd, F_DUPFD_CLOEXEC, 3)};
    else
        log::warn("conditions: logind does not let us {} the machine's sleep", terms_.mode);
}

}  // namespace haul::conditions
