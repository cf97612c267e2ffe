#include "journal/chains.hpp"

namespace haul::journal {
namespace {

Result<std::vector<TaskId>> read_ids(Query& query) {
    std::vector<TaskId> found;
    while (TRY(query.step())) found.push_back({query.count(0)});
    return found;
}

}  // namespace

Result<Chains> Chains::prepare(Database& database) {
    auto* db = database.handle();
    Chains chains;
    chains.insert_ = TRY(Statement::prepare(db, "INSERT INTO chains(predecessor,task) VALUES(?,?)"));
    chains.remove_ = TRY(Statement::prepare(db, "DELETE FROM chains WHERE predecessor=? AND task=?"));
    chains.remove_waiting_ = TRY(Statement::prepare(db, "DELETE FROM chains WHERE task=?"));
    chains.first_successor_ =
        TRY(Statement::prepare(db, "SELECT task FROM chains WHERE predecessor=? ORDER BY task LIMIT 1"));
    chains.predecessors_ = TRY(Statement::prepare(db, "SELECT predecessor FROM chains WHERE task=?"));
    chains.untold_ = TRY(Statement::prepare(
        db,
        "SELECT DISTINCT predecessor FROM chains LEFT JOIN tasks ON tasks.id=predecessor WHERE state>=4 OR "
        "state IS NULL"));
    return chains;
}

Result<> Chains::insert(TaskId predecessor, TaskId task) const {
    return insert_.use().bind(predecessor.value).bind(task.value).run();
}

Result<> Chains::remove(TaskId predecessor, TaskId task) const {
    return remove_.use().bind(predecessor.value).bind(task.value).run();
}

Result<> Chains::remove_waiting(TaskId task) const {
    return remove_waiting_.use().bind(task.value).run();
}

Result<std::optional<TaskId>> Chains::first_successor(TaskId predecessor) const {
    auto query = first_successor_.use();
    if (!TRY(query.bind(predecessor.value).step())) return std::nullopt;
    return TaskId{query.count(0)};
}

Result<std::vector<TaskId>> Chains::predecessors(TaskId task) const {
    auto query = predecessors_.use();
    return read_ids(query.bind(task.value));
}

Result<std::vector<TaskId>> Chains::untold() const {
    auto query = untold_.use();
    return read_ids(query);
}

}  // namespace haul::journal
