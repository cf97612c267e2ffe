// What the engine alone does: limits of speed, and transfers that make way for others.

#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>

#include <filesystem>

#include "contract/transfers_contract.hpp"

namespace haul::contract {
namespace {

using model::fact::Progressed;

constexpr Bytes kLarge = 4 * 1024 * 1024;
constexpr Bytes kSlow = 32 * 1024;  // bytes a second: kLarge takes minutes

class LimitedTransfers : public TransfersContract<EngineRig> {
protected:
    model::TransferRequest request_for(TaskId task) {
        auto made = request({1});
        made.task = task;
        made.session = {1};
        made.part.path = rig_.part() + std::to_string(task.value);
        return made;
    }
    void start(TaskId task) { rig_.transfers().start(request_for(task)); }
    /// Until this one reports that bytes have come; nothing may end before.
    void wait_for_progress(TaskId task) {
        while (true) {
            auto report = next();
            ASSERT_FALSE(report.last);
            if (report.task == task && std::holds_alternative<Progressed>(report.fact)) return;
        }
    }
    TaskId next_end() {
        while (true) {
            auto report = next();
            if (!report.last) continue;
            EXPECT_TRUE(std::holds_alternative<Arrived>(report.fact));
            return report.task;
        }
    }
    Bytes size_of(TaskId task) {
        return std::filesystem::file_size(rig_.part() + std::to_string(task.value));
    }
};

TEST_F(LimitedTransfers, GoOnAtOnceWhenTheMachinesLimitGoes) {
    rig_.give("/file", {.size = kLarge});
    rig_.transfers().set_rates({.machine = kSlow});
    start({1});
    start({2});
    wait_for_progress({1});
    rig_.transfers().set_rates({});
    next_end();
    next_end();
    EXPECT_EQ(size_of({1}), kLarge);
    EXPECT_EQ(size_of({2}), kLarge);
}

TEST_F(LimitedTransfers, OfOneSessionLeaveThoseOfOthersAlone) {
    rig_.give("/file", {.size = kLarge});
    rig_.transfers().set_rates({.sessions = {{SessionId{1}, kSlow}}});
    start({1});
    wait_for_progress({1});
    auto other = request_for({2});
    other.session = {2};
    rig_.transfers().start(other);
    EXPECT_EQ(next_end(), TaskId{2});
    rig_.transfers().set_rates({});
    EXPECT_EQ(next_end(), TaskId{1});
}

TEST_F(LimitedTransfers, AreHeldWhenALimitComesWhileTheyRun) {
    rig_.give("/file", {.size = kLarge, .stalls_after = 100'000});
    rig_.give("/other", {.size = kLarge});
    start({1});
    wait_for_progress({1});
    rig_.transfers().set_rates({.sessions = {{SessionId{1}, kSlow}}});
    rig_.server().release();
    auto other = request_for({2});
    other.session = {2};
    other.url = rig_.url("/other");
    rig_.transfers().start(other);
    EXPECT_EQ(next_end(), TaskId{2});
    rig_.transfers().set_rates({});
    EXPECT_EQ(next_end(), TaskId{1});
}

TEST_F(LimitedTransfers, KeepTheirOwnLimitWhenOthersGo) {
    rig_.give("/file", {.size = kLarge});
    rig_.transfers().set_rates({.machine = kSlow});
    auto narrow = request_for({1});
    narrow.options.max_rate = kSlow;
    rig_.transfers().start(narrow);
    start({2});
    wait_for_progress({1});
    rig_.transfers().set_rates({});
    EXPECT_EQ(next_end(), TaskId{2});
    rig_.transfers().stop({1}, {1});
    TransferReport last;
    do last = next();
    while (!last.last);
    EXPECT_EQ(std::get<Interrupted>(last.fact).ending, Ending::Stopped);
}

TEST_F(LimitedTransfers, OfSeveralConnectionsShareOneLimitAndBringEveryByte) {
    rig_.give("/file", {.size = kLarge});
    rig_.transfers().set_rates({.machine = 4 * kLarge});
    auto wide = request_for({1});
    wide.options.connections = 4;
    rig_.transfers().start(wide);
    for (auto report = next(); !report.last; report = next())
        if (std::holds_alternative<model::fact::Segmented>(report.fact)) rig_.transfers().proceed({1}, {1});
    EXPECT_TRUE(read_file(rig_.part() + "1") == fakes::bytes_of({}, 0, kLarge));
}

/// The code point and the class of the sockets of this process that are connected to this port.
std::vector<int> marks_of_sockets(int port) {
    std::vector<int> marks;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        int fd = std::stoi(entry.path().filename());
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        int mark = 0;
        socklen_t mark_size = sizeof mark;
        if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
            ntohs(peer.sin_port) == port && ::getsockopt(fd, IPPROTO_IP, IP_TOS, &mark, &mark_size) == 0)
            marks.push_back(mark);
    }
    return marks;
}

class BackgroundTransfers : public LimitedTransfers {
protected:
    model::TransferRequest background(TaskId task) {
        auto made = request_for(task);
        made.is_background = true;
        return made;
    }
    int port() { return std::stoi(rig_.url("").substr(rig_.url("").rfind(':') + 1)); }
};

TEST_F(BackgroundTransfers, HaveSocketsOfLowerEffort) {
    rig_.give("/file", {.size = kLarge, .stalls_after = 1000});
    rig_.transfers().start(background({1}));
    wait_for_progress({1});
    EXPECT_EQ(marks_of_sockets(port()), std::vector{0x04});
    start({2});
    wait_for_progress({2});
    auto marks = marks_of_sockets(port());
    std::sort(marks.begin(), marks.end());
    EXPECT_EQ(marks, (std::vector{0, 0x04}));
    rig_.server().release();
    next_end();
    next_end();
}

TEST_F(BackgroundTransfers, MakeWayWhileAnotherOneMoves) {
    rig_.give("/file", {.size = kLarge, .stalls_after = 1000});
    rig_.give("/other", {.size = 1024 * 1024});
    auto first = request_for({1});
    first.url = rig_.url("/other");
    first.options.max_rate = 512 * 1024;
    rig_.transfers().start(background({2}));
    wait_for_progress({2});
    rig_.transfers().start(first);
    wait_for_progress({1});
    rig_.server().release();
    EXPECT_EQ(next_end(), TaskId{1}) << "which takes two seconds";
    EXPECT_LT(size_of({2}), kLarge);
    EXPECT_EQ(next_end(), TaskId{2});
}

TEST_F(BackgroundTransfers, HaveTheEngineForThemselvesWhereNothingElseMoves) {
    rig_.give("/file", {.size = kLarge});
    rig_.give("/silent", {.size = kLarge, .stalls_after = 1000});
    auto silent = request_for({1});
    silent.url = rig_.url("/silent");
    rig_.transfers().start(silent);
    wait_for_progress({1});
    rig_.transfers().start(background({2}));
    EXPECT_EQ(next_end(), TaskId{2});
    rig_.server().release();
    EXPECT_EQ(next_end(), TaskId{1});
}

}  // namespace
}  // namespace haul::contract
