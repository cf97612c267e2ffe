#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "haul/executor.hpp"

namespace haul {
namespace {

Async<int> number() {
    co_return 7;
}

Async<std::string> text() {
    co_return std::to_string(co_await number() + co_await number());
}

Async<int> thrower() {
    throw std::runtime_error("thrown");
    co_return 0;
}

Async<> catcher() {
    co_await thrower();
}

/// Waits for ever; `witness` says whether its frame is still there.
Async<> sleeper(std::shared_ptr<int> witness) {
    (void)witness;
    co_await std::suspend_always();
}

TEST(Async, ReturnsWhatItsPartsReturn) {
    const auto loop = AppLoop::open();
    EXPECT_EQ(loop->run(text()), "14");
}

TEST(Async, ThrowsWhatItsPartsThrow) {
    const auto loop = AppLoop::open();
    EXPECT_THROW(loop->run(catcher()), std::runtime_error);
}

TEST(Async, RunsOnTheThreadOfItsExecutor) {
    const auto thread = OwnThread::start();
    const auto where = []() -> Async<std::thread::id> { co_return std::this_thread::get_id(); };
    EXPECT_NE(thread->run(where()), std::this_thread::get_id());
}

TEST(Async, OneThatIsNotAwaitedNeverBegins) {
    const auto witness = std::make_shared<int>();
    {
        const auto coroutine = sleeper(witness);
        EXPECT_EQ(witness.use_count(), 2);
    }
    EXPECT_EQ(witness.use_count(), 1);
}

template <typename Executor>
class AsyncEnd : public testing::Test {};

struct Threads {
    static auto open() { return OwnThread::start(); }
};
struct Loops {
    static auto open() { return AppLoop::open(); }
};
using Executors = testing::Types<Threads, Loops>;
TYPED_TEST_SUITE(AsyncEnd, Executors);

TYPED_TEST(AsyncEnd, OneThatStillWaitsIsDestroyedWithItsExecutor) {
    const auto witness = std::make_shared<int>();
    {
        auto executor = TypeParam::open();
        executor->spawn(sleeper(witness));
        executor->run([]() -> Async<> { co_return; }());  // behind which it has begun
        EXPECT_EQ(witness.use_count(), 2);
    }
    EXPECT_EQ(witness.use_count(), 1);
}

}  // namespace
}  // namespace haul
