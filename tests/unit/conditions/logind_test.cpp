#include "conditions/logind.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "unit/temp_dir.hpp"

namespace haul::conditions {
namespace {

using namespace std::chrono_literals;

constexpr const char* kBus =
    R"(<busconfig><type>session</type><listen>unix:path=SOCKET</listen><auth>EXTERNAL</auth>
<policy context="default"><allow own="*"/><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/></policy></busconfig>)";

/// A dbus-daemon of the test's own, as the system bus of this process.
class PrivateBus {
public:
    PrivateBus() {
        std::string text = kBus;
        text.replace(text.find("SOCKET"), 6, dir_ / "bus");
        std::ofstream{dir_ / "conf"} << text;
        std::array<int, 2> ready{};
        if (::pipe(ready.data()) != 0) throw std::runtime_error("pipe");
        auto config = "--config-file=" + (dir_ / "conf");
        auto address = "--print-address=" + std::to_string(ready[1]);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::execlp("dbus-daemon", "dbus-daemon", config.c_str(), "--nofork", "--nopidfile", address.c_str(),
                     nullptr);
            ::_exit(127);
        }
        ::close(ready[1]);
        char first = 0;
        auto size = ::read(ready[0], &first, 1);  // when it listens
        ::close(ready[0]);
        if (size != 1) throw std::runtime_error("dbus-daemon does not start");
        ::setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + (dir_ / "bus")).c_str(), 1);
    }
    ~PrivateBus() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    PrivateBus(const PrivateBus&) = delete;
    PrivateBus& operator=(const PrivateBus&) = delete;

private:
    TempDir dir_;
    pid_t pid_ = -1;
};

/// logind, as far as inhibitors go.
class FakeLogind {
public:
    struct Lock {
        std::string terms;
        UniqueFd end{};  ///< its other end

        bool is_held() const {
            char byte = 0;
            return ::read(end.get(), &byte, 1) != 0;
        }
    };

    explicit FakeLogind(loop::EventLoop& loop) {
        sd_bus_open_system(&bus_);
        sd_bus_attach_event(bus_, loop.handle(), SD_EVENT_PRIORITY_NORMAL);
        sd_bus_add_object(bus_, nullptr, "/org/freedesktop/login1", on_call, this);
    }
    ~FakeLogind() {
        sd_bus_detach_event(bus_);
        sd_bus_close_unref(bus_);
    }
    FakeLogind(const FakeLogind&) = delete;
    FakeLogind& operator=(const FakeLogind&) = delete;

    void appear() { ASSERT_GE(sd_bus_request_name(bus_, "org.freedesktop.login1", 0), 0); }
    void sleep(bool is_going) {
        sd_bus_emit_signal(bus_, "/org/freedesktop/login1", "org.freedesktop.login1.Manager",
                           "PrepareForSleep", "b", is_going ? 1 : 0);
    }

    std::vector<Lock> locks;
    bool refuses = false;

private:
    static int on_call(sd_bus_message* message, void* self, sd_bus_error*) {
        auto& logind = *static_cast<FakeLogind*>(self);
        if (sd_bus_message_is_method_call(message, nullptr, "Inhibit") <= 0) return 0;
        const char *what = nullptr, *who = nullptr, *why = nullptr, *mode = nullptr;
        sd_bus_message_read(message, "ssss", &what, &who, &why, &mode);
        std::array<int, 2> ends{};
        if (logind.refuses || ::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
            return sd_bus_reply_method_errorf(message, "org.freedesktop.DBus.Error.AccessDenied", "no");
        UniqueFd ours{ends[1]};
        logind.locks.push_back({std::string{what} + "/" + who + "/" + mode, UniqueFd{ends[0]}});
        return sd_bus_reply_method_return(message, "h", ours.get());
    }

    sd_bus* bus_ = nullptr;
};

class LogindTest : public testing::Test {
protected:
    /// Turns of the loop until this is so.
    template <class Condition>
    void until(Condition&& condition) {
        for (int i = 0; i < 2000 && !condition(); ++i) sd_event_run(loop_.handle(), 10'000);
        EXPECT_TRUE(condition());
    }
    std::size_t held() const {
        std::size_t count = 0;
        for (const auto& lock : fake_.locks) count += lock.is_held() ? 1 : 0;
        return count;
    }

    PrivateBus private_bus_;
    loop::EventLoop loop_;
    FakeLogind fake_{loop_};
    SystemBus bus_{loop_, {.on_quiet = [] {}, .on_lost = [] {}}};
    int changes_ = 0;
    int sleeps_ = 0;
    Logind logind_{bus_, loop_, {.on_change = [this] { ++changes_; }, .on_sleep = [this] { ++sleeps_; }}};
};

TEST_F(LogindTest, SleepIsDelayedUntilItIsAllowed) {
    fake_.appear();
    until([&] { return held() == 1; });
    EXPECT_EQ(fake_.locks[0].terms, "sleep/Haul/delay");
    logind_.allow();  // nobody is asking
    EXPECT_EQ(held(), 1U);
    fake_.sleep(true);
    until([&] { return logind_.is_asleep(); });
    EXPECT_EQ(held(), 1U);
    logind_.allow();
    EXPECT_EQ(held(), 0U);
    fake_.sleep(false);
    until([&] { return held() == 1; });
    EXPECT_FALSE(logind_.is_asleep());
    EXPECT_EQ(sleeps_, 2);
}

TEST_F(LogindTest, ASleepThatNobodyAllowedLeavesOneDelay) {
    fake_.appear();
    until([&] { return held() == 1; });
    fake_.sleep(true);
    until([&] { return logind_.is_asleep(); });
    fake_.sleep(false);
    until([&] { return !logind_.is_asleep(); });
    EXPECT_EQ(fake_.locks.size(), 1U);
    EXPECT_EQ(held(), 1U);
}

TEST_F(LogindTest, ItIsKeptAwakeByOneInhibitor) {
    fake_.appear();
    until([&] { return held() == 1; });
    logind_.keep_awake(true);
    logind_.keep_awake(true);
    until([&] { return held() == 2; });
    logind_.keep_awake(true);
    EXPECT_EQ(fake_.locks.size(), 2U);
    EXPECT_EQ(fake_.locks[1].terms, "sleep/Haul/block");
    logind_.keep_awake(false);
    until([&] { return held() == 1; });
    EXPECT_TRUE(fake_.locks[0].is_held());
    logind_.keep_awake(true);
    until([&] { return held() == 2; });
}

TEST_F(LogindTest, WhatIsWantedBeforeLogindIsThereIsTakenWhenItIs) {
    logind_.keep_awake(true);
    for (int i = 0; i < 10; ++i) sd_event_run(loop_.handle(), 1000);
    fake_.appear();
    until([&] { return held() == 2; });
}

TEST_F(LogindTest, WhatIsNoLongerWantedWhenItComesIsLetGo) {
    fake_.appear();
    until([&] { return held() == 1; });
    logind_.keep_awake(true);
    logind_.keep_awake(false);
    until([&] { return fake_.locks.size() == 2; });
    until([&] { return held() == 1; });
}

TEST_F(LogindTest, ARefusalIsNotAskedAboutAgainAndAgain) {
    fake_.appear();
    until([&] { return held() == 1; });
    fake_.refuses = true;
    logind_.keep_awake(true);
    until([&] { return bus_.is_quiet(); });
    fake_.refuses = false;
    logind_.keep_awake(true);
    EXPECT_TRUE(bus_.is_quiet());
    logind_.keep_awake(false);
    logind_.keep_awake(true);
    until([&] { return held() == 2; });
}

}  // namespace
}  // namespace haul::conditions
