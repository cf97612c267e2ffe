// The part of Control that keeps delays what they are when somebody sets the wall clock. Times that a client
// gave as such, and windows, mean the clock as it is now.

#include <charconv>

#include "base/log.hpp"
#include "control/control.hpp"

namespace haul::control {
namespace {

constexpr const char* kOffset = "clock-offset";  // of the wall clock from that since the boot, in µs
constexpr Duration kLeastStep = std::chrono::seconds{1};  // below it a clock is only kept right
constexpr std::uint32_t kPendingPage = 10'000;

std::optional<Duration> parse_offset(const std::string& text) {
    std::int64_t offset = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
    return error == std::errc{} && !text.empty() ? std::optional{Duration{offset}} : std::nullopt;
}

}  // namespace

/// In the time between two of the daemon's lives, too, as long as the machine has run on.
Result<> Control::recover_clock(bool same_boot) {
    auto known = same_boot ? parse_offset(TRY(journal_.meta.get(kOffset))) : std::nullopt;
    clock_offset_ = known.value_or(find_clock_offset());
    TRY(shift_times());
    TRY(journal_.meta.set(kOffset, std::to_string(clock_offset_.count())));
    if (!same_boot) TRY(journal_.tasks.forget_delays_of_lost_clock(doorways_.clock.now()));
    return {};
}

Duration Control::find_clock_offset() {
    return doorways_.clock.now().time_since_epoch() - doorways_.clock.since_boot();
}

void Control::on_clock_set() {
    auto before = clock_offset_;
    // What is of this process alone, and was counted by the old clock.
    link_up_.reset();
    if (journal_retry_) journal_retry_ = doorways_.clock.now() + kJournalRetry;
    scheduler_.forget_failures();
    tell_rates();
    auto shifted = turn_.note(turn_.open());
    if (shifted) shifted = turn_.note(shift_times());
    if (shifted) shifted = turn_.note(journal_.meta.set(kOffset, std::to_string(clock_offset_.count())));
    if (!shifted) log::error("control: delays are not what they were: {}", shifted.error().message);
    turn_.on_settled([this, before](const Error* failure) {
        if (failure) clock_offset_ = before;
        if (auto placed = place_all(); !placed) log::error("control: {}", placed.error().message);
    });
}

bool Control::is_clock_set() {
    auto shift = find_clock_offset() - clock_offset_;
    return shift <= -kLeastStep || shift >= kLeastStep;
}

/// Moves what is counted from now on by as much as the clock was moved.
Result<> Control::shift_times() {
    auto offset = find_clock_offset();
    bool is_set = is_clock_set();
    auto shift = offset - std::exchange(clock_offset_, offset);
    if (!is_set) return {};
    log::info("control: the clock was set by {} s", shift.count() / 1'000'000);
    TRY(journal_.tasks.shift(shift, doorways_.clock.now() - shift));
    TRY(wakes_.shift(shift));
    turn_.after_commit([this, shift] { waits_.shift(shift); });
    return {};
}

/// Plans with every task as the journal has it.
Result<> Control::place_all() {
    auto now = doorways_.clock.now();
    TaskId last{};
    while (true) {
        auto page = TRY(journal_.tasks.pending(last, kPendingPage));
        for (const auto& task : page) {
            scheduler_.place(task, now);
            if (!has(task.blocked, model::Block::DiskSpace)) continue;
            if (auto row = TRY(journal_.tasks.find(task.id))) life_.watch_space(*row);
        }
        scheduler_.commit();
        if (page.size() < kPendingPage) return {};
        last = page.back().id;
    }
}

}  // namespace haul::control
