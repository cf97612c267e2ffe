#include "loop/event_loop.hpp"

#include <gtest/gtest.h>
#include <sys/epoll.h>

#include <csignal>
#include <optional>
#include <thread>

#include "loop/mailbox.hpp"

namespace haul::loop {
namespace {

using namespace std::chrono_literals;

constexpr int kTooLate = 99;

/// A loop that gives up after some seconds.
class EventLoopTest : public testing::Test {
protected:
    EventLoopTest() { deadline_.set_after(20s); }

    EventLoop loop_;
    Timer deadline_{loop_, Timer::Kind::Elapsed, [this] { loop_.stop(kTooLate); }};
};

WallTime now() {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

TEST_F(EventLoopTest, EndsWithTheCodeThatStopGives) {
    Timer timer{loop_, Timer::Kind::Elapsed, [this] { loop_.stop(7); }};
    timer.set_after(0us);
    EXPECT_EQ(loop_.run(), 7);
}

TEST_F(EventLoopTest, ValuesOfAnotherThreadArriveHere) {
    Mailbox<int> mailbox;
    std::vector<int> taken;
    IoSource source{loop_, mailbox.fd(), EPOLLIN, [&] {
                        for (int value : mailbox.take_all()) taken.push_back(value);
                        if (taken.size() == 100) loop_.stop(0);
                    }};
    std::thread poster{[&] {
        for (int value = 0; value < 100; ++value) mailbox.post(value);
    }};
    EXPECT_EQ(loop_.run(), 0);
    poster.join();
    for (int value = 0; value < 100; ++value) EXPECT_EQ(taken.at(static_cast<std::size_t>(value)), value);
}

TEST_F(EventLoopTest, TimerRingsOnceATime) {
    int rings = 0;
    Timer again{loop_, Timer::Kind::Elapsed, [this] { loop_.stop(0); }};
    Timer timer{loop_, Timer::Kind::Elapsed, [&] {
                    if (++rings == 1) again.set_after(10ms);
                }};
    timer.set_after(1ms);
    EXPECT_EQ(loop_.run(), 0);
    EXPECT_EQ(rings, 1);
}

TEST_F(EventLoopTest, TimerDoesNotRingEarly) {
    auto begin = std::chrono::steady_clock::now();
    Timer timer{loop_, Timer::Kind::Elapsed, [this] { loop_.stop(0); }};
    timer.set_after(20ms);
    EXPECT_EQ(loop_.run(), 0);
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 19ms);
}

TEST_F(EventLoopTest, WallClockTimerRingsForATimeThatIsOver) {
    for (auto time : {to_wall_time(-5), to_wall_time(0), now() - 1h, now() + 5ms}) {
        EventLoop loop;
        Timer timer{loop, Timer::Kind::WallClock, [&] { loop.stop(3); }};
        timer.set(time);
        EXPECT_EQ(loop.run(), 3);
    }
}

TEST_F(EventLoopTest, ClearedAndMovedTimersDoNotRing) {
    int rings = 0;
    Timer cleared{loop_, Timer::Kind::Elapsed, [&] { ++rings; }};
    Timer moved{loop_, Timer::Kind::Elapsed, [&] { ++rings; }};
    Timer end{loop_, Timer::Kind::Elapsed, [this] { loop_.stop(0); }};
    cleared.set_after(1ms);
    cleared.clear();
    moved.set_after(1ms);
    moved.set_after(1h);
    end.set_after(10ms);
    EXPECT_EQ(loop_.run(), 0);
    EXPECT_EQ(rings, 0);
}

TEST_F(EventLoopTest, AfterEachComesAfterEachCallback) {
    std::string order;
    AfterEach after{loop_, [&] { order += 'a'; }};
    Timer first{loop_, Timer::Kind::Elapsed, [&] { order += '1'; }};
    Timer second{loop_, Timer::Kind::Elapsed, [&] {
                     order += '2';
                     loop_.stop(0);
                 }};
    first.set_after(0us);
    second.set_after(5ms);
    EXPECT_EQ(loop_.run(), 0);
    EXPECT_EQ(order.substr(0, 2), "1a");
    EXPECT_NE(order.find('2'), std::string::npos);
}

TEST_F(EventLoopTest, CallbackMayDestroyOtherSources) {
    bool is_called = false;
    std::optional<Timer> victim;
    victim.emplace(loop_, Timer::Kind::Elapsed, [&] { is_called = true; });
    Timer end{loop_, Timer::Kind::Elapsed, [this] { loop_.stop(0); }};
    Timer killer{loop_, Timer::Kind::Elapsed, [&] {
                     victim.reset();
                     end.set_after(5ms);
                 }};
    killer.set_after(1ms);
    victim->set_after(3ms);
    EXPECT_EQ(loop_.run(), 0);
    EXPECT_FALSE(is_called);
}

TEST_F(EventLoopTest, SignalsArrive) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &signals, nullptr), 0);
    SignalSource source{loop_, SIGUSR1, [this] { loop_.stop(4); }};
    ASSERT_EQ(::raise(SIGUSR1), 0);
    EXPECT_EQ(loop_.run(), 4);
}

TEST_F(EventLoopTest, PrepareIsCalledBeforeTheLoopWaits) {
    Mailbox<int> mailbox;
    IoSource source{loop_, mailbox.fd(), EPOLLIN, [&] {
                        if (!mailbox.take_all().empty()) loop_.stop(0);
                    }};
    source.set_prepare([&] { mailbox.post(1); });
    EXPECT_EQ(loop_.run(), 0);
}

TEST_F(EventLoopTest, DescriptorIsWatchedForTheEventsThatAreSet) {
    Mailbox<int> mailbox;
    int calls = 0;
    IoSource source{loop_, mailbox.fd(), 0, [&] {
                        ++calls;
                        loop_.stop(0);
                    }};
    mailbox.post(1);
    Timer timer{loop_, Timer::Kind::Elapsed, [&] {
                    EXPECT_EQ(calls, 0);
                    source.set_events(EPOLLIN);
                }};
    timer.set_after(2ms);
    EXPECT_EQ(loop_.run(), 0);
    EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace haul::loop
