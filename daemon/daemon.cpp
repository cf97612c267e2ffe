#include "daemon.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <sys/epoll.h>
#include <sysexits.h>

#include <csignal>
#include <fstream>
#include <random>

#include "base/log.hpp"
#include "loop/service_state.hpp"
#include "storeroom_files.hpp"

namespace haul {
namespace {

constexpr Duration kScrubDelay = std::chrono::seconds{1};  // tasks with secrets that end together share one
constexpr Duration kStopPatience = std::chrono::milliseconds{1500};  // SIGTERM ends us within two seconds

std::string boot_id() {
    std::string id;
    std::getline(std::ifstream{"/proc/sys/kernel/random/boot_id"}, id);
    return id;
}

int to_exit_status(journal::OpenTrouble trouble) {
    return trouble == journal::OpenTrouble::Newer ? EX_CONFIG : EX_IOERR;
}

}  // namespace

class Daemon::WallClock final : public ports::Clock {
public:
    WallClock(loop::EventLoop& loop, std::function<void()> on_alarm)
        : timer_(loop, loop::Timer::Kind::WallClock, std::move(on_alarm)) {}

    WallTime now() override {
        return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    }
    Duration since_boot() override {
        timespec time{};
        clock_gettime(CLOCK_BOOTTIME, &time);
        return std::chrono::duration_cast<Duration>(std::chrono::seconds{time.tv_sec} +
                                                    std::chrono::nanoseconds{time.tv_nsec});
    }
    double jitter() override { return distribution_(random_); }
    void set_alarm(std::optional<WallTime> time) override {
        // An alarm that rings too early finds nothing due and is set again: cheaper than to move it with each
        // task.
        if (time && alarm_ && *alarm_ <= *time) return;
        if (!time && !alarm_) return;
        alarm_ = time;
        if (time)
            timer_.set(*time);
        else
            timer_.clear();
    }
    /// The alarm has rung: the next one is a new one, also for the same time.
    void on_rung() { alarm_.reset(); }

private:
    loop::Timer timer_;
    std::optional<WallTime> alarm_;
    std::mt19937_64 random_{std::random_device{}()};
    std::uniform_real_distribution<double> distribution_{0.0, 1.0};
};

tl::expected<std::unique_ptr<Daemon>, StartError> Daemon::start(const Config& config) {
    auto state_dir = StateDir::take(config.state_dir);
    if (!state_dir) return tl::make_unexpected(state_dir.error());
    auto journal = journal::Journal::open(state_dir->journal());
    if (!journal)
        return tl::make_unexpected(
            StartError{to_exit_status(journal.error().trouble), journal.error().message});
    if (!journal->notice.empty()) log::error("journal: {}", journal->notice);
    auto connection = bus::connect(config.bus);
    if (!connection) return tl::make_unexpected(StartError{EX_UNAVAILABLE, connection.error().message});
    std::unique_ptr<Daemon> daemon{
        new Daemon(config, std::move(*state_dir), std::move(*journal), std::move(*connection))};
    if (auto begun = daemon->begin(); !begun) {
        bool is_journal = begun.error().code == ErrorCode::JournalUnavailable;
        return tl::make_unexpected(StartError{is_journal ? EX_IOERR : EX_UNAVAILABLE, begun.error().message});
    }
    return daemon;
}

Daemon::Daemon(const Config& config, StateDir state_dir, journal::Journal journal,
               std::unique_ptr<sdbus::IConnection> connection)
    : config_(config),
      state_dir_(std::move(state_dir)),
      journal_(std::move(journal)),
      storeroom_([this](std::vector<storage::Report> reports) {
          for (auto& report : reports) {
              if (std::holds_alternative<storage::Drained>(report))
                  reports_.post(storage::Drained{});
              else
                  reports_.post(to_report(std::move(report)));
          }
      }),
      engine_([this](ports::TransferReport report) { reports_.post(std::move(report)); }, storeroom_,
              {.progress_interval = config_.progress_interval,
               .connections_per_host = config_.settings.limits.active_per_host}),
      ear_({.facts = [this](ports::TransferReport report) { reports_.post(std::move(report)); },
            .news = [this](ports::ChannelReport report) { reports_.post(std::move(report)); }}),
      files_(std::make_unique<StoreroomFiles>(storeroom_)),
      clock_(std::make_unique<WallClock>(loop_,
                                         [this] {
                                             clock_->on_rung();
                                             control_.on_alarm();
                                         })),
      connection_(loop_, std::move(connection), [this] { stop("the bus is gone", 1); }),
      clients_(loop_, connection_),
      launcher_(connection_.get(), config_.settings.self, config_.launch_timeout,
                [this](const ports::LaunchReport& report) { control_.on_launched(report); }),
      senses_(loop_,
              {.on_conditions = [this](const auto& conditions) { control_.on_conditions(conditions); },
               .on_network_better = [this] { control_.on_network_better(); },
               .on_address_gone =
                   [this] {
                       engine_.drop_stranded();
                       ear_.drop_stranded();
                   },
               .on_room = [this](const auto& directory, Bytes room) { control_.on_room(directory, room); }}),
      control_(journal_, {engine_, ear_, *files_, clients_, launcher_, *clock_, senses_, senses_.space()},
               config_.settings),
      bus_(connection_, control_, HAUL_VERSION),
      clock_watch_(loop_, [this] { control_.on_clock_set(); }),
      report_source_(loop_, reports_.fd(), EPOLLIN, [this] { on_reports(); }),
      terminate_source_(loop_, SIGTERM, [this] { stop("SIGTERM", 0); }),
      interrupt_source_(loop_, SIGINT, [this] { stop("SIGINT", 0); }),
      idle_timer_(loop_, loop::Timer::Kind::Elapsed, [this] { stop("nothing left to do", 0); }),
      scrub_timer_(loop_, loop::Timer::Kind::Elapsed,
                   [this] {
                       is_scrub_armed_ = false;
                       control_.scrub();
                   }),
      stop_timer_(loop_, loop::Timer::Kind::Elapsed,
                  [this] {
                      log::warn("daemon: not everything could be brought to the disk in time");
                      loop_.stop(exit_status_);
                  }),
      after_each_(loop_, [this] { after_each(); }) {
    clients_.set_on_gone([this](const ports::ClientName& client) { control_.on_client_gone(client); });
}

Daemon::~Daemon() = default;

Result<> Daemon::begin() {
    TRY(control_.recover(boot_id()));
    return connection_.request_name(bus::Bus::kName);
}

int Daemon::run() {
    loop_.feed_watchdog();
    ::malloc_trim(0);  // of what only the start took
    loop::notify_ready();
    log::info("daemon: ready, state in {}", state_dir_.path());
    watch_idleness();
    loop_.run();
    if (control_.needs_scrub()) control_.scrub();
    return exit_status_;
}

void Daemon::on_reports() {
    bool is_drained = false;
    for (auto& report : reports_.take_all()) {
        if (auto* transfer = std::get_if<ports::TransferReport>(&report))
            control_.on_transfer(std::move(*transfer));
        else if (auto* channel = std::get_if<ports::ChannelReport>(&report))
            control_.on_channel(std::move(*channel));
        else if (auto* files = std::get_if<ports::StoreroomReport>(&report))
            control_.on_storeroom(std::move(*files));
        else
            is_drained = true;
    }
    if (!is_drained) return;
    control_.settle();
    loop_.stop(exit_status_);
}

void Daemon::after_each() {
    control_.settle();
    if (control_.needs_scrub() && !is_scrub_armed_) {
        is_scrub_armed_ = true;
        scrub_timer_.set_after(kScrubDelay);
    }
    if (phase_ == Phase::Stopping)
        finish_stop();
    else if (phase_ == Phase::Serving)
        watch_idleness();
}

/// Each turn starts the idle time again, but for those in which only the machine has told of itself.
void Daemon::watch_idleness() {
    bool is_senses = senses_.take_turn();
    if (config_.idle_exit && control_.is_idle()) {
        if (is_idle_armed_ && is_senses) return;
        idle_timer_.set_after(*config_.idle_exit);
        is_idle_armed_ = true;
    } else if (is_idle_armed_) {
        idle_timer_.clear();
        is_idle_armed_ = false;
    }
}

/// Checkpoints every transfer, then ends the loop. The name goes first: calls that come from now on start the
/// next daemon, which waits for this one to let go of the state directory.
void Daemon::stop(const char* why, int exit_status) {
    if (phase_ != Phase::Serving) return;
    log::info("daemon: stopping: {}", why);
    phase_ = Phase::Stopping;
    exit_status_ = exit_status;
    loop::notify_stopping();
    state_dir_.announce_exit();
    connection_.release_name(bus::Bus::kName);
    control_.stop();
    stop_timer_.set_after(kStopPatience);
}

/// All attempts have ended: what they wrote is on its way through the storeroom, and their last words to the
/// journal.
void Daemon::finish_stop() {
    if (!control_.is_stopped()) return;
    phase_ = Phase::Draining;
    storeroom_.drain();
}

}  // namespace haul
