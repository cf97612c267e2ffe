#pragma once

#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "journal/database.hpp"
#include "journal/statement.hpp"

namespace haul::journal {

/// Which tasks wait for which others to have ended; a row goes when that was told.
class Chains {
public:
    static Result<Chains> prepare(Database& database);

    Result<> insert(TaskId predecessor, TaskId task) const;
    Result<> remove(TaskId predecessor, TaskId task) const;
    /// Forgets for whom the task waits.
    Result<> remove_waiting(TaskId task) const;
    /// One of those that wait for it.
    Result<std::optional<TaskId>> first_successor(TaskId predecessor) const;
    Result<std::vector<TaskId>> predecessors(TaskId task) const;
    /// Those that have ended, or are gone, and of which somebody has not heard.
    Result<std::vector<TaskId>> untold() const;

private:
    Statement insert_, remove_, remove_waiting_, first_successor_, predecessors_, untold_;
};

}  // namespace haul::journal
