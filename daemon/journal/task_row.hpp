#pragma once

#include "journal/statement.hpp"
#include "model/task.hpp"

namespace haul::journal {

// SQL that writes and reads whole rows of the table of tasks.
extern const char* const kInsertTask;
extern const char* const kUpdateTask;
extern const char* const kFindTask;

void bind_insert(Query& query, const model::Task& task);
void bind_update(Query& query, const model::Task& task);
/// A row of kFindTask.
model::Task to_task(const Query& row);

inline std::optional<WallTime> time_at(const Query& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional{to_wall_time(row.number(column))};
}

inline std::optional<Bytes> size_at(const Query& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional{row.count(column)};
}

template <class Enum>
Enum enum_at(const Query& row, int column) {
    return static_cast<Enum>(row.number(column));
}

}  // namespace haul::journal
