#include "patience.hpp"

#include <utility>

namespace haul::cli {

namespace {
constexpr std::chrono::minutes kLongest{10};
constexpr std::chrono::milliseconds kBetweenTries{500};
}  // namespace

Patience::Patience(const Interrupt& interrupt, std::function<void(std::string_view)> note)
    : interrupt_(interrupt), note_(std::move(note)) {}

void Patience::on_answer() {
    if (!gone_since_) return;
    gone_since_.reset();
    note_("the daemon is back");
}

bool Patience::wait_for_another_try() {
    const auto now = std::chrono::steady_clock::now();
    if (!gone_since_) {
        gone_since_ = now;
        note_("the daemon does not answer; nothing is lost, trying again for up to 10 minutes");
    }
    if (now - *gone_since_ > kLongest) return false;
    return !interrupt_.wait(kBetweenTries);
}

}  // namespace haul::cli
