#pragma once

#include <vector>

#include "base/ids.hpp"
#include "journal/database.hpp"
#include "journal/statement.hpp"
#include "model/metrics.hpp"

namespace haul::journal {

/// A request, and the attempt that made it.
struct AttemptMetrics {
    Attempt attempt;
    model::RequestMetrics request;
};

/// What the requests of each task cost: the newest kMaxRequestsKept of them.
class Metrics {
public:
    static Result<Metrics> prepare(Database& database);

    Result<> insert(TaskId task, Attempt attempt, const std::vector<model::RequestMetrics>& requests) const;
    /// Oldest first.
    Result<std::vector<AttemptMetrics>> of(TaskId task) const;
    Result<> remove(TaskId task) const;

private:
    Statement insert_, trim_, of_, remove_;
};

}  // namespace haul::journal
