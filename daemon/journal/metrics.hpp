#pragma once

#include <vector>

#include "base/ids.hpp"
#include "journal/database.hpp"
#include "journal/statement.hpp"
#include "model/field.hpp"
#include "model/metrics.hpp"

namespace haul::journal {

/// What the requests of each task cost: the newest kMaxRequestsKept of them.
class Metrics {
public:
    static Result<Metrics> prepare(Database& database);

    Result<> insert(TaskId task, Attempt attempt, const std::vector<model::RequestMetrics>& requests) const;
    /// In the contract's keys, oldest first.
    Result<std::vector<Fields>> of(TaskId task) const;
    Result<> remove(TaskId task) const;

private:
    Statement insert_, trim_, of_, remove_;
};

}  // namespace haul::journal
