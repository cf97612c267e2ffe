#include <gtest/gtest.h>
#include <poll.h>

#include <thread>
#include <vector>

#include "app/loop.hpp"

namespace haul::detail {
namespace {

using std::chrono::milliseconds;

class LoopTest : public testing::Test {
protected:
    bool is_readable() const {
        pollfd entry{.fd = loop->descriptor(), .events = POLLIN, .revents = 0};
        return ::poll(&entry, 1, 0) == 1;
    }
    void dispatch_until(const bool& is_over) const {
        while (!is_over) {
            loop->wait();
            loop->dispatch();
        }
    }

    std::shared_ptr<Loop> loop = *Loop::open();
};

TEST_F(LoopTest, IsReadableOnlyWhileSomethingIsDue) {
    loop->dispatch();
    EXPECT_FALSE(is_readable());
    loop->post([] {});
    EXPECT_TRUE(is_readable());
    loop->dispatch();
    EXPECT_FALSE(is_readable());
}

TEST_F(LoopTest, WorkIsDoneInItsOrderAndWhatItPostsInTheNextDispatch) {
    std::vector<int> done;
    loop->post([&] {
        done.push_back(1);
        loop->post([&] { done.push_back(3); });
    });
    loop->post([&] { done.push_back(2); });
    loop->dispatch();
    EXPECT_EQ(done, (std::vector{1, 2}));
    EXPECT_TRUE(is_readable());
    loop->dispatch();
    EXPECT_EQ(done, (std::vector{1, 2, 3}));
}

TEST_F(LoopTest, TimersComeInTheirOrderOnce) {
    std::vector<int> come;
    bool is_over = false;
    Loop::Timer late(*loop, [&] { is_over = true; });
    Loop::Timer second(*loop, [&] { come.push_back(2); });
    Loop::Timer first(*loop, [&] { come.push_back(1); });
    late.set_after(milliseconds(40));
    second.set_after(milliseconds(20));
    first.set_after(milliseconds(50));
    first.set_after(milliseconds(10));
    loop->dispatch();
    dispatch_until(is_over);
    EXPECT_EQ(come, (std::vector{1, 2}));
}

TEST_F(LoopTest, ATimerThatIsClearedDoesNotCome) {
    bool has_come = false;
    bool is_over = false;
    Loop::Timer cleared(*loop, [&] { has_come = true; });
    Loop::Timer end(*loop, [&] { is_over = true; });
    cleared.set_after(milliseconds(1));
    end.set_after(milliseconds(20));
    cleared.clear();
    loop->dispatch();
    dispatch_until(is_over);
    EXPECT_FALSE(has_come);
}

TEST_F(LoopTest, ATimerMayDestroyItself) {
    bool is_over = false;
    std::unique_ptr<Loop::Timer> timer;
    timer = std::make_unique<Loop::Timer>(*loop, [&] {
        timer.reset();
        is_over = true;
    });
    timer->set_after(milliseconds(0));
    loop->dispatch();
    dispatch_until(is_over);
    EXPECT_FALSE(timer);
}

TEST_F(LoopTest, ACallOfAnotherThreadIsMadeOnTheLoops) {
    const auto here = std::this_thread::get_id();
    bool is_over = false;
    std::thread other([&] {
        const auto answer = loop->call([&]() -> Result<bool> { return std::this_thread::get_id() == here; });
        EXPECT_TRUE(answer.value_or(false));
        loop->post([&] { is_over = true; });
    });
    dispatch_until(is_over);
    other.join();
}

TEST_F(LoopTest, ACallOfItsOwnThreadIsMadeAtOnce) {
    EXPECT_EQ(loop->call([]() -> Result<int> { return 7; }), 7);
}

TEST_F(LoopTest, WhoWaitsWhenItClosesGetsAnError) {
    std::optional<Result<int>> answer;
    std::thread other([&] { answer = loop->call([]() -> Result<int> { return 7; }); });
    loop->wait();  // until it has posted
    loop->close();
    other.join();
    ASSERT_TRUE(answer && !*answer);
    EXPECT_EQ(answer->error().code, ErrorCode::Disconnected);
}

TEST_F(LoopTest, StoppingEndsAPause) {
    std::thread other([&] { loop->stop(); });
    EXPECT_FALSE(loop->pause(std::chrono::hours(1)));
    other.join();
}

}  // namespace
}  // namespace haul::detail
