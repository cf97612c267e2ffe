// How often a task is remarked on: what keeps it from its end is told a limited number of times.

#include <map>

#include "model/limits.hpp"
#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

using model::kMaxRemarks;
using model::fact::Ending;
using Counts = std::map<std::string, std::uint32_t>;

/// A file that is another one at each attempt, which is a remark each time.
class Remarks : public ControlTest {
protected:
    Remarks() { transfers_->entities[kUrl] = {.size = 1000, .stalls_after = 1}; }

    TaskId must_start_patiently() {
        return must_start({{"retry-delay", std::uint64_t{1'000}}, {"retry-delay-max", std::uint64_t{1'000}}});
    }
    void change() {
        auto& etag = transfers_->entities[kUrl].etag;
        etag = etag == "\"one\"" ? "\"two\"" : "\"one\"";
    }
    /// So many times the attempt breaks off, and the next one begins from zero.
    void restart(TaskId id, std::uint32_t times) {
        for (std::uint32_t i = 0; i < times; ++i) {
            transfers_->interrupt(id, Ending::Retry);
            change();
            settle();
            pass(std::chrono::milliseconds{1});
            ASSERT_TRUE(transfers_->is_running(id));
        }
    }
    /// How many events session "s" has of each type.
    Counts told() {
        auto session = open_session();
        Counts counts;
        EventNumber last{};
        while (true) {
            auto page = control_->events(kMe, session, last, 0);
            if (!page || page->empty()) return counts;
            for (const auto& event : *page) ++counts[std::string{model::to_word(event.type)}];
            last = page->back().number;
        }
    }
};

TEST_F(Remarks, AreToldUpToTheirLimit) {
    auto id = must_start_patiently();
    restart(id, kMaxRemarks);
    EXPECT_EQ(told(), (Counts{{"resumed-from-zero", kMaxRemarks}}));
    restart(id, 10);
    EXPECT_EQ(told(), (Counts{{"resumed-from-zero", kMaxRemarks}}));
}

TEST_F(Remarks, AreCountedOverAllLivesOfTheProcess) {
    auto id = must_start_patiently();
    restart(id, kMaxRemarks - 5);
    crash();
    boot();
    settle();
    restart(id, 10);
    EXPECT_EQ(told(), (Counts{{"resumed-from-zero", kMaxRemarks}}));
}

TEST_F(Remarks, AreCountedForEachTask) {
    restart(must_start_patiently(), kMaxRemarks);
    restart(must_start_patiently(), 10);
    EXPECT_EQ(told(), (Counts{{"resumed-from-zero", kMaxRemarks + 10}}));
}

TEST_F(Remarks, LimitKeepsNoEndAndNothingToDoFromTheClient) {
    auto id = must_start_patiently();
    restart(id, kMaxRemarks);
    transfers_->entities[kUrl].wants_credentials = true;
    transfers_->interrupt(id, Ending::Retry);
    settle();
    pass(std::chrono::milliseconds{1});
    EXPECT_EQ(task(id).blocked, model::Block::Credentials);
    transfers_->entities[kUrl].stalls_after.reset();
    ASSERT_TRUE(control_->provide_credential(kMe, id, "basic", "user", "word"));
    settle();
    EXPECT_EQ(state(id), "finished");
    EXPECT_EQ(told(), (Counts{{"resumed-from-zero", kMaxRemarks},
                              {"credentials-needed", 1},
                              {"finished-downloading", 1},
                              {"completed", 1}}));
}

}  // namespace
}  // namespace haul::control
