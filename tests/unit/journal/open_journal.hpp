#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "journal/journal.hpp"
#include "unit/temp_dir.hpp"

namespace haul::journal {

inline Journal must_open(const std::string& path) {
    auto journal = Journal::open(path);
    if (!journal) {
        ADD_FAILURE() << journal.error().message;
        std::abort();
    }
    return std::move(*journal);
}

/// A new journal in a directory of its own.
class JournalTest : public testing::Test {
protected:
    TempDir dir_{TempDir::Where::Memory};
    std::string path_ = dir_ / "journal.sqlite";
    std::optional<Journal> journal_ = must_open(path_);

    void reopen() {
        journal_.reset();  // one process may have it open once
        journal_ = must_open(path_);
    }
};

inline model::Task task_of(SessionId session, TaskId id) {
    model::Task task;
    task.id = id;
    task.session = session;
    task.url = "http://example.org/" + std::to_string(id.value);
    task.created = to_wall_time(1'700'000'000'000'000);
    return task;
}

/// What a query of one value says.
inline std::string ask(Database& database, const std::string& sql) {
    auto statement = Statement::prepare(database.handle(), sql);
    if (!statement) return statement.error().message;
    auto query = statement->use();
    auto row = query.step();
    return row && *row ? query.text(0) : "";
}

}  // namespace haul::journal
