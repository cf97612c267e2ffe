#pragma once

#include <optional>

#include "base/ids.hpp"
#include "journal/database.hpp"
#include "journal/statement.hpp"
#include "model/reply.hpp"

namespace haul::journal {

/// What servers answered to uploads. They go with their tasks, or when their end is acknowledged.
class Replies {
public:
    static Result<Replies> prepare(Database& database);

    Result<> put(TaskId task, const model::Reply& reply) const;
    Result<std::optional<model::Reply>> of(TaskId task) const;
    Result<> remove(TaskId task) const;

private:
    Statement put_, find_, remove_;
};

}  // namespace haul::journal
