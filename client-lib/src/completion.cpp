#include "haul/completion.hpp"

#include <string>
#include <utility>

#include "errors.hpp"

namespace haul {

Completion::Completion(WakeNumber wake, Call call, Warning warn)
    : wake_(wake), call_(std::move(call)), warn_(std::move(warn)) {}

Completion::Completion(Completion&& other) noexcept
    : wake_(std::exchange(other.wake_, WakeNumber{})),
      call_(std::exchange(other.call_, nullptr)),
      warn_(std::exchange(other.warn_, nullptr)) {}

Completion& Completion::operator=(Completion&& other) noexcept {
    std::swap(wake_, other.wake_);
    std::swap(call_, other.call_);
    std::swap(warn_, other.warn_);
    return *this;
}

Completion::~Completion() {
    if (wake_.number == 0) return;
    warn_("the completion of wake " + std::to_string(wake_.number) +
          " was dropped; it is completed all the same: call complete()");
    (void)complete();  // nobody is left to hear of an error; the daemon will launch the application again
}

Result<void> Completion::complete() {
    if (wake_.number == 0) return {};
    auto told = call_(wake_);
    if (told || !detail::may_work_later(told.error())) {
        wake_ = {};
        call_ = nullptr;
    }
    return told;
}

}  // namespace haul
