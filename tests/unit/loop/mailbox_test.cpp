#include "loop/mailbox.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <memory>
#include <thread>

namespace haul::loop {
namespace {

constexpr int kPatience = 20'000;  // milliseconds

bool is_readable(int fd, int timeout = 0) {
    pollfd waiting{fd, POLLIN, 0};
    return ::poll(&waiting, 1, timeout) == 1;
}

TEST(Mailbox, RingsWhileThereAreValues) {
    Mailbox<int> mailbox;
    EXPECT_FALSE(is_readable(mailbox.fd()));
    mailbox.post(1);
    mailbox.post(2);
    EXPECT_TRUE(is_readable(mailbox.fd()));
    EXPECT_EQ(mailbox.take_all(), (std::vector{1, 2}));
    EXPECT_FALSE(is_readable(mailbox.fd()));
    EXPECT_TRUE(mailbox.take_all().empty());
    mailbox.post(3);
    EXPECT_TRUE(is_readable(mailbox.fd()));
}

TEST(Mailbox, CarriesWhatCanOnlyBeMoved) {
    Mailbox<std::unique_ptr<int>> mailbox;
    mailbox.post(std::make_unique<int>(7));
    EXPECT_EQ(*mailbox.take_all().at(0), 7);
}

TEST(Mailbox, LosesNothingBetweenThreadsAndKeepsEachOnesOrder) {
    constexpr int kThreads = 4;
    constexpr int kValues = 5000;
    Mailbox<std::pair<int, int>> mailbox;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread)
        threads.emplace_back([&, thread] {
            for (int value = 0; value < kValues; ++value) mailbox.post({thread, value});
        });
    std::vector<int> next(kThreads);
    for (int taken = 0; taken < kThreads * kValues;) {
        ASSERT_TRUE(is_readable(mailbox.fd(), kPatience)) << "after " << taken;
        for (auto [thread, value] : mailbox.take_all()) {
            EXPECT_EQ(value, next[static_cast<std::size_t>(thread)]++);
            ++taken;
        }
    }
    for (auto& thread : threads) thread.join();
    EXPECT_FALSE(is_readable(mailbox.fd()));
}

}  // namespace
}  // namespace haul::loop
