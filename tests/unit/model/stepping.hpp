#pragma once

#include <gtest/gtest.h>

#include "unit/model/any_task.hpp"

namespace haul::model {

using fact::Ending;

inline std::vector<EventType> types_of(const std::vector<News>& news) {
    std::vector<EventType> types;
    for (const auto& one : news) types.push_back(one.type);
    return types;
}

inline const Entity kEntity{
    .validator = {.etag = "\"one\"", .last_modified = {}}, .total = 1000, .status = 200};
inline const Entity kOther{.validator = {.etag = "\"two\"", .last_modified = {}}, .total = 7, .status = 200};

inline Step must_step(const Task& task, const Fact& fact, const Surroundings& around = kNoon) {
    auto next = step(task, fact, around);
    EXPECT_TRUE(next) << next.error().message;
    return next.value_or(Step{});
}

inline fact::Interrupted interrupted(Ending ending) {
    fact::Interrupted fact;
    fact.ending = ending;
    fact.reason = Reason::Connection;
    fact.text = "it broke";
    fact.done = Coverage{600};
    fact.progressed = true;
    fact.entity = kEntity;
    return fact;
}

}  // namespace haul::model
