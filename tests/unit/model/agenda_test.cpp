#include "model/agenda.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace haul::model {
namespace {

TEST(Agenda, TakesTheEarliestFirst) {
    Agenda<TaskId> agenda;
    agenda.set({1}, to_wall_time(20));
    agenda.set({2}, to_wall_time(10));
    EXPECT_EQ(agenda.next(), to_wall_time(10));
    EXPECT_EQ(agenda.take_due(to_wall_time(9)), std::nullopt);
    EXPECT_EQ(agenda.take_due(to_wall_time(30)), TaskId{2});
    EXPECT_EQ(agenda.take_due(to_wall_time(30)), TaskId{1});
    EXPECT_EQ(agenda.next(), std::nullopt);
}

RC_GTEST_PROP(Agenda, KeepsOneTimeATask, ()) {
    Agenda<TaskId> agenda;
    std::map<TaskId, WallTime> model;
    for (auto steps = *rc::gen::inRange(0, 60); steps > 0; --steps) {
        TaskId task{*rc::gen::inRange<std::uint64_t>(1, 6)};
        auto time = to_wall_time(*rc::gen::inRange<std::int64_t>(0, 20));
        switch (*rc::gen::inRange(0, 3)) {
            case 0:
                agenda.set(task, time);
                model[task] = time;
                break;
            case 1:
                agenda.set(task, std::nullopt);
                model.erase(task);
                break;
            default: {
                auto due = agenda.take_due(time);
                auto earliest =
                    std::min_element(model.begin(), model.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
                RC_ASSERT(due.has_value() == (earliest != model.end() && earliest->second <= time));
                if (due) {
                    RC_ASSERT(model.at(*due) == earliest->second);
                    model.erase(*due);
                }
            }
        }
        auto next = agenda.next();
        RC_ASSERT(next.has_value() == !model.empty());
        for (const auto& [id, when] : model) RC_ASSERT(*next <= when);
    }
}

}  // namespace
}  // namespace haul::model
