#include "conditions/senses.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

#include "base/log.hpp"
#include "conditions/kernel_network.hpp"
#include "conditions/logind.hpp"
#include "conditions/modem_manager.hpp"
#include "conditions/network_manager.hpp"
#include "conditions/power_profiles.hpp"
#include "conditions/upower.hpp"

namespace haul::conditions {
namespace {

constexpr Duration kPatienceAtStart = std::chrono::seconds{1};

/// By the clock of the loop's timers, which goes on through suspend.
Duration elapsed() {
    timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return std::chrono::duration_cast<Duration>(std::chrono::seconds{time.tv_sec} +
                                                std::chrono::nanoseconds{time.tv_nsec});
}

std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
    return text.empty() ? "nothing special" : text;
}

}  // namespace

/// The senses on the system bus.
struct Senses::OnBus {
    NetworkManager network_manager;
    ModemManager modem_manager;
    UPower upower;
    PowerProfiles old_profiles;
    PowerProfiles new_profiles;
    Logind logind;

    OnBus(SystemBus& bus, loop::EventLoop& loop, const std::function<void()>& on_change,
          std::function<void()> on_sleep)
        : network_manager(bus, loop, on_change),
          modem_manager(bus, loop, on_change),
          upower(bus, loop, on_change),
          old_profiles(bus, loop, PowerProfiles::kOldName, on_change),
          new_profiles(bus, loop, PowerProfiles::kNewName, on_change),
          logind(bus, loop, {.on_change = on_change, .on_sleep = std::move(on_sleep)}) {}

    /// What stands under both names says the same under both.
    model::Answer power_saver() const {
        auto answer = new_profiles.power_saver();
        return answer == model::Answer::Unknown ? old_profiles.power_saver() : answer;
    }
};

Senses::Senses(loop::EventLoop& loop, Sinks sinks)
    : sinks_(std::move(sinks)),
      start_(loop, loop::Timer::Kind::Elapsed, [this] { on_first(); }),
      timer_(loop, loop::Timer::Kind::Elapsed, [this] { on_time(); }),
      network_(loop, {.on_change = [this] { look_at_kernel(); },
                      .on_better = [this] { sinks_.on_network_better(); },
                      .on_address_gone = [this] { sinks_.on_address_gone(); }}),
      space_(loop,
             {.on_change = [this] { on_change(); },
              .on_room = [this](const auto& directory, Bytes room) { sinks_.on_room(directory, room); }}),
      bus_(loop, {.on_quiet = [this] { on_first(); }, .on_lost = [this] { on_lost(); }}) {
    kernel_ = read_kernel_network();  // what changes from now on is told
    if (bus_.is_there())
        on_bus_ = std::make_unique<OnBus>(
            bus_, loop, [this] { on_change(); }, [this] { on_sleep(); });
    if (on_bus_) on_bus_->network_manager.set_way_out(kernel_.way_out);
    start_.set_after(bus_.is_there() ? kPatienceAtStart : Duration{0});
}

Senses::~Senses() = default;

void Senses::allow() {
    if (on_bus_) on_bus_->logind.allow();
}

void Senses::keep_awake(bool is_wanted) {
    if (on_bus_) on_bus_->logind.keep_awake(is_wanted);
}

bool Senses::take_turn() {
    bool by_bus = bus_.take_traffic();
    bool by_kernel = network_.take_traffic();
    return std::exchange(had_turn_, false) || by_bus || by_kernel;
}

/// The first report is made of what is known by then.
void Senses::on_first() {
    if (std::exchange(is_started_, true)) return;
    start_.clear();
    note();
    tell(pace_.take_now(elapsed()).value_or(told_));
    on_time();
}

void Senses::look_at_kernel() {
    kernel_ = read_kernel_network();
    if (on_bus_) on_bus_->network_manager.set_way_out(kernel_.way_out);
    on_change();
}

void Senses::on_change() {
    if (!is_started_) return;
    note();
    on_time();
}

void Senses::on_sleep() {
    is_started_ = true;
    start_.clear();
    note();
    if (auto conditions = pace_.take_now(elapsed())) tell(*conditions);
    on_time();
}

void Senses::on_lost() {
    log::warn("conditions: the system bus is gone: nothing of it is known until hauld starts again");
    on_bus_.reset();
    on_first();
    on_sleep();
}

void Senses::on_time() {
    had_turn_ = true;
    auto now = elapsed();
    if (auto conditions = pace_.take(now)) tell(*conditions);
    if (auto next = pace_.due())
        timer_.set_after(std::max(*next - now, Duration{0}));
    else
        timer_.clear();
}

void Senses::note() {
    Readings readings{.kernel = kernel_, .is_disk_full = space_.is_short()};
    if (on_bus_) {
        readings.network = on_bus_->network_manager.reading();
        readings.roaming = on_bus_->modem_manager.roaming();
        readings.power = on_bus_->upower.reading();
        readings.power_saver = on_bus_->power_saver();
        readings.idle = on_bus_->logind.idle();
        readings.is_asleep = on_bus_->logind.is_asleep();
    }
    pace_.note(combine(readings), elapsed());
}

void Senses::tell(const model::Conditions& conditions) {
    auto words = model::to_words(conditions);
    if (words != model::to_words(told_)) log::info("conditions: {}", join(words));
    told_ = conditions;
    sinks_.on_conditions(conditions);
}

}  // namespace haul::conditions
