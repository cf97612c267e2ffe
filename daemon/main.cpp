#include <sys/resource.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>

#include "base/log.hpp"
#include "config.hpp"
#include "daemon.hpp"

namespace {

/// All threads inherit this: signals come to the loop alone.
void block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (int signal : {SIGTERM, SIGINT}) sigaddset(&signals, signal);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

/// A transfer needs two descriptors and the usual soft limit is 1024, for the sake of select(2), which
/// nothing here uses.
void raise_descriptor_limit() {
    constexpr rlim_t kEnough = 65536;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kEnough) return;
    limit.rlim_cur = std::min(limit.rlim_max, kEnough);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

int refuse(const haul::StartError& error) {
    std::fprintf(stderr, "hauld: %s\n", error.message.c_str());
    return error.exit_status;
}

/// Zero where the journal holds work that no daemon is at. Makes nothing where there is no journal; one that
/// can't be read is for the daemon to deal with.
int check_work(const haul::Config& config) {
    if (!haul::StateDir::has_journal(config.state_dir)) return 1;
    auto state_dir = haul::StateDir::take(config.state_dir);
    if (!state_dir) return 1;
    auto database = haul::journal::Database::open(state_dir->journal());
    if (!database) return 0;
    auto tasks = haul::journal::Tasks::prepare(*database);
    auto work = tasks ? tasks->any_work() : haul::Result<bool>{true};
    return work && !*work ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
    haul::Flags flags;
    std::string log_level = "info";
    bool only_check = false;
    CLI::App app{"Background transfer service"};
    app.add_option("--bus", flags.bus, "session, system, or the address of a bus")->capture_default_str();
    app.add_option("--state-dir", flags.state_dir, "where the journal and the spool are");
    app.add_option("--config", flags.config_file, "configuration file; see hauld.toml(5)");
    app.add_option("--log-level", log_level, "least important messages to log")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}))
        ->capture_default_str();
    app.add_flag("--check-work", only_check,
                 "exit with 0 if the journal holds work and no daemon is at it, else with 1");
    app.set_version_flag("--version", "hauld " HAUL_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }

    haul::log::open(log_level);
    block_signals();
    raise_descriptor_limit();
    auto config = haul::load_config(flags);
    if (!config) return refuse({EX_CONFIG, config.error()});
    if (only_check) return check_work(*config);
    auto daemon = haul::Daemon::start(*config);
    if (!daemon) return refuse(daemon.error());
    return (*daemon)->run();
}
